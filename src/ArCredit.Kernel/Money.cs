using System.Globalization;

namespace ArCredit.Kernel;

/// <summary>Why a number is not an amount of a currency.</summary>
public enum AmountFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>More decimals than the currency has (trailing zeros are not decimals).</summary>
    TooManyDecimals,

    /// <summary>Beyond 10^15 minor units in size.</summary>
    TooLarge,
}

/// <summary>An exact amount: integer minor units of one currency.</summary>
/// <param name="Minor">Minor units (cents); may be negative.</param>
/// <param name="Currency">The currency the minor units belong to.</param>
public readonly record struct Money(long Minor, Currency Currency)
{
    /// <summary>The largest amount accepted from outside, in minor units.</summary>
    public const long MaxMinor = 1_000_000_000_000_000;

    /// <summary>The amount as a decimal with the currency's number of decimals, never "-0".</summary>
    public decimal Amount => ToDecimal(Minor, Currency);

    /// <summary>Nothing of a currency.</summary>
    public static Money Zero(Currency currency) => new(0, currency);

    /// <summary>Reads a major-unit number exactly; on a fault the money is zero.</summary>
    public static AmountFault TryFromAmount(decimal amount, Currency currency, out Money money)
    {
        money = Zero(currency);
        if (Math.Abs(amount) > MaxMinor)
        {
            return AmountFault.TooLarge;
        }

        var minor = amount * currency.MinorPerMajor;
        if (Math.Abs(minor) > MaxMinor)
        {
            return AmountFault.TooLarge;
        }

        if (minor != decimal.Truncate(minor))
        {
            return AmountFault.TooManyDecimals;
        }

        money = new Money((long)minor, currency);
        return AmountFault.None;
    }

    /// <summary>Minor units as a decimal of the currency's scale.</summary>
    public static decimal ToDecimal(long minor, Currency currency)
    {
        var negative = minor < 0;
        var magnitude = unchecked((ulong)(negative ? -(Int128)minor : minor));
        return new decimal(unchecked((int)(uint)magnitude), unchecked((int)(uint)(magnitude >> 32)), 0, negative, (byte)currency.Decimals);
    }

    /// <summary>
    /// This amount in <paramref name="target"/> at a rate given in units of target per unit of this currency; half-even to the minor unit,
    /// from the exact value (<see cref="Exchange"/>).
    /// </summary>
    public Money Convert(decimal rate, Currency target) =>
        ReferenceEquals(Currency, target) && rate == 1m ? this : new Money(Exchange.ToMinor(Minor, Currency.Decimals, rate, target), target);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount} {Currency}");
}
