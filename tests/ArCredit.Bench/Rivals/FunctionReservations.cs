using Npgsql;

namespace ArCredit.Bench.Rivals;

/// <summary>Arm (a′): one call of a PL/pgSQL function, one round trip, committed by itself.</summary>
internal sealed class FunctionReservations(NpgsqlDataSource database) : IReservations
{
    private const string Call = "select verdict, reservation_id, exposure_after, credit_limit, created_at, expires_at from reserve($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    public async Task<Decided> ReserveAsync(Wanted wanted, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Call);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = wanted.Account });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = wanted.Key });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = wanted.Fingerprint });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = wanted.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = wanted.Kind });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = wanted.Amount });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = wanted.Currency });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = wanted.Reference });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = wanted.CreatedAt });
        command.Parameters.Add(new NpgsqlParameter<DateTime?> { TypedValue = wanted.ExpiresAt });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var verdict = reader.GetString(0) switch
        {
            "approved" => Verdict.Approved,
            "declined" => Verdict.Declined,
            "unknown-account" => Verdict.UnknownAccount,
            "wrong-currency" => Verdict.WrongCurrency,
            "key-reused" => Verdict.KeyReused,
            var other => throw new InvalidOperationException($"The function said {other}."),
        };
        return verdict is Verdict.Approved or Verdict.Declined
            ? new Decided(verdict, reader.GetGuid(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetDateTime(4), reader.IsDBNull(5) ? null : reader.GetDateTime(5))
            : new Decided(verdict);
    }
}
