using ArCredit.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Journal.Commit;

/// <summary>
/// Brings every entry of a batch to an outcome that is certain: resends what rolled back, isolates what the database
/// refuses, reads back what nobody answered. Common to both databases.
/// </summary>
internal sealed partial class BatchSettler(IBatchWriter writer, BrokenChains broken, string lane, ILogger log)
{
    private const int RaceLimit = 3;
    private const int UnknownLimit = 5;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private readonly Stack<Piece> work = new();
    private volatile bool healthy = true;

    /// <summary>False from a failure that is not the rows' fault until the next success.</summary>
    public bool IsHealthy => healthy;

    /// <summary>Rows that went in since <see cref="Settle"/> began.</summary>
    public int RowsCommitted { get; private set; }

    /// <summary>Returns when every entry has its outcome; throws only when <paramref name="stop"/> is cancelled.</summary>
    public void Settle(Batch batch, CancellationToken stop)
    {
        RowsCommitted = 0;
        work.Clear();
        work.Push(new Piece(batch));
        while (work.TryPop(out var piece))
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                Attempt(piece);
            }
            catch (Exception error) when (!(error is OperationCanceledException && stop.IsCancellationRequested))
            {
                // The lane's outermost loop: whatever it was, it is logged, classified and tried again or answered.
                Retry(piece, error, stop);
            }
        }
    }

    /// <summary>Connects ahead of a batch. False when that failed; the lane is unhealthy until it works.</summary>
    public bool TryOpen()
    {
        try
        {
            writer.Open();
            healthy = true;
            return true;
        }
        catch (Exception error) when (DatabaseOutage.Is(error))
        {
            healthy = false;
            LogNotOpened(error, lane);
            return false;
        }
    }

    private void Attempt(Piece piece)
    {
        piece.Phase = Phase.Opening;
        if (!writer.IsOpen)
        {
            writer.Open();
        }

        var batch = piece.Batch;
        if (piece.IsUnknown)
        {
            piece.Phase = Phase.Reading;
            var stored = writer.ReadBack(batch);
            healthy = true;
            Resolve(piece, stored);
        }
        else if (!Prune(batch))
        {
            piece.Phase = Phase.Writing;
#if PLANTED_BUGS
            if (Kernel.Planted.Is("acknowledge-before-commit"))
            {
                Array.ForEach(batch.Entries, entry => entry.Complete(AppendOutcome.Committed.Instance));
            }

#endif
            var answer = writer.Write(batch);

            // Before anybody is told: who has an answer must not find the lane unhealthy.
            healthy = true;
            piece.Phase = Phase.Verifying;
            Conclude(batch, answer);
            RowsCommitted += answer.Inserted;
        }
    }

    /// <summary>Drops what stands on an entry that was isolated before it; true when the batch was replaced.</summary>
    private bool Prune(Batch batch)
    {
        if (!Array.Exists(batch.Entries, broken.Carries))
        {
            return false;
        }

        var verdicts = new Verdicts(batch, broken);
        for (var i = 0; i < batch.Entries.Length; i++)
        {
            if (verdicts.IsDecided(i))
            {
                continue;
            }

            if (broken.Carries(batch.Entries[i]))
            {
                verdicts.Fail(i, AppendOutcome.Superseded.Instance);
            }
            else
            {
                verdicts.SendAgain(i);
            }
        }

        Push(verdicts);
        return true;
    }

    /// <summary>After an unknown outcome: what is there is committed, what is absent is sent again, as it was.</summary>
    private void Resolve(Piece piece, byte[]?[] stored)
    {
        var batch = piece.Batch;
        var verdicts = new Verdicts(batch, broken);
        for (var i = 0; i < batch.Entries.Length; i++)
        {
            if (verdicts.IsDecided(i))
            {
                continue;
            }

#if PLANTED_BUGS
            if (stored[i] is null && Kernel.Planted.Is("readback-absent-as-committed"))
            {
                verdicts.Commit(i);
            }
            else

#endif
            if (stored[i] is null)
            {
                verdicts.SendAgain(i);
            }
            else if (verdicts.IsOwn(i, stored[i]))
            {
                verdicts.Commit(i);
                RowsCommitted += batch.Entries[i].Rows.Count;
            }
            else
            {
                verdicts.Fail(i, AppendOutcome.Fenced.Instance);
            }
        }

        // A read-back that works does not make the next write work: its attempts count on.
        Push(verdicts, piece.Attempts);
    }

    /// <summary>After a commit: all are in, but for accounts that the fence or a duplicate key kept out.</summary>
    private void Conclude(Batch batch, BatchAnswer answer)
    {
        var (_, fenced, duplicates) = answer;
        var expected = 0;
        if (fenced is null && duplicates is null)
        {
            expected = batch.RowCount;
            RequireInserted(expected, answer.Inserted);
            foreach (var entry in batch.Entries)
            {
                entry.Complete(AppendOutcome.Committed.Instance);
            }

            return;
        }

        // A resend that meets its own rows is fenced off by them and yet committed: only the rows themselves tell.
        var stored = fenced is null ? null : writer.ReadBack(batch);
        var verdicts = new Verdicts(batch, broken);
        for (var i = 0; i < batch.Entries.Length; i++)
        {
            if (verdicts.IsDecided(i))
            {
                continue;
            }

            if (fenced is not null && fenced.Contains(batch.HeadOf[i]))
            {
                verdicts.Judge(i, stored![i]);
            }
            else if (duplicates is not null && duplicates.TryGetValue(i, out var duplicate))
            {
                verdicts.Fail(i, duplicate);
            }
            else
            {
                expected += batch.Entries[i].Rows.Count;
                verdicts.Commit(i);
            }
        }

        RequireInserted(expected, answer.Inserted);
        Push(verdicts);
    }

    private void Push(Verdicts verdicts, int attempts = 0)
    {
        verdicts.Announce();
        if (verdicts.Rest is { } rest)
        {
            work.Push(new Piece(rest) { Attempts = attempts });
        }
    }

    private void Retry(Piece piece, Exception error, CancellationToken stop)
    {
        var failure = piece.Phase switch
        {
            Phase.Opening => new Failure(FailureKind.RolledBack, error.Message),
            Phase.Writing => writer.Classify(error),
            _ => new Failure(FailureKind.Unknown, error.Message),
        };
        LogFailed(error, lane, failure.Kind, failure.Reason, piece.Batch.Entries.Length);
        switch (failure.Kind)
        {
            case FailureKind.Deterministic:
            case FailureKind.KeyRace when piece.Races >= RaceLimit:
                Isolate(piece.Batch, failure.Reason);
                return;
            case FailureKind.KeyRace:
                work.Push(new Piece(piece.Batch) { Races = piece.Races + 1, Attempts = piece.Attempts + 1 });
                return;
            case FailureKind.Contended:
                work.Push(new Piece(piece.Batch) { Attempts = piece.Attempts + 1 });
                break;
#if PLANTED_BUGS
            case FailureKind.RolledBack when Kernel.Planted.Is("full-disk-acknowledged"):
                Array.ForEach(piece.Batch.Entries, entry => entry.Complete(AppendOutcome.Committed.Instance));
                return;
#endif
            case FailureKind.RolledBack:
                Reconnect(piece.Attempts > 0);
                work.Push(new Piece(piece.Batch) { IsUnknown = piece.IsUnknown, Attempts = piece.Attempts + 1 });
                break;
#if PLANTED_BUGS
            case FailureKind.Unknown when Kernel.Planted.Is("unknown-as-committed"):
                Array.ForEach(piece.Batch.Entries, entry => entry.Complete(AppendOutcome.Committed.Instance));
                return;
            case FailureKind.Unknown when Kernel.Planted.Is("unknown-decided-anew"):
                Array.ForEach(piece.Batch.Entries, entry => entry.Complete(AppendOutcome.Fenced.Instance));
                return;
#endif
            case FailureKind.Unknown:
                Reconnect(true);
                PushUnknown(piece);
                break;
        }

        // From the first failure on: 0, 10, 20, 40 … ms.
        var pause = piece.Attempts == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(10 << Math.Min(piece.Attempts - 1, 7));
        stop.WaitHandle.WaitOne(pause < LongestPause ? pause : LongestPause);
    }

    private void Reconnect(bool drop)
    {
        healthy = false;
        if (drop)
        {
            writer.Close();
        }
    }

    /// <summary>Rows that kill their connection again and again are halved, so that they hold up as few others as possible.</summary>
    private void PushUnknown(Piece piece)
    {
        var attempts = piece.Attempts + 1;
        if (attempts % UnknownLimit != 0 || piece.Batch.Entries.Length == 1)
        {
            work.Push(new Piece(piece.Batch) { IsUnknown = true, Attempts = attempts });
            return;
        }

        var (first, second) = Halve(piece.Batch);
        work.Push(new Piece(second) { IsUnknown = true });
        work.Push(new Piece(first) { IsUnknown = true });
    }

    private void Isolate(Batch batch, string reason)
    {
#if PLANTED_BUGS
        if (Kernel.Planted.Is("poison-fails-neighbours"))
        {
            Array.ForEach(batch.Entries, entry => entry.Complete(new AppendOutcome.Rejected(reason)));
            return;
        }

#endif
        if (batch.Entries.Length == 1)
        {
            var entry = batch.Entries[0];
            LogRejected(lane, entry.AccountId, entry.FirstVersion, reason);
            var verdicts = new Verdicts(batch, broken);
            verdicts.Fail(0, new AppendOutcome.Rejected(reason));
            verdicts.Announce();
            return;
        }

        var (first, second) = Halve(batch);
        work.Push(new Piece(second));
        work.Push(new Piece(first));
    }

    /// <summary>Halves by account while there are several; the halves of one account's chain are taken in order.</summary>
    private static (Batch First, Batch Second) Halve(Batch batch)
    {
        var (entries, heads) = (batch.Entries, batch.FirstOf.Length);
        var first = heads > 1
            ? [.. entries.Where((_, i) => batch.HeadOf[i] < heads / 2)]
            : entries[..(entries.Length / 2)];
        var second = heads > 1
            ? [.. entries.Where((_, i) => batch.HeadOf[i] >= heads / 2)]
            : entries[(entries.Length / 2)..];
        return (Batch.Of(first), Batch.Of(second));
    }

    private static void RequireInserted(int expected, int inserted)
    {
        if (expected != inserted)
        {
            throw new InvalidDataException($"The database reports {inserted} new rows instead of {expected}.");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Lane {Lane}: a batch of {Entries} entries failed, {Kind}: {Reason}")]
    private partial void LogFailed(Exception error, string lane, FailureKind kind, string reason, int entries);

    [LoggerMessage(LogLevel.Error, "Lane {Lane}: the database refuses entry {Version} of account {AccountId}: {Reason}")]
    private partial void LogRejected(string lane, string accountId, long version, string reason);

    [LoggerMessage(LogLevel.Warning, "Lane {Lane}: no connection yet")]
    private partial void LogNotOpened(Exception error, string lane);
}
