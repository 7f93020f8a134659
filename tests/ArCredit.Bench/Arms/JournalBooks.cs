using ArCredit.Bench.Databases;

namespace ArCredit.Bench.Arms;

/// <summary>
/// Reads the product's journal as an auditor would who has nothing but SQL and the description of the chain, and lets the
/// product verify itself.
/// </summary>
internal static class JournalBooks
{
    private const string Counts =
        "select count(*) filter (where type = 'credit-reserved'), count(*) filter (where type = 'credit-refused') from journal";

    /// <summary>Rows whose hash is not that of their content and the row before, or that do not follow the row before.</summary>
    private const string BrokenLinks =
        """
        select count(*) from (
            select version, hash,
                   lag(version, 1, 0::bigint) over w as version_before,
                   sha256(lag(hash, 1, decode(repeat('00', 32), 'hex')) over w || int8send(version) || int4send(schema)
                       || int4send(octet_length(convert_to(account_id, 'UTF8'))) || convert_to(account_id, 'UTF8')
                       || int4send(octet_length(convert_to(type, 'UTF8'))) || convert_to(type, 'UTF8') || payload) as expected
              from journal window w as (partition by account_id order by version)) chain
         where hash <> expected or version <> version_before + 1
        """;

    /// <summary>Approvals after which the account's reservations were above the limit it was given first.</summary>
    private const string Overshoots =
        """
        select count(*) from (
            select first_value(convert_from(payload, 'UTF8')::jsonb) over w #>> '{limits,creditLimit}' as credit_limit,
                   sum((convert_from(payload, 'UTF8')::jsonb #>> '{reservation,amount}')::bigint) over w as reserved
              from journal window w as (partition by account_id order by version)) prefix
         where reserved > credit_limit::bigint
        """;

    public static async Task<Books?> ReadAsync(string connectionString, ProductServer product, CancellationToken cancellation)
    {
        var counts = await Sql.ReadNumbersAsync(connectionString, Counts, cancellation);
        var faults = new List<string>();
        if ((await Sql.ReadNumbersAsync(connectionString, BrokenLinks, cancellation))[0] is var broken and > 0)
        {
            faults.Add($"{broken} rows break the chain");
        }

        if ((await Sql.ReadNumbersAsync(connectionString, Overshoots, cancellation))[0] is var over and > 0)
        {
            faults.Add($"{over} approvals are above the limit");
        }

        if (await product.VerifyAsync(cancellation) is { } finding)
        {
            faults.Add(finding);
        }

        return new Books(counts[0], counts[1], faults);
    }
}
