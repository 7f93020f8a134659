using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Domain.Interest;

/// <summary>
/// Interest without rounding: principal × rate × days as a whole number of the smallest part that any rate can give. It is
/// rounded when it is billed, once, and only there.
/// </summary>
public readonly record struct InterestSum
{
    /// <summary>Decimals that a rate may have.</summary>
    public const int RateDecimals = 6;

    private const int RateScale = 1_000_000;

    // A multiple of both kinds of year, so that claims may hold slices of both.
    private const int DaysScale = 26_280;

    private static readonly Int128 Whole = (Int128)DaysScale * RateScale * 100;

    private readonly Int128 parts;

    private InterestSum(Int128 parts) => this.parts = parts;

    /// <summary>Half-even to the minor unit.</summary>
    public long Rounded
    {
        get
        {
            var (quotient, rest) = Int128.DivRem(parts, Whole);
            var twice = Int128.Abs(rest) * 2;
            var up = twice > Whole || (twice == Whole && !Int128.IsEvenInteger(quotient));
            return checked((long)(up ? quotient + Int128.Sign(rest) : quotient));
        }
    }

    /// <summary>The sum over slices. Throws <see cref="OverflowException"/> beyond what can be held.</summary>
    public static InterestSum Of(IEnumerable<InterestSlice> slices)
    {
        Int128 sum = 0;
        foreach (var slice in slices)
        {
            var perDay = slice.Unit switch
            {
                InterestUnit.Year365 => DaysScale / 365,
                InterestUnit.Year360 => DaysScale / 360,
                InterestUnit.Day => DaysScale,
            };
            sum = checked(sum + ((Int128)slice.Principal * (long)(slice.Percent * RateScale) * slice.Days * perDay));
        }

        return new InterestSum(sum);
    }
}
