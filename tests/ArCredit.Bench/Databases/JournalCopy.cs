using Npgsql;

namespace ArCredit.Bench.Databases;

/// <summary>
/// Many accounts like one that was made through the API: its rows under other account ids, each row with the hash that its
/// chain asks for. What the API would take many minutes for is there in seconds, and the product cannot tell the difference.
/// </summary>
internal static class JournalCopy
{
    // One version of all accounts at a time, so that the row before is there to be built on.
    private const string Rows =
        """
        insert into journal (account_id, version, type, schema, payload, hash, recorded_at)
        select n.id, t.version, t.type, t.schema, t.payload,
               sha256(coalesce(b.hash, decode(repeat('00', 32), 'hex')) || int8send(t.version) || int4send(t.schema)
                   || int4send(octet_length(convert_to(n.id, 'UTF8'))) || convert_to(n.id, 'UTF8')
                   || int4send(octet_length(convert_to(t.type, 'UTF8'))) || convert_to(t.type, 'UTF8') || t.payload),
               t.recorded_at
          from journal t
         cross join (select $3 || g as id from generate_series(100000, 99999 + $4::int) g) n
          left join journal b on b.account_id = n.id and b.version = t.version - 1
         where t.account_id = $1 and t.version = $2
        """;

    private const string Keys =
        """
        insert into account_key (account_id, kind, value, version, fingerprint, expires_at)
        select $2 || g, t.kind, t.value, t.version, t.fingerprint, t.expires_at
          from account_key t cross join generate_series(100000, 99999 + $3::int) g where t.account_id = $1
        """;

    private const string Texts =
        """
        insert into erasable_text (account_id, id, salt, body)
        select $2 || g, t.id, t.salt, t.body
          from erasable_text t cross join generate_series(100000, 99999 + $3::int) g where t.account_id = $1
        """;

    /// <summary>Writes <paramref name="count"/> accounts called <paramref name="prefix"/> and a number from 100000.</summary>
    public static async Task WriteAsync(string connectionString, string template, string prefix, int count, CancellationToken cancellation)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        var versions = (await Sql.ReadNumbersAsync(connectionString, $"select max(version) from journal where account_id = '{template}'", cancellation))[0];
        for (var version = 1L; version <= versions; version++)
        {
            await RunAsync(database, Rows, cancellation, template, version, prefix, count);
            if (version == 1)
            {
                await RunAsync(database, "analyze journal", cancellation);
            }
        }

        await RunAsync(database, Keys, cancellation, template, prefix, count);
        await RunAsync(database, Texts, cancellation, template, prefix, count);
        await RunAsync(database, "vacuum analyze", cancellation);
    }

    private static async Task RunAsync(NpgsqlDataSource database, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 1800;
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellation);
    }
}
