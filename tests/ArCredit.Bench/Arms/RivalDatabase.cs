using ArCredit.Bench.Databases;
using ArCredit.Bench.Rivals;
using Npgsql;

namespace ArCredit.Bench.Arms;

/// <summary>The rivals' tables, filled with the same accounts as the product's.</summary>
internal static class RivalDatabase
{
    public static async Task<string> CreateAsync(BenchContext bench, string name, string key)
    {
        var cancellation = bench.Cancellation;
        var connectionString = await bench.Postgres.CreateAsync(name, cancellation);
        await Sql.ExecuteAsync(connectionString, Resource.Read("schema.sql"), cancellation);
        await Sql.ExecuteAsync(connectionString, Resource.Read("reserve.sql"), cancellation);
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using (var accounts = database.CreateCommand("insert into account (account_id, currency, credit_limit) select a, 'EUR', l from unnest($1::text[], $2::bigint[]) as t(a, l)"))
        {
            var all = bench.Population.All().ToArray();
            accounts.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(all, account => account.Id) });
            accounts.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(all, account => account.Limit) });
            await accounts.ExecuteNonQueryAsync(cancellation);
        }

        await using (var keys = database.CreateCommand("insert into api_key values ($1, 'till')"))
        {
            keys.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = ApiKeys.Hash(key) });
            await keys.ExecuteNonQueryAsync(cancellation);
        }

        await Sql.ExecuteAsync(connectionString, "vacuum analyze", cancellation);
        return connectionString;
    }

    /// <summary>Rows by outcome, accounts above their limit, accounts whose exposure is not the sum of their reservations.</summary>
    public static async Task<Books?> ReadBooksAsync(string connectionString, CancellationToken cancellation)
    {
        var rows = await Sql.ReadNumbersAsync(
            connectionString, "select count(*) filter (where outcome = 'approved'), count(*) filter (where outcome = 'declined') from reservation", cancellation);
        var faults = await Sql.ReadNumbersAsync(
            connectionString,
            """
            select count(*) filter (where a.exposure > a.credit_limit), count(*) filter (where a.exposure <> coalesce(r.reserved, 0))
              from account a
              left join (select account_id, sum(amount) as reserved from reservation where outcome = 'approved' group by account_id) r using (account_id)
            """,
            cancellation);
        var said = new List<string>();
        if (faults[0] > 0)
        {
            said.Add($"{faults[0]} accounts are above their limit");
        }

        if (faults[1] > 0)
        {
            said.Add($"{faults[1]} accounts' exposure is not the sum of their reservations");
        }

        return new Books(rows[0], rows[1], said);
    }
}
