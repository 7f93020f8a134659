using System.Runtime.ExceptionServices;
using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.Logging;

namespace ArCredit.Accounts.Actors;

/// <summary>Between memory and disk: waking up, commits and their failure, sleeping.</summary>
internal sealed partial class AccountActor
{
    // Closed documents of the last appends stay in memory: most repeats come soon.
    private const int RememberedVersions = 32;

    // Replaying this many events is cheaper than writing a snapshot each time an account falls asleep.
    private const int EventsWorthASnapshot = 50;

    // From here on an account's pages are worth more than one processor.
    private const int PagesWorthSharing = 8;

    private long forgottenThrough;
    private Task drained = Task.CompletedTask;
    private int users;
    private bool usedSinceLook;
    private bool usedSinceRound;
    private byte[]? dozing;

    /// <summary>False when the account is falling asleep: ask the host for a new activation.</summary>
    public bool TryEnter()
    {
        while (Volatile.Read(ref users) is var count && count >= 0)
        {
            if (Interlocked.CompareExchange(ref users, count + 1, count) == count)
            {
                usedSinceLook = true;
                usedSinceRound = true;
                return true;
            }
        }

        return false;
    }

    /// <summary>The other end of <see cref="TryEnter"/>.</summary>
    public void Leave() => Interlocked.Decrement(ref users);

    /// <summary>Puts the account to sleep unless it was used since the last look or has something in flight.</summary>
    public bool TryRetire()
    {
#if PLANTED_BUGS
        if (Planted.Is("sleep-while-busy"))
        {
            return true;
        }

#endif
        if (usedSinceLook)
        {
            usedSinceLook = false;
            return false;
        }

        if (Interlocked.CompareExchange(ref users, -1, 0) != 0)
        {
            return false;
        }

        var retired = false;
        try
        {
            lock (gate)
            {
                if (inFlight.Count > 0 || loading is not null)
                {
                    return false;
                }

                _ = SaveSnapshotWhenWorthItAsync();
                retired = true;
                return true;
            }
        }
        finally
        {
            // Whatever went wrong, an account that is not leaving must let people in again.
            if (!retired)
            {
                Volatile.Write(ref users, 0);
            }
        }
    }

    /// <summary>Packs a small account that nobody has asked since the last call; it stays awake and answers without the database.</summary>
    /// <returns>True when it was packed now.</returns>
    public bool TryDoze()
    {
        if (usedSinceRound || account is null)
        {
            usedSinceRound = false;
            return false;
        }

        // Nobody is inside while it happens; who comes meanwhile tries again for the microseconds that it takes.
        if (Interlocked.CompareExchange(ref users, -1, 0) != 0)
        {
            return false;
        }

        try
        {
            lock (gate)
            {
                if (inFlight.Count == 0 && loading is null && account is { Exists: true, DocumentCount: <= DozingAccount.MostDocuments })
                {
                    _ = SaveSnapshotWhenWorthItAsync();

                    // The marks of changed pages are lost with the objects.
                    (dozing, account, nextSnapshotIsWhole) = (DozingAccount.Pack(account), null, true);
                }
            }
        }
        finally
        {
            Volatile.Write(ref users, 0);
        }

        return dozing is not null;
    }

    /// <summary>Waits until the outcome of everything under way is known and leaves a snapshot behind; before the activation goes.</summary>
    public async Task SettleAndSaveAsync(CancellationToken cancellation)
    {
        InFlight? last;
        lock (gate)
        {
            last = Unsettled(newest);
        }

        if (last is not null)
        {
            await SettleAsync(last).WaitAsync(cancellation);
        }

        await SaveBeforeStopAsync().WaitAsync(cancellation);
    }

    /// <summary>Writes a snapshot when one is worth it and nothing is in flight; before the process stops.</summary>
    public Task SaveBeforeStopAsync()
    {
        lock (gate)
        {
            return inFlight.Count == 0 ? SaveSnapshotWhenWorthItAsync() : Task.CompletedTask;
        }
    }

    // With the gate held and nothing in flight.
    private Task SaveSnapshotWhenWorthItAsync() => account is { Exists: true } && committedVersion - snapshotVersion >= EventsWorthASnapshot
        ? SaveSnapshotAsync(TakeSnapshot(account), committedHash)
        : Task.CompletedTask;

    private static InFlight? Unsettled(InFlight? append) => append is { Settled: false } ? append : null;

