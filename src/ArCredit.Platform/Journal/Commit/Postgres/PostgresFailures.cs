using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace ArCredit.Platform.Journal.Commit.Postgres;

/// <summary>What an error of the batch statement says about its transaction.</summary>
internal static class PostgresFailures
{
    public static Failure Classify(Exception error) => error switch
    {
        PostgresException answer => new Failure(KindOf(answer), $"{answer.SqlState}: {answer.MessageText}"),

        // No answer came: cut, timed out, closed under our hands. What the server did is unknown.
        DbException or IOException or SocketException or TimeoutException or InvalidOperationException =>
            new Failure(FailureKind.Unknown, error.Message),

        // The driver could not even write these values (a lone surrogate, an instant out of range).
        _ => new Failure(FailureKind.Deterministic, error.GetType().Name + ": " + error.Message),
    };

    private static FailureKind KindOf(PostgresException answer)
    {
        // A session that is ended (by an administrator, by a shutdown) may get its FATAL between commit and answer.
        // ERROR always means that the transaction was rolled back.
        if (answer.InvariantSeverity is "FATAL" or "PANIC" || answer.SqlState == PostgresErrorCodes.StatementCompletionUnknown)
        {
            return FailureKind.Unknown;
        }

        if (answer.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable)
        {
            return FailureKind.Contended;
        }

        if (answer.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return FailureKind.KeyRace;
        }

        return answer.SqlState[..2] switch
        {
            "08" => FailureKind.Unknown,

            // Data, integrity, limits, assertions of a trigger, internal errors over a value: it would happen again.
            "21" or "22" or "23" or "44" or "54" or "0A" or "P0" or "XX" => FailureKind.Deterministic,

            // Resources, operator, system, read-only after a failover, missing rights or tables: not the rows' fault.
            _ => FailureKind.RolledBack,
        };
    }
}
