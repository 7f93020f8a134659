using Npgsql;

namespace ArCredit.Bench.Rivals;

/// <summary>
/// Arm (a): a transaction that locks the account's row, looks the key up, updates and inserts. All statements are prepared;
/// what does not depend on an answer travels together, so it is three round trips: lock and look-up, update and insert, commit.
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
        var (answer, exposure) = await DecideAsync(connection, wanted, cancellation);
        if (exposure is not { } before)
        {
            // Disposing rolls back; nothing was written.
            return answer;
        }

        await using var writes = new NpgsqlBatch(connection, transaction);
        if (answer.Verdict == Verdict.Approved)
        {
            writes.BatchCommands.Add(new NpgsqlBatchCommand(Update) { Parameters = { Text(wanted.Account), Number(before + wanted.Amount) } });
        }

        writes.BatchCommands.Add(new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = wanted.Id },
                Text(wanted.Account),
                Text(wanted.Key),
                new NpgsqlParameter<byte[]> { TypedValue = wanted.Fingerprint },
                Text(answer.Verdict == Verdict.Approved ? "approved" : "declined"),
                Text(wanted.Kind),
                Number(wanted.Amount),
                Number(answer.ExposureAfter),
                Number(answer.Limit),
                Text(wanted.Reference),
                new NpgsqlParameter<DateTime> { TypedValue = wanted.CreatedAt },
                new NpgsqlParameter<DateTime?> { TypedValue = wanted.ExpiresAt },
            },
        });
        await writes.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return answer;
    }

    /// <summary>The decision, and the exposure before it when there is something to write.</summary>
    private static async Task<(Decided Answer, long? Exposure)> DecideAsync(NpgsqlConnection connection, Wanted wanted, CancellationToken cancellation)
    {
        await using var reads = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Lock) { Parameters = { Text(wanted.Account) } },
                new NpgsqlBatchCommand(LookUp) { Parameters = { Text(wanted.Account), Text(wanted.Key) } },
            },
        };
        await using var reader = await reads.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            return (new Decided(Verdict.UnknownAccount), null);
        }

        var (limit, exposure, currency) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2));
        await reader.NextResultAsync(cancellation);
        if (await reader.ReadAsync(cancellation))
        {
            return (Earlier(reader, wanted), null);
        }

        if (currency != wanted.Currency)
        {
            return (new Decided(Verdict.WrongCurrency), null);
        }

        var after = exposure + wanted.Amount;
        return (new Decided(after <= limit ? Verdict.Approved : Verdict.Declined, wanted.Id, after, limit, wanted.CreatedAt, wanted.ExpiresAt), exposure);
    }

    private static Decided Earlier(NpgsqlDataReader reader, Wanted wanted) =>
        reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(wanted.Fingerprint)
            ? new Decided(
                reader.GetString(1) == "approved" ? Verdict.Approved : Verdict.Declined, reader.GetGuid(2), reader.GetInt64(3), reader.GetInt64(4),
                reader.GetDateTime(5), reader.IsDBNull(6) ? null : reader.GetDateTime(6))
            : new Decided(Verdict.KeyReused);

    private static NpgsqlParameter<string?> Text(string? value) => new() { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new() { TypedValue = value };
}