    private async Task EnsureLoadedAsync(long deadline, CancellationToken cancellation)
    {
        while (true)
        {
            Task load;
            lock (gate)
            {
                if (account is not null)
                {
                    return;
                }

                if (dozing is not null)
                {
                    (account, dozing) = (DozingAccount.Unpack(Id, dozing), null);
                    return;
                }

                load = loading ??= LoadAsync();
            }

            try
            {
                await WaitAsync(load, deadline, cancellation);
            }
            catch (NewerSchemaException newer) when (!MayHaveTwin)
            {
                throw new AccountBusyException(newer.Message);
            }
        }
    }

    private async Task LoadAsync()
    {
        // Leaves the caller's turn before anything else, so that nothing below runs under the gate.
        await Task.Yield();
        try
        {
            await drained;
            var readAt = services.Technical.GetTimestamp();
            var stored = await services.Reader.LoadAsync(Id.Value, CancellationToken.None);
            var (woken, hash, snapshot) = TryWakeFromSnapshot(stored) ?? await WakeFromJournalAsync();
            lock (gate)
            {
                account = woken;
                (headHash, committedHash, committedVersion) = (hash, hash, woken.Version);
                (snapshotVersion, nextSnapshotIsWhole) = (snapshot, snapshot == 0);
                (lastRoundTrip, forgottenThrough) = (readAt, woken.Version);
                account.ForgetClosed(woken.Version);
            }
        }
        finally
        {
            lock (gate)
            {
                loading = null;
            }
        }
    }

    private (Account Account, byte[] Hash, long SnapshotVersion)? TryWakeFromSnapshot(StoredAccount stored)
    {
        if (stored.Snapshot is not { } snapshot)
        {
            return stored.Tail.Count == 0 || stored.Tail[0].Version == 1 ? Woken(null, ChainHash.Genesis, stored.Tail, 0) : null;
        }

#if PLANTED_BUGS
        stored = Planted.Is("wake-without-tail") ? stored with { Tail = [] } : stored;
#endif
        if (snapshot.Schema != AccountSnapshot.Schema)
        {
            return null;
        }

        try
        {
            var head = JsonSerializer.Deserialize<AccountSnapshot>(snapshot.Body, EventCodec.Options) ?? throw new JsonException("A snapshot is null.");
            return Woken(Account.Restore(Id, head, PagesOf(stored)), snapshot.Hash, stored.Tail, snapshot.Version);
        }
        catch (Exception unusable) when (unusable is JsonException or InvariantException or ArgumentException)
        {
            // A snapshot can always be thrown away; if the journal itself is broken, the replay below says so.
            LogSnapshotUnusable(services.Logger, Id.Value, unusable);
            return null;
        }
    }

    private static (int Page, PageSnapshot Content)[] PagesOf(StoredAccount stored)
    {
        var pages = new (int, PageSnapshot)[stored.Pages.Count];
        if (pages.Length < PagesWorthSharing)
        {
            for (var i = 0; i < pages.Length; i++)
            {
                Read(i);
            }

            return pages;
        }

        try
        {
            Parallel.For(0, pages.Length, Read);
            return pages;
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
            throw;
        }

        void Read(int i) => pages[i] = (
            stored.Pages[i].PageNo,
            JsonSerializer.Deserialize<PageSnapshot>(stored.Pages[i].Body, EventCodec.Options) ?? throw new JsonException("A page is null."));
    }

    private (Account, byte[], long) Woken(Account? restored, byte[] hash, IEnumerable<JournalRow> tail, long snapshot)
    {
        var (woken, headHashNow) = Entries.Wake(Id, restored, hash, tail);
        return (woken, headHashNow, snapshot);
    }

    private async Task<(Account, byte[], long)> WakeFromJournalAsync()
    {
        const int page = 1000;
        Account? woken = null;
        var hash = ChainHash.Genesis;
        while (true)
        {
            var rows = await services.Reader.ReadRowsAsync(Id.Value, (woken?.Version ?? 0) + 1, page, CancellationToken.None);
            (woken, hash) = Entries.Wake(Id, woken, hash, rows);
            if (rows.Count < page)
            {
                return (woken, hash, 0);
            }
        }
    }

    /// <summary>Completes when the outcome is known and the books say so. Whoever comes first does the books.</summary>
    private async Task<AppendOutcome> SettleAsync(InFlight append)
    {
        var outcome = await append.Entry.Outcome;
        lock (gate)
        {
            if (!append.Settled)
            {
                append.Settled = true;
                if (append.Generation == generation)
                {
                    Settle(append, outcome);
                }
            }
        }

        return outcome;
    }

