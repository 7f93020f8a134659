using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;

namespace ArCredit.Torture.Campaigns;

/// <summary>How a campaign is to be run.</summary>
/// <param name="Seed">Everything random comes from it.</param>
/// <param name="IsLong">At least a hundred faults that meet a commit in flight, where faults are injected at all.</param>
/// <param name="Rounds">Faults; null = the campaign's own number.</param>
/// <param name="HostPath">The host to torture; null = the one these tests were built with.</param>
/// <param name="Planted">The planted bug a host that has any shall show; null = none.</param>
internal sealed record Order(int Seed, bool IsLong = false, int? Rounds = null, string? HostPath = null, string? Planted = null)
{
    /// <summary>A host on a database, with this order's assembly and planted bug.</summary>
    public AppSettings Settings(AppSettings on, params (string Key, string? Value)[] more) => on with
    {
        HostPath = HostPath,
        ManualClock = null,
        More = new Dictionary<string, string?>(more.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))) { ["ARCREDIT_PLANTED"] = Planted },
    };
}

/// <summary>One campaign of the reliability design.</summary>
internal abstract class Campaign
{
    /// <summary>What the long form must at least reach.</summary>
    public const int LongFaults = 100;

    /// <summary>How often a fault met a commit in flight.</summary>
    public const string Met = "faults that met a commit in flight";

    /// <summary>Injected faults.</summary>
    public const string Faults = "faults";

    private static readonly Lazy<IReadOnlyList<Campaign>> LazyAll = new(() =>
    [
        .. typeof(Campaign).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Campaign)))
            .Select(type => (Campaign)Activator.CreateInstance(type)!)
            .OrderBy(campaign => campaign.Name.Length).ThenBy(campaign => campaign.Name, StringComparer.Ordinal),
    ]);

    /// <summary>Every campaign, in order.</summary>
    public static IReadOnlyList<Campaign> All => LazyAll.Value;

    /// <summary>R1, R2, …</summary>
    public abstract string Name { get; }

    /// <summary>What it does, in a line.</summary>
    public abstract string Title { get; }

    /// <summary>The databases it makes sense on.</summary>
    public virtual IReadOnlyList<Dialect> Dialects => [Dialect.Sqlite, Dialect.PostgreSql];

    /// <summary>True when it ends and starts PostgreSQL, so that a server named by somebody else will not do.</summary>
    public virtual bool NeedsOwnServer => false;

    /// <summary>Null when this build has what it tortures; else why it is left out.</summary>
    public virtual string? LeftOutReason => null;

    /// <summary>Null when it can be run here; else why not.</summary>
    public string? MissingReason(Dialect dialect) => LeftOutReason ??
        (dialect == Dialect.Sqlite ? null : NeedsOwnServer ? PostgresCluster.MissingReason : PostgresServer.MissingReason);

    /// <summary>False when its short form is a test already.</summary>
    public virtual bool HasShortForm => true;

    /// <summary>Runs it; what it found is in the tally.</summary>
    public abstract Task RunAsync(Order order, Dialect dialect, Tally tally);

    /// <summary>Faults of this run: told, or short or long.</summary>
    protected static int Rounds(Order order, int few, int many) => order.Rounds ?? (order.IsLong ? many : few);

    /// <summary>The long form has not proved much when its faults met nothing.</summary>
    protected static void RequireMet(Order order, Tally tally)
    {
        const string TooFew = "long forms whose faults met too little";
        tally.MustBeZero(TooFew);
        if (order.IsLong && order.Rounds is null && tally.Of(Met) < LongFaults)
        {
            tally.Violation(TooFew, $"{tally.Of(Met)} of at least {LongFaults}");
        }
    }
}
