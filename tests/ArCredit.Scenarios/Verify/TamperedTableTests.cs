using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using ArCredit.Testing.Tampering;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Verify;

/// <summary>Every column of every table that stands on the journal is changed, every row taken away: each is named.</summary>
public sealed class TamperedTableTests
{
    // What cannot be told from the journal: the fingerprint of a request that is gone, and when its key may be purged.
    private static readonly string[] Untold = ["account_key.fingerprint", "account_key.expires_at"];

    // A few of each: what is a change of a column of one row is one of the next.
    private const int SomeRows = 5;

    private static readonly (string Table, string[] Key)[] Tables =
    [
        ("ledger_entry", ["posted_on", "version", "line"]), ("reservation", ["id"]), ("invoice", ["number"]), ("payment_due", ["payment_id"]),
        ("account_view", []), ("account_name", []), ("account_party", ["kind", "value"]), ("account_block", ["name"]), ("account_key", ["kind", "value"]), ("erasable_text", ["id"]),
        ("open_item", ["due_date", "issue_date", "number", "item_type", "instalment"]),
    ];

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_changed_column_is_named(Dialect dialect)
    {
        await using var history = await WrittenHistory.WriteAsync(dialect, reservations: 3);
        var changed = 0;
        foreach (var (table, key) in Tables)
        {
            foreach (var row in (await RowsAsync(history, table)).Take(SomeRows))
            {
                foreach (var (column, value) in row.Where(each => each.Value is not null && CanBeTold(table, each.Key, row)))
                {
                    changed++;
                    var verified = await history.VerifyAsync(
                        session => UpdateAsync(session, table, key, row, column, Other(value!)),
                        account: column == "account_id" ? null : WrittenHistory.Busy);
                    ShouldName(verified, table, $"{table}.{column} of {string.Join(", ", key.Select(name => row[name]))}");
                }
            }
        }

        changed.ShouldBeGreaterThan(150);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_missing_row_is_named_unless_it_may_be_missing(Dialect dialect)
    {
        await using var history = await WrittenHistory.WriteAsync(dialect, reservations: 3);
        foreach (var (table, key) in Tables)
        {
            foreach (var row in await RowsAsync(history, table))
            {
                var verified = await history.VerifyAsync(session => session.Connection.ExecuteAsync(
                    $"delete from {table} where {Where(key)}", Parameters(key, row), session.Transaction));
                if (table == "account_key" && IsIdempotency(row))
                {
                    verified.Findings.ShouldBeEmpty("a key is purged when it is old");
                }
                else if (table == "erasable_text")
                {
                    verified.Findings.ShouldAllBe(finding => IsOfText(finding.Subject), "a text may be erased, and then name and ids are too");
                }
                else
                {
                    ShouldName(verified, table, $"{table} without {string.Join(", ", key.Select(name => row[name]))}");
                }
            }
        }
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Rows_of_an_account_that_has_no_journal_are_named(Dialect dialect)
    {
        await using var history = await WrittenHistory.WriteAsync(dialect, reservations: 3);
        foreach (var (table, _) in Tables)
        {
            foreach (var stranger in new[] { "AAA", "zzz", "BUSY-1-" })
            {
                var verified = await history.VerifyAsync(session => session.Connection.ExecuteAsync(
                    $"update {table} set account_id = @stranger where account_id = @Busy", new { stranger, WrittenHistory.Busy }, session.Transaction));
                verified.Findings.ShouldContain(finding => finding.Account == stranger && finding.Subject == table, $"{table} of {stranger}");
            }
        }
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_decision_that_another_policy_made_is_named(Dialect dialect)
    {
        await using var history = await WrittenHistory.WriteAsync(dialect, reservations: 3);

        var verified = await history.VerifyAsync(session => session.Connection.ExecuteAsync(
            "update policy_version set body = '{' where version = 1; insert into policy_version (version, scope, body, created_at, created_by) select 1, 'company:main', '{', applied_at, 'x' from schema_migration limit 1",
            transaction: session.Transaction));

        verified.Findings.ShouldHaveSingleItem().Subject.ShouldBe("policy_version");
    }

    // The journal does not hold what callers chose as idempotency keys: only that theirs lead to the beginning of an append.
    private static bool CanBeTold(string table, string column, Dictionary<string, object?> row) =>
        !Untold.Contains($"{table}.{column}") && (table != "account_key" || column is "account_id" or "version" || !IsIdempotency(row));

    private static bool IsIdempotency(Dictionary<string, object?> row) => ((string)row["kind"]!).StartsWith("k:", StringComparison.Ordinal);

    private static bool IsOfText(string subject) => subject is "account_name" or "account_party";

    private static void ShouldName(Verified verified, string table, string change)
    {
        verified.Findings.ShouldNotBeEmpty(change);
        verified.Findings.ShouldAllBe(finding => finding.Subject == table || (table == "erasable_text" && IsOfText(finding.Subject)), change);
        verified.Findings.ShouldContain(finding => finding.Account!.StartsWith(WrittenHistory.Busy, StringComparison.Ordinal), change);
    }

    private static async Task<List<Dictionary<string, object?>>> RowsAsync(WrittenHistory history, string table)
    {
        await using var session = await history.Database.OpenReadAsync(CancellationToken.None);
        var rows = await session.Connection.QueryAsync($"select * from {table} where account_id = @Busy", new { WrittenHistory.Busy });
        return [.. rows.Select(row => ((IDictionary<string, object?>)row).ToDictionary())];
    }

    private static Task<int> UpdateAsync(DbSession session, string table, string[] key, Dictionary<string, object?> row, string column, object value)
    {
        var parameters = Parameters(key, row);
        parameters.Add("changed", value);
        return session.Connection.ExecuteAsync($"update {table} set {column} = @changed where {Where(key)}", parameters, session.Transaction);
    }

    private static string Where(string[] key) => string.Join(" and ", key.Prepend("account_id").Select(name => $"{name} = @{name}"));

    private static DynamicParameters Parameters(string[] key, Dictionary<string, object?> row)
    {
        var parameters = new DynamicParameters();
        foreach (var name in key.Prepend("account_id"))
        {
            parameters.Add(name, row[name]);
        }

        return parameters;
    }

    private static object Other(object value) => value switch
    {
        long number => number + 1000,
        int number => number + 1000,
        string text when DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date) => date.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        string text => text + "x",
        DateOnly date => date.AddDays(1),
        DateTime instant => instant.AddDays(1),
        Guid => Guid.NewGuid(),
        byte[] bytes => (byte[])[.. bytes[..^1], (byte)(bytes[^1] ^ 1)],
        _ => throw new NotSupportedException($"{value.GetType().Name} cannot be changed."),
    };
}