    private void Settle(InFlight append, AppendOutcome outcome)
    {
        if (outcome is not AppendOutcome.Committed)
        {
            fenced |= outcome is AppendOutcome.Fenced;
            Reset(append.Entry.LastVersion);
            return;
        }

        // Continuations run in any order, but an append is on disk only after all before it.
        while (inFlight.TryPeek(out var oldest) && oldest.Entry.LastVersion <= append.Entry.LastVersion)
        {
            inFlight.Dequeue();
            keys.Committed(oldest);
        }

        if (append.Entry.LastVersion > committedVersion)
        {
            (committedVersion, committedHash) = (append.Entry.LastVersion, append.Entry.Rows[^1].Hash);
        }

        // Since its sending, not since we heard of it: a process that stood still in between would take an old commit for a fresh look.
        lastRoundTrip = Math.Max(lastRoundTrip, append.Since);
        if (inFlight.Count == 0)
        {
            // The last append is no longer asked for, and it is larger than many an account.
            (lane, newest, newestMakingRoom) = (null, null, null);
        }

        if (account is not null && documentReads == 0 && committedVersion - forgottenThrough > 2 * RememberedVersions)
        {
            forgottenThrough = committedVersion - RememberedVersions;
            account.ForgetClosed(forgottenThrough);
        }

        if (append.Snapshot is { } snapshot)
        {
            _ = SaveSnapshotAsync(snapshot, append.Entry.Rows[^1].Hash);
        }
    }

    /// <summary>Drops the memory. What is in flight behind <paramref name="afterVersion"/> must not go in any more.</summary>
    private void Reset(long afterVersion)
    {
        generation++;
        account = null;
        foreach (var append in inFlight)
        {
            if (append.Entry.FirstVersion > afterVersion)
            {
                append.Entry.Abandon();
            }
        }

        // The journal is read only after the last of them is known, or the reading would be fenced by our own rows.
        drained = Task.WhenAll([drained, .. inFlight.Select(append => append.Entry.Outcome)]);
        inFlight.Clear();
        keys.Clear();
        (newest, newestMakingRoom, lane) = (null, null, null);
    }

    private TakenSnapshot TakeSnapshot(Account taken)
    {
        var whole = nextSnapshotIsWhole || snapshotVersion == 0;
        var (head, pages) = taken.TakeSnapshot(whole);
        var snapshot = new TakenSnapshot(head, pages, whole ? 0 : snapshotVersion);
        (snapshotVersion, nextSnapshotIsWhole) = (head.Version, false);
        return snapshot;
    }

    private async Task SaveSnapshotAsync(TakenSnapshot taken, byte[] hash)
    {
        // Called in a turn; making bytes of a large account is no part of it, nor of a grain's.
        var write = await Task.Run(() => ToWrite(taken, hash));
        if (await services.Snapshots.SaveAsync(write, CancellationToken.None))
        {
            return;
        }

        lock (gate)
        {
            // The pages taken are lost to the next snapshot, so that one brings all.
            nextSnapshotIsWhole = true;
        }
    }

    private SnapshotWrite ToWrite(TakenSnapshot taken, byte[] hash)
    {
        var (head, pages, baseVersion) = taken;
        return new SnapshotWrite(
            new StoredSnapshot(Id.Value, head.Version, hash, AccountSnapshot.Schema, JsonSerializer.SerializeToUtf8Bytes(head, EventCodec.Options)),
            baseVersion,
            [.. from page in pages where page.Value is not null select new SnapshotPage(page.Key, JsonSerializer.SerializeToUtf8Bytes(page.Value, EventCodec.Options))],
            baseVersion == 0 ? [] : [.. from page in pages where page.Value is null select page.Key]);
    }

    private async Task<T> WaitAsync<T>(Task<T> task, long deadline, CancellationToken cancellation)
    {
        await WaitAsync((Task)task, deadline, cancellation);
        return await task;
    }

    private async Task WaitAsync(Task task, long deadline, CancellationToken cancellation)
    {
        if (task.IsCompleted)
        {
            await task;
            return;
        }

        var left = services.Technical.GetElapsedTime(services.Technical.GetTimestamp(), deadline);
        if (left <= TimeSpan.Zero)
        {
            throw new OutcomeUnknownException();
        }

        try
        {
            await task.WaitAsync(left, services.Technical, cancellation);
        }
        catch (TimeoutException) when (!task.IsFaulted)
        {
#if PLANTED_BUGS
            if (Planted.Is("unknown-as-not-done"))
            {
                throw new AccountBusyException("late");
            }

#endif
            // The deadline's; what the task itself failed with, be it a timeout of the database's, is told as it is.
            throw new OutcomeUnknownException();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The snapshot of account {Account} is not usable and is thrown away.")]
    private static partial void LogSnapshotUnusable(ILogger logger, string account, Exception reason);
}
