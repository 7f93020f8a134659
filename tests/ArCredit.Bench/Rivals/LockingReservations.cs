using System.Data.Common;
using Npgsql;

namespace ArCredit.Bench.Rivals;

/// <summary>
/// Arm (a): a transaction that locks the account's row, looks the key up, updates, inserts and commits, one statement after
/// the other as the logic reads. All are prepared; the driver sends the begin along with the first.
/// </summary>
internal sealed class LockingReservations(NpgsqlDataSource database) : IReservations
{
    private const string Lock = "select credit_limit, exposure, currency from account where account_id = $1 for update";

    private const string LookUp =
        "select fingerprint, outcome, reservation_id, exposure_after, credit_limit, created_at, expires_at from reservation where account_id = $1 and idempotency_key = $2";

    private const string Update = "update account set exposure = $2 where account_id = $1";

    private const string Insert =
        """
        insert into reservation (reservation_id, account_id, idempotency_key, fingerprint, outcome, kind, amount, exposure_after, credit_limit, reference, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    public async Task<Decided> ReserveAsync(Wanted wanted, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await LockAsync(connection, wanted.Account, cancellation) is not { } account)
        {
            return new Decided(Verdict.UnknownAccount);
        }

        // Behind the lock, so that two requests with one key cannot both find nothing.
        if (await FindEarlierAsync(connection, wanted, cancellation) is { } earlier)
        {
            return earlier;
        }

        if (account.Currency != wanted.Currency)
        {
            return new Decided(Verdict.WrongCurrency);
        }

        var after = account.Exposure + wanted.Amount;
        var decided = new Decided(
            after <= account.Limit ? Verdict.Approved : Verdict.Declined, wanted.Id, after, account.Limit, wanted.CreatedAt, wanted.ExpiresAt);
        if (decided.Verdict == Verdict.Approved)
        {
            await using var update = new NpgsqlCommand(Update, connection, transaction) { Parameters = { Text(wanted.Account), Number(after) } };
            await update.ExecuteNonQueryAsync(cancellation);
        }

        await InsertAsync(connection, wanted, decided, cancellation);
        await transaction.CommitAsync(cancellation);
        return decided;
    }

    private static async Task<(long Limit, long Exposure, string Currency)?> LockAsync(NpgsqlConnection connection, string account, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Lock, connection) { Parameters = { Text(account) } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)) : null;
    }

    private static async Task<Decided?> FindEarlierAsync(NpgsqlConnection connection, Wanted wanted, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(LookUp, connection) { Parameters = { Text(wanted.Account), Text(wanted.Key) } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? Earlier(reader, wanted) : null;
    }

    private static Decided Earlier(DbDataReader reader, Wanted wanted) =>
        reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(wanted.Fingerprint)
            ? new Decided(
                reader.GetString(1) == "approved" ? Verdict.Approved : Verdict.Declined, reader.GetGuid(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetDateTime(5), reader.IsDBNull(6) ? null : reader.GetDateTime(6))
            : new Decided(Verdict.KeyReused);

    private static async Task InsertAsync(NpgsqlConnection connection, Wanted wanted, Decided decided, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = wanted.Id },
                Text(wanted.Account),
                Text(wanted.Key),
                new NpgsqlParameter<byte[]> { TypedValue = wanted.Fingerprint },
                Text(decided.Verdict == Verdict.Approved ? "approved" : "declined"),
                Text(wanted.Kind),
                Number(wanted.Amount),
                Number(decided.ExposureAfter),
                Number(decided.Limit),
                Text(wanted.Reference),
                new NpgsqlParameter<DateTime> { TypedValue = wanted.CreatedAt },
                new NpgsqlParameter<DateTime?> { TypedValue = wanted.ExpiresAt },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlParameter<string?> Text(string? value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };
}
