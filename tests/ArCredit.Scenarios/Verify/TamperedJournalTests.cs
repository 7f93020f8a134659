using ArCredit.Accounts.Verify;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using ArCredit.Testing.Tampering;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Verify;

/// <summary>What is stored is changed by hand in every way, and named by account and version.</summary>
public sealed class TamperedJournalTests(TamperedJournalTests.Histories histories) : IClassFixture<TamperedJournalTests.Histories>
{
    private const string Till = "TILL-1";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_the_server_wrote_is_whole(Dialect dialect)
    {
        var history = await histories.OfAsync(dialect);

        var (counts, findings, _) = await history.VerifyAsync(withHeads: true);

        findings.ShouldBeEmpty();
        counts.Accounts.ShouldBe(6);
        counts.Rows.ShouldBeGreaterThan(130);
        counts.Decisions.ShouldBeGreaterThan(110);
        counts.Snapshots.ShouldBeGreaterThan(0);
        counts.TableRows.ShouldBeGreaterThan(200);
        counts.Heads.ShouldBe(6);
        (counts.Behind, counts.Broken, counts.ForeignSnapshots).ShouldBe((0, 0, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_changed_journal_is_named_by_account_and_version(Dialect dialect)
    {
        var history = await histories.OfAsync(dialect);
        foreach (var (change, version) in new[]
        {
            ("update journal set payload = {payload} where account_id = @Till and version = 17", 17L),
            ("update journal set hash = {hash} where account_id = @Till and version = 17", 17L),
            ("update journal set type = 'credit-refused' where account_id = @Till and version = 17", 17L),
            ("update journal set schema = 2 where account_id = @Till and version = 17", 17L),
            ("delete from journal where account_id = @Till and version = 17", 18L),
            ("delete from journal where account_id = @Till and version = 1", 2L),
            ("update journal set version = 1000 where account_id = @Till and version = 17; update journal set version = 17 where account_id = @Till and version = 18; update journal set version = 18 where account_id = @Till and version = 1000", 17L),
            ("update journal set account_id = 'OTHER' where account_id = @Till and version = 17", 18L),
        })
        {
            var (counts, findings, _) = await history.VerifyAsync(session => RunAsync(session, change));

            findings.ShouldContain(finding => finding.Account == Till && finding.Version == version && finding.Subject == "journal", change);
            counts.Broken.ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_cut_end_and_a_lost_account_show_by_the_exported_heads_only(Dialect dialect)
    {
        var history = await histories.OfAsync(dialect);
        const string Cut = "delete from journal where account_id = @Till and version = (select max(version) from journal where account_id = @Till)";
        const string CutEverywhere = Cut + "; delete from snapshot where account_id = @Till; delete from snapshot_page where account_id = @Till; delete from account_key where account_id = @Till and version not in (select version from journal where account_id = @Till); delete from reservation where account_id = @Till and version not in (select version from journal where account_id = @Till)";

        (await history.VerifyAsync(session => RunAsync(session, CutEverywhere))).Findings.ShouldBeEmpty();
        Only(await history.VerifyAsync(session => RunAsync(session, CutEverywhere), withHeads: true), "heads").Version.ShouldBe(82);

        foreach (var table in Tables)
        {
            (await history.VerifyAsync(session => RunAsync(session, $"delete from {table} where account_id = @Till"), withHeads: true)).Findings.ShouldNotBeEmpty(table);
        }

        var everything = string.Join("; ", Tables.Select(table => $"delete from {table} where account_id = @Till"));
        (await history.VerifyAsync(session => RunAsync(session, everything))).Findings.ShouldBeEmpty();
        Only(await history.VerifyAsync(session => RunAsync(session, everything), withHeads: true), "heads").What.ShouldContain("gone");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_snapshot_that_is_not_the_replay_is_named(Dialect dialect)
    {
        var history = await histories.OfAsync(dialect);
        foreach (var change in new[]
        {
            "update snapshot set body = {body} where account_id = @Till",
            "update snapshot set hash = {hash} where account_id = @Till",
            "update snapshot set version = version + 1 where account_id = @Till",
            "update snapshot set version = version - 1 where account_id = @Till",
            "update snapshot_page set body = {body} where account_id = @Till",
            "delete from snapshot_page where account_id = @Till",
            "delete from snapshot where account_id = @Till",
            "update snapshot set account_id = 'AAA' where account_id = @Till",
        })
        {
            var (_, findings, _) = await history.VerifyAsync(session => RunAsync(session, change));
            findings.ShouldNotBeEmpty(change);
            findings.ShouldAllBe(finding => finding.Subject == "snapshot" && (finding.Account == Till || finding.Account == "AAA"), change);
        }
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Rows_beyond_the_checkpoint_are_told_and_are_no_finding(Dialect dialect)
    {
        var history = await histories.OfAsync(dialect);
        const string Reset = "delete from ledger_entry; delete from open_item; delete from reservation; delete from invoice; delete from payment_due; delete from account_name; delete from account_party; delete from account_block; delete from account_view; delete from projection_checkpoint";

        var (counts, findings, _) = await history.VerifyAsync(session => RunAsync(session, Reset));

        findings.ShouldBeEmpty();
        counts.Behind.ShouldBe(counts.Rows);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task One_account_alone_is_verified_alone(Dialect dialect)
    {
        var history = await histories.OfAsync(dialect);
        const string Change = "update journal set type = 'credit-refused' where account_id = @Till and version = 17";

        (await history.VerifyAsync(session => RunAsync(session, Change), account: WrittenHistory.Busy)).Findings.ShouldBeEmpty();
        var (counts, findings, _) = await history.VerifyAsync(session => RunAsync(session, Change), account: Till, withHeads: true);
        findings.ShouldNotBeEmpty();
        (counts.Accounts, counts.Heads).ShouldBe((1, 1));
    }

    private static readonly string[] Tables =
    [
        "journal", "account_key", "erasable_text", "snapshot", "snapshot_page", "ledger_entry", "open_item", "reservation", "invoice", "account_name", "account_view",
    ];

    private static Finding Only(Verified verified, string subject)
    {
        var finding = verified.Findings.ShouldHaveSingleItem();
        (finding.Account, finding.Subject).ShouldBe((Till, subject));
        return finding;
    }

    /// <summary>Runs statements; {payload}, {hash} and {body} are that column with another byte in the middle.</summary>
    private static async Task RunAsync(DbSession session, string sql)
    {
        foreach (var statement in sql.Split("; "))
        {
            var column = new[] { "payload", "hash", "body" }.FirstOrDefault(name => statement.Contains($"{{{name}}}", StringComparison.Ordinal));
            var parameters = new DynamicParameters(new { Till });
            if (column is not null)
            {
                var where = statement[statement.IndexOf("where", StringComparison.Ordinal)..];
                var table = statement.Split(' ')[1];
                var bytes = (await session.Connection.QueryFirstAsync<byte[]>($"select {column} from {table} {where}", new { Till }, session.Transaction))!;
                bytes[bytes.Length / 2] ^= 1;
                parameters.Add("bytes", bytes);
            }

            var changed = await session.Connection.ExecuteAsync(
                column is null ? statement : statement.Replace($"{{{column}}}", "@bytes", StringComparison.Ordinal), parameters, session.Transaction);
            (changed > 0 || statement.StartsWith("delete from account_key where account_id = @Till and", StringComparison.Ordinal)).ShouldBeTrue(statement);
        }
    }

    /// <summary>One history on each database for all tests of the class: each undoes what it changes.</summary>
    public sealed class Histories : IAsyncLifetime
    {
        private readonly Dictionary<Dialect, WrittenHistory> written = [];

        public async Task<WrittenHistory> OfAsync(Dialect dialect)
        {
            if (!written.TryGetValue(dialect, out var history))
            {
                written.Add(dialect, history = await WrittenHistory.WriteAsync(dialect));
            }

            return history;
        }

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            foreach (var history in written.Values)
            {
                await history.DisposeAsync();
            }
        }
    }
}
