using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Features.Decisions;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.Logging;

namespace ArCredit.Accounts.Actors;

/// <summary>
/// The shell around one <see cref="Account"/>: takes turns, sends what was decided to the journal, and answers when it is on
/// disk. A turn is synchronous and touches memory only (<see cref="gate"/> is never held across I/O), so commands pipeline:
/// the next one is decided on the fold of everything before it, committed or not. If an append fails, everything behind it
/// fails with it and the account is loaded anew. It knows nothing of the host it lives in.
/// </summary>
internal sealed partial class AccountActor(AccountId id, ActorServices services)
{
    private static readonly AskOptions ByTheClock = new("clock");

    private readonly Lock gate = new();
    private readonly Queue<InFlight> inFlight = new(0);
    private readonly RecentKeys keys = new();
    private Account? account;
    private Task? loading;
    private int generation;
    private long committedVersion;
    private long snapshotVersion;
    private bool nextSnapshotIsWhole = true;
    private byte[] headHash = ChainHash.Genesis;
    private long lastRoundTrip;
    private ILane? lane;
    private byte[] committedHash = ChainHash.Genesis;
    private InFlight? newest;
    private InFlight? newestMakingRoom;
    private int documentReads;
    private volatile bool fenced;

    /// <summary>The customer.</summary>
    public AccountId Id { get; } = id;

    /// <summary>
    /// For a host of several nodes: the account may have another activation for a while. Once that has written, this one answers
    /// nobody any more and throws <see cref="FencedException"/>; and until it knows, no answer without a commit stands on a
    /// round trip from before its request. A host of one node has no other activation; there the account is loaded anew.
    /// </summary>
    public bool MayHaveTwin { get; init; }

    /// <summary>Asks the account; see <see cref="IAccounts.AskAsync"/>.</summary>
    public Task<Answer> AskAsync(AccountCommand command, AskOptions options, CancellationToken cancellation) =>
        AskAsync(command, options, services.Deadline, cancellation);

    /// <summary>The same for a request of which the host has used up some time already.</summary>
    public async Task<Answer> AskAsync(AccountCommand command, AskOptions options, TimeSpan patience, CancellationToken cancellation)
    {
        var request = new Request(command, options, services.Technical.GetTimestamp(), DeadlineOf(patience));
        try
        {
            while (true)
            {
                GoWhenFenced();
                if (await TryAnswerAsync(request, cancellation) is { } answer)
                {
                    return answer;
                }
            }
        }
        finally
        {
            Unpin(request);
        }
    }

    /// <summary>The account as committed; null when it does not exist.</summary>
    public Task<AccountView?> ReadAsync(CancellationToken cancellation) => ReadAsync(services.Deadline, cancellation);

