using System.Globalization;
using System.Numerics;

namespace ArCredit.Kernel;

/// <summary>
/// Amounts at an exchange rate, rounded once and half-even from the exact value. Rates that people publish have at most
/// <see cref="RateDecimals"/> decimals; one with more is the inverse of such a rate, cut to what a decimal holds. Multiplying by
/// the cut number puts a tie on the wrong side (1.53 ÷ 1.2 = 1.275, but 1.53 × 0.8333… = 1.27499…), so the published rate is
/// found again and divided by.
/// </summary>
public static class Exchange
{
    /// <summary>Decimals of a published rate, at most.</summary>
    public const int RateDecimals = 10;

    private const decimal RateUnits = 10_000_000_000m;

    // What a currency may have; a policy's amount has no more either.
    private const int MostDecimals = 4;

    /// <summary>
    /// Minor units of <paramref name="target"/> for <paramref name="units"/> of 10^-<paramref name="decimals"/> (0 to 4), at a
    /// rate in units of target per unit. Exact before it is rounded, for inverses of rates up to 10^8: up to there no two rates
    /// have the same inverse of 28 decimals, and none has that of a published one. Throws <see cref="OverflowException"/> beyond
    /// what a long holds.
    /// </summary>
    public static long ToMinor(Int128 units, int decimals, decimal rate, Currency target)
    {
        var shift = target.Decimals - decimals;
        if (decimal.Round(rate, RateDecimals, MidpointRounding.ToEven) == rate)
        {
            return HalfEven(checked(units * (Int128)(rate * RateUnits)), PowerOfTen(RateDecimals - shift));
        }

        var published = decimal.Round(1m / rate, RateDecimals, MidpointRounding.ToEven);
        return published > 0 && 1m / published == rate
            ? HalfEven(checked(units * PowerOfTen(RateDecimals + shift)), (Int128)(published * RateUnits))
            : Multiply((decimal)units / (decimal)PowerOfTen(decimals), rate, target);
    }

    /// <summary>The same for an amount in major units; one with more decimals than any currency has is multiplied as a decimal.</summary>
    public static long ToMinor(decimal amount, decimal rate, Currency target)
    {
        // Dividing by one drops the zeros at the end.
        var exact = amount / 1.0000000000000000000000000000m;
        return exact.Scale <= MostDecimals && rate != 1m
            ? ToMinor((Int128)(exact * (decimal)PowerOfTen(exact.Scale)), exact.Scale, rate, target)
            : Multiply(amount, rate, target);
    }

    /// <summary>
    /// Minor units of <paramref name="target"/> that <paramref name="units"/> of 10^-<paramref name="decimals"/> are worth more at one rate
    /// than at another; exact before it is rounded, half-even. Throws <see cref="OverflowException"/> beyond what a long holds.
    /// </summary>
    public static long DifferenceToMinor(long units, int decimals, decimal rate, decimal posted, Currency target)
    {
        var (above, over) = Fraction(rate);
        var (below, under) = Fraction(posted);
        var shift = BigInteger.Pow(10, Math.Abs(target.Decimals - decimals));
        var (dividend, divisor) = (units * ((above * under) - (below * over)), over * under);
        return HalfEven(target.Decimals >= decimals ? dividend * shift : dividend, target.Decimals >= decimals ? divisor : divisor * shift);
    }

    /// <summary>A rate as the fraction that it is.</summary>
    private static (BigInteger Over, BigInteger Under) Fraction(decimal rate)
    {
        if (decimal.Round(rate, RateDecimals, MidpointRounding.ToEven) == rate)
        {
            return ((BigInteger)(rate * RateUnits), (BigInteger)RateUnits);
        }

        var published = decimal.Round(1m / rate, RateDecimals, MidpointRounding.ToEven);
        return published > 0 && 1m / published == rate
            ? ((BigInteger)RateUnits, (BigInteger)(published * RateUnits))
            : (BigInteger.Parse(rate.ToString(CultureInfo.InvariantCulture).Replace(".", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture), BigInteger.Pow(10, rate.Scale));
    }

    private static long HalfEven(BigInteger dividend, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        var twice = BigInteger.Abs(rest) * 2;
        var up = twice > divisor || (twice == divisor && !quotient.IsEven);
        return checked((long)(up ? quotient + dividend.Sign : quotient));
    }

    private static long Multiply(decimal amount, decimal rate, Currency target) =>
        (long)decimal.Round(amount * rate * target.MinorPerMajor, 0, MidpointRounding.ToEven);

    private static long HalfEven(Int128 dividend, Int128 divisor)
    {
        var (quotient, rest) = Int128.DivRem(dividend, divisor);
        var twice = Int128.Abs(rest) * 2;
        var up = twice > divisor || (twice == divisor && !Int128.IsEvenInteger(quotient));
        return checked((long)(up ? quotient + Int128.Sign(dividend) : quotient));
    }

    private static Int128 PowerOfTen(int exponent)
    {
        Int128 power = 1;
        for (; exponent > 0; exponent--)
        {
            power *= 10;
        }

        return power;
    }
}
