using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Reference;
using ArCredit.Kernel;
using ArCredit.Platform.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ArCredit.Accounts.Tests.Actors;

/// <summary>One account's shell over a journal in memory, with both clocks in the test's hand.</summary>
internal sealed class ActorRig
{
    public static readonly Currency Eur = Currency.Parse("EUR");
    public static readonly AccountId Id = AccountId.Parse("C1");
    private readonly TestClock business = new();

    public ActorRig(AccountsOptions? options = null, FakeJournal? journal = null)
    {
        Journal = journal ?? new FakeJournal();
        Options = options ?? new AccountsOptions();
        Services = new ActorServices(
            Journal, Journal, Journal, new FixedReference(), Documents, Checks, new BusinessClock(business, null), Technical,
            Microsoft.Extensions.Options.Options.Create(Options), NullLogger<AccountActor>.Instance);
        Actor = new AccountActor(Id, Services);
    }

    public FakeJournal Journal { get; }

    public AccountsOptions Options { get; }

    public ActorServices Services { get; }

    public AccountActor Actor { get; private set; }

    public TestClock Technical { get; } = new();

    public TestDocuments Documents { get; } = new();

    public TestChecks Checks { get; } = new();

    public static Money Euro(decimal amount) =>
        Money.TryFromAmount(amount, Eur, out var money) == AmountFault.None ? money : throw new ArgumentOutOfRangeException(nameof(amount));

    public void PassBusinessTime(TimeSpan time) => business.Pass(time);

    /// <summary>A new activation on the same journal, as after a crash.</summary>
    public void Wake(bool mayHaveTwin = false) => Actor = new AccountActor(Id, Services) { MayHaveTwin = mayHaveTwin };

    public Task<Answer> Open(decimal limit) => Ask(new PutAccount(
        new MasterData(Eur, "main", null, null, null, false, null, false, []),
        LimitChanges.None with { CreditLimit = new(true, Euro(limit).Minor) }, null, new FreeText("{}"), true, null));

    public Task<Answer> Ask(AccountCommand command, string? key = null, bool history = false) =>
        Actor.AskAsync(command, new AskOptions("test", key is null ? null : new CommandKey(command.GetType().Name, key), History: history), CancellationToken.None);

    public static ReserveCredit Reserve(decimal amount, string? id = null) =>
        new(id is null ? null : DocumentNumber.Parse(id), ReservationKind.Pos, new Purchase(Euro(amount), null, null, null), null, null);

    public static CheckCredit Check(decimal amount) => new(new Purchase(Euro(amount), null, null, null), Checkpoint.Pos);

    public static ReleaseReservation Release(string id) => new(DocumentNumber.Parse(id));

    private sealed class FixedReference : IReference
    {
        public ReferenceBook Current { get; } = new([new Company("main", Eur, TimeZoneInfo.Utc)], [], []);

        public Task RefreshAsync(CancellationToken cancellation) => Task.CompletedTask;
    }

    internal sealed class TestDocuments : IDocumentReader
    {
        public Func<DocumentRequest, long, KnownDocument> Answer { get; set; } = (request, version) => new KnownDocument(request, version);

        public int Reads { get; private set; }

        public Task<KnownDocument> ReadAsync(AccountId account, DocumentRequest request, long committedVersion, CancellationToken cancellation)
        {
            Reads++;
            return Task.FromResult(Answer(request, committedVersion));
        }
    }

    internal sealed class TestChecks : ICheckRecorder
    {
        public List<DecisionRecord> Recorded { get; } = [];

        public bool IsFull { get; set; }

        public ValueTask<bool> RecordAsync(AccountId account, DecisionRecord decision, string by, CancellationToken cancellation)
        {
            if (!IsFull)
            {
                Recorded.Add(decision);
            }

            return ValueTask.FromResult(!IsFull);
        }
    }
}

/// <summary>Time that passes only when told to; timers fire when their time has come.</summary>
internal sealed class TestClock : TimeProvider
{
    private readonly List<TestTimer> timers = [];
    private DateTimeOffset now = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>Somebody waits for time to pass.</summary>
    public bool HasTimers
    {
        get
        {
            lock (timers)
            {
                return timers.Count > 0;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.UtcTicks;

    public void Pass(TimeSpan time)
    {
        now += time;
        TestTimer[] due;
        lock (timers)
        {
            due = [.. timers.Where(timer => timer.Due <= now)];
            timers.RemoveAll(due.Contains);
        }

        foreach (var timer in due)
        {
            timer.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(() => callback(state), dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : now + dueTime);
        lock (timers)
        {
            timers.Add(timer);
        }

        return timer;
    }

    private sealed class TestTimer(Action fire, DateTimeOffset due) : ITimer
    {
        private bool disposed;

        public DateTimeOffset Due { get; } = due;

        public void Fire()
        {
            if (!disposed)
            {
                fire();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !disposed;

        public void Dispose() => disposed = true;

        public ValueTask DisposeAsync()
        {
            disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