    /// <inheritdoc cref="ReadAsync(CancellationToken)"/>
    public async Task<AccountView?> ReadAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var asked = services.Technical.GetTimestamp();
        var deadline = DeadlineOf(patience);
        while (true)
        {
            GoWhenFenced();
            await EnsureLoadedAsync(deadline, cancellation);
            AccountView? view;
            InFlight? last;
            bool due;
            lock (gate)
            {
                if (account is null)
                {
                    continue;
                }

                var context = Context(history: false, checkId: string.Empty);
                due = account.DecideDue(context).Count > 0;
                view = account.Exists && !due ? account.View(context) : null;
                last = Unsettled(newest);
            }

            if (due)
            {
                // What time has ended is no longer exposure, also when no sweep has come by yet.
                await AskAsync(new RunDue(), ByTheClock, services.Technical.GetElapsedTime(services.Technical.GetTimestamp(), deadline), cancellation);
            }
            else if (await StandsAsync(last, asked, deadline, cancellation))
            {
                return view;
            }
        }
    }

    private long DeadlineOf(TimeSpan patience) =>
        services.Technical.GetTimestamp() + (long)(patience.TotalSeconds * services.Technical.TimestampFrequency);

    private void GoWhenFenced()
    {
        if (MayHaveTwin && fenced)
        {
            throw new FencedException(Id);
        }
    }

    /// <summary>One attempt; null = something failed under it and the command is decided anew.</summary>
    private async Task<Answer?> TryAnswerAsync(Request request, CancellationToken cancellation)
    {
        if (services.Technical.GetTimestamp() > request.Deadline)
        {
            throw new AccountBusyException("The account was written elsewhere again and again.");
        }

        await EnsureLoadedAsync(request.Deadline, cancellation);
        if (await FindEarlierAsync(request, cancellation) is { } earlier)
        {
            return earlier;
        }

        Turn turn;
#if PLANTED_BUGS
        lock (Planted.Is("turn-without-gate") ? new Lock() : gate)
#else
        lock (gate)
#endif
        {
            if (account is null)
            {
                return null;
            }

            turn = TakeTurn(request);
        }

        if (turn.Sent is { } sent)
        {
            var outcome = await WaitAsync(SettleAsync(sent), request.Deadline, cancellation);
            if (turn.Verdict is Verdict.Append)
            {
                return await AnswerOfAsync(request, sent, outcome, cancellation);
            }

            if (outcome is not AppendOutcome.Committed)
            {
                return null;
            }
        }

        return turn.Verdict switch
        {
            Verdict.Append { Events.Count: 0 } => new Answer.Done([], turn.Version, Repeat.None),
            Verdict.Append => throw new InvariantException("An append was not sent."),
            Verdict.Check check => await CheckedAsync(check.Decision, turn, request, cancellation),
            Verdict.Needs needs => await ReadDocumentAsync(needs.Request, request, cancellation),
            Verdict.Taken taken => await ResolveTakenAsync(taken.Number, turn, request, cancellation),
            Verdict.Refuse refuse => await AfterCommitAsync(turn, request, new Answer.Refused(refuse.Code, refuse.Detail, refuse.Field), cancellation),
            Verdict.Unchanged unchanged => await AfterCommitAsync(turn, request, new Answer.Unchanged(unchanged.Reservation), cancellation),
            _ => throw new InvariantException($"Unknown verdict {turn.Verdict.GetType().Name}."),
        };
    }

    /// <summary>Decides, applies and sends, all in memory. Called with the gate held.</summary>
    private Turn TakeTurn(Request request)
    {
        RefuseWhenOverloaded(request.Options.Bulk);
        var context = Context(request.Options.History, request.Command is CheckCredit ? CheckIds.New(services.Technical.GetUtcNow()) : string.Empty);
        try
        {
            var due = account!.DecideDue(context);
            Apply(due);
            var verdict = Doubted(Untaken(account.Decide(request.Command, context, request.Known)), request);
            var (events, lapsed) = (due, due.Count);
            if (verdict is Verdict.Append append)
            {
                Apply(append.Events);
                events = lapsed == 0 ? append.Events : [.. due, .. append.Events];
            }

#if PLANTED_BUGS
            events = Planted.Is("lapse-not-journaled") && events.Count == lapsed ? [] : events;
#endif
            var numbers = verdict is Verdict.Append { Numbers: var taken } ? taken : [];
            var sent = events.Count == 0 ? null : Send(Stamp(events, lapsed, request.Options.By, context.Now), numbers, request, context.Now, events.Count > lapsed);
            return new Turn(verdict, sent, account.Version, Unsettled(newestMakingRoom), Unsettled(newest));
        }
        catch (Exception broken) when (broken is not AccountBusyException)
        {
            // Whatever it was, lapses may be applied and not sent, or an event half applied: only what is on disk can be trusted.
            LogBroken(services.Logger, Id.Value, broken);
            Reset(afterVersion: long.MaxValue);
            throw;
        }
    }

    /// <summary>A number that is in flight is taken, although neither memory nor the journal shows it.</summary>
    private Verdict Untaken(Verdict verdict)
    {
        if (verdict is Verdict.Append { Numbers: { Count: > 0 } numbers })
        {
            foreach (var number in numbers)
            {
                if (keys.FindSent(Journal.KeyKinds.Of(number.Kind), number.Value) is not null)
                {
                    return new Verdict.Taken(number);
                }
            }
        }

        return verdict;
    }

    /// <summary>A document that is declined today may be a repeat of one that was approved: its number is looked up first.</summary>
    private static Verdict Doubted(Verdict verdict, Request request)
    {
        if (verdict is not Verdict.Append { Events: [CreditRefused] } || request.NumberIsFree || NumberKey.Of(request.Command) is not { } number)
        {
            return verdict;
        }

        request.Doubts = true;
        return new Verdict.Taken(number);
    }

    private void Apply(IReadOnlyList<AccountEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            account!.Apply(events[i]);
        }
    }

    private InFlight Send(
        AccountEvent[] stamped, IReadOnlyList<NumberKey> numbers, Request request, DateTimeOffset now, bool withKey)
    {
        var entry = Entries.Build(
            Id.Value, account!.Version - stamped.Length, headHash, stamped, now, withKey ? KeysOf(numbers, request) : [],
            withKey ? request.Command.Texts : []);
        var sent = new InFlight(entry, stamped, generation, services.Technical.GetTimestamp());
        lane ??= services.Commit.LaneFor(Id.Value, request.Options.Bulk);
        if (!lane.TryEnqueue(entry))
        {
            // Others took the last places between the look and the send; memory is ahead of what will ever be on disk.
            Reset(afterVersion: entry.FirstVersion - 1);
            throw new AccountBusyException("The commit queue is full.");
        }

        headHash = entry.Rows[^1].Hash;
        inFlight.Enqueue(sent);
        newest = sent;
        newestMakingRoom = sent.MakesRoom ? sent : newestMakingRoom;
        keys.Sent(sent);
        if (account.Version - snapshotVersion >= services.Options.SnapshotEvery + account.SnapshotWeight)
        {
            sent.Snapshot = TakeSnapshot(account);
        }

        return sent;
    }

    /// <summary>Who did it, the clock what came first because it was due, the caller the rest; and when.</summary>
    private static AccountEvent[] Stamp(IReadOnlyList<AccountEvent> events, int due, string by, DateTimeOffset now)
    {
        var stamped = new AccountEvent[events.Count];
        for (var i = 0; i < stamped.Length; i++)
        {
            stamped[i] = events[i] with
            {
                Following = stamped.Length - 1 - i,
                By = i < due ? ByTheClock.By : by,
                At = i == 0 && Journal.DecisionIn.Event(events[i]) is null ? now : null,
            };
        }

        return stamped;
    }

    private List<JournalKey> KeysOf(IReadOnlyList<NumberKey> numbers, Request request)
    {
        var keys = new List<JournalKey>(numbers.Count + 1);
        if (request.Options.Key is { } key)
        {
            keys.Add(new JournalKey(
                Journal.KeyKinds.Idempotency(key.Route), key.Value, request.Fingerprint, services.Technical.GetUtcNow() + ActorServices.KeyRetention));
        }

        for (var i = 0; i < numbers.Count; i++)
        {
            keys.Add(new JournalKey(Journal.KeyKinds.Of(numbers[i].Kind), numbers[i].Value, request.FactsFingerprint, null));
        }

        return keys;
    }

    private void RefuseWhenOverloaded(bool bulk)
    {
        if (inFlight.TryPeek(out var oldest) && services.Technical.GetElapsedTime(oldest.Since) > services.Deadline)
        {
            throw new AccountBusyException("The account waits for the database; its last outcome is not known yet.");
        }

        if (inFlight.Count >= services.Options.MaxInFlight || !(lane ?? services.Commit.LaneFor(Id.Value, bulk)).HasRoom)
        {
            throw new AccountBusyException("The commit queue is full.");
        }
    }

    private DecisionContext Context(bool history, string checkId) =>
        new(services.Clock.GetUtcNow(), services.Reference.Current, history, checkId);

    [LoggerMessage(LogLevel.Error, "A turn of account {Account} failed; it is loaded anew.")]
    private static partial void LogBroken(ILogger logger, string account, Exception broken);

    /// <summary>A command on its way through attempts.</summary>
    private sealed class Request(AccountCommand command, AskOptions options, long asked, long deadline)
    {
        private byte[]? fingerprint;

        public AccountCommand Command { get; } = command;

        public AskOptions Options { get; } = options;

        /// <summary>Technical timestamp of its coming.</summary>
        public long Asked { get; } = asked;

        /// <summary>Technical timestamp.</summary>
        public long Deadline { get; } = deadline;

        public byte[] Fingerprint => fingerprint ??= Actors.Fingerprint.Of(Command);

        /// <summary>Without texts, for document numbers, which are kept for ever.</summary>
        public byte[] FactsFingerprint => Actors.Fingerprint.OfFacts(Command, Fingerprint);

        /// <summary>What was read for the command.</summary>
        public KnownDocument? Known { get; set; }

        /// <summary>The command's number may be taken: the journal is asked.</summary>
        public bool Doubts { get; set; }

        /// <summary>The journal was asked and does not hold the command's number.</summary>
        public bool NumberIsFree { get; set; }

        /// <summary>While a read document is in use, nothing closed is forgotten: what was read must not grow old.</summary>
        public bool Pinned { get; set; }
    }

    /// <summary>What one turn came to.</summary>
    /// <param name="Verdict">The decision.</param>
    /// <param name="Sent">The append, also one of lapses alone.</param>
    /// <param name="Version">Of the memory it was decided on.</param>
    /// <param name="LastMakingRoom">Newest append in flight that may make room.</param>
    /// <param name="Last">Newest append in flight.</param>
    private readonly record struct Turn(Verdict Verdict, InFlight? Sent, long Version, InFlight? LastMakingRoom, InFlight? Last);
}
