using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Reference;
using ArCredit.Accounts.Tests.Actors;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Accounts.Tests.Domain.Model;
using ArCredit.Platform.Journal;
using ArCredit.Platform.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>Where a history is played: hosts over one journal, both clocks, and what goes wrong.</summary>
internal abstract class Stage : IAsyncDisposable
{
    /// <summary>Longer than any request waits.</summary>
    protected static readonly TimeSpan BeyondDeadline = TimeSpan.FromSeconds(11);

    private readonly ReferenceBook book;
    private readonly List<ActorServices> services = [];
    private readonly INodes hosts;

    /// <param name="seed">Of what goes wrong.</param>
    /// <param name="terms">Policy and rates.</param>
    /// <param name="hosts">What the accounts live in.</param>
    /// <param name="several">True when several nodes write: none may answer from memory without a look at the head.</param>
    protected Stage(int seed, ModelTerms terms, INodes hosts, bool several)
    {
        this.hosts = hosts;
        book = terms.Book();
        Faults = new Faults(seed);
        Business = new HistoryClock(AccountBuilder.Start);
        Technical = new HistoryClock(AccountBuilder.Start, several ? 2 * ActorServices.Freshness : TimeSpan.FromMilliseconds(20));
        Settings = new AccountsOptions { MaxActive = 2, SnapshotEvery = 4, DeadlineSeconds = several ? 3600 : 10 };
    }

    public Faults Faults { get; }

    public HistoryClock Business { get; }

    public HistoryClock Technical { get; }

    public IReadOnlyList<IAccounts> Nodes { get; private set; } = [];

    public abstract IJournalReader Journal { get; }

    protected AccountsOptions Settings { get; }

    /// <summary>As long as requests go through, things go wrong; then everything under way must come to its end.</summary>
    public void Calm() => Faults.Calm();

    public virtual ValueTask DisposeAsync() => hosts.DisposeAsync();

    protected void AddNode(IGroupCommit commit, ISnapshotStore snapshots, IDocumentReader documents) => services.Add(new ActorServices(
        commit, Journal, snapshots, new Fixed(book), documents, new ActorRig.TestChecks(), new BusinessClock(Business, null), Technical,
        Options.Create(Settings), NullLogger<AccountActor>.Instance));

    /// <summary>Once all nodes are added.</summary>
    protected async Task StartNodesAsync() => Nodes = await hosts.StartAsync(services);

    private sealed class Fixed(ReferenceBook book) : IReference
    {
        public ReferenceBook Current => book;

        public Task RefreshAsync(CancellationToken cancellation) => Task.CompletedTask;
    }
}
