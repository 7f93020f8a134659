using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Reference;
using ArCredit.Platform.Journal;
using ArCredit.Platform.Time;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ArCredit.Accounts.Actors;

/// <summary>What an account's shell reaches the world through.</summary>
internal sealed class ActorServices(
    IGroupCommit commit, IJournalReader reader, ISnapshotStore snapshots, IReference reference, IDocumentReader documents, ICheckRecorder checks,
    BusinessClock clock, TimeProvider technical, IOptions<AccountsOptions> options, ILogger<AccountActor> logger)
{
    /// <summary>Keys of requests are kept this long (technical time).</summary>
    public static readonly TimeSpan KeyRetention = TimeSpan.FromHours(48);

    /// <summary>An answer without a commit of its own stands on a round trip to the database younger than this.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    public IGroupCommit Commit { get; } = commit;

    public IJournalReader Reader { get; } = reader;

    public ISnapshotStore Snapshots { get; } = snapshots;

    public IReference Reference { get; } = reference;

    public IDocumentReader Documents { get; } = documents;

    public ICheckRecorder Checks { get; } = checks;

    public BusinessClock Clock { get; } = clock;

    public TimeProvider Technical { get; } = technical;

    public AccountsOptions Options { get; } = options.Value;

    public TimeSpan Deadline { get; } = TimeSpan.FromSeconds(options.Value.DeadlineSeconds);

    public ILogger Logger { get; } = logger;

    public TillActivity Tills { get; } = new(technical);
}
