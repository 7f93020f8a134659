namespace ArCredit.Bench.Arms;

/// <summary>
/// The accounts every arm has. One in a hundred has a limit that is used up soon, so that declines are among the answers and
/// the checks have something to find.
/// </summary>
/// <param name="Uniform">Accounts of uniform load.</param>
internal sealed record Population(int Uniform)
{
    /// <summary>Accounts that take everything, one each round; also one for the warm-up.</summary>
    public const int Hot = 32;

    /// <summary>Minor units that every reservation asks for.</summary>
    public const long Amount = 125;

    /// <summary>More than any run uses up, in minor units.</summary>
    public const long WideLimit = 1_000_000_000_00;

    /// <summary>The accounts' numbers count from here.</summary>
    public const int FirstNumber = 100_000;

    private const int TightEvery = 100;
    private const long TightLimit = 5 * Amount;

    /// <summary>What the accounts' ids of a shape begin with; the number from 100000 follows.</summary>
    public static string Prefix(Shape shape, int round) => shape == Shape.Hot ? FormattableString.Invariant($"H{round:00}") : "B";

    /// <summary>How many accounts take turns.</summary>
    public int Accounts(Shape shape) => shape == Shape.Hot ? 1 : Uniform;

    /// <summary>All of them.</summary>
    public int Count => Uniform + Hot;

    /// <summary>Every account and its limit in minor units.</summary>
    public IEnumerable<(string Id, long Limit)> All()
    {
        for (var i = 0; i < Uniform; i++)
        {
            yield return (FormattableString.Invariant($"B{FirstNumber + i}"), i % TightEvery == TightEvery - 1 ? TightLimit : WideLimit);
        }

        for (var i = 0; i < Hot; i++)
        {
            yield return (Prefix(Shape.Hot, i) + FirstNumber.ToString(System.Globalization.CultureInfo.InvariantCulture), WideLimit);
        }
    }
}
