using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class AccountListTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly AccountFilter All = new(null, null, null, null, null);

    [Theory, OnSqlite, OnPostgres]
    public async Task Names_are_found_whatever_their_case_and_accents(Dialect dialect)
    {
        await using var rig = await StartAsync(dialect);

        (await FindAsync(rig, All with { Text = "INSAAT" })).ShouldBe(["0007"]);
        (await FindAsync(rig, All with { Text = "şərq" })).ShouldBe(["0007"]);
        (await FindAsync(rig, All with { Text = "000" })).ShouldBe(["0007", "0008"]);
        (await FindAsync(rig, All with { Text = "100%" })).ShouldBe(["a_c"]);
        (await FindAsync(rig, All with { Text = "_" })).ShouldBeEmpty();
        (await FindAsync(rig, All with { Text = "A_C" })).ShouldBeEmpty("account numbers are case-sensitive");
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Filters_narrow_and_sorts_order_over_all_pages(Dialect dialect)
    {
        await using var rig = await StartAsync(dialect);

        (await FindAsync(rig, All with { Status = AccountStatus.Blocked })).ShouldBe(["0008"]);
        (await FindAsync(rig, All with { Status = AccountStatus.Closed })).ShouldBe(["a_c"]);
        (await FindAsync(rig, All with { Status = AccountStatus.Active })).ShouldBe(["0007", "Z"]);
        (await FindAsync(rig, All with { Currency = Currency.Parse("USD") })).ShouldBe(["Z"]);
        (await FindAsync(rig, All with { Segment = "retail", Company = "main" })).ShouldBe(["0007", "0008"]);
        (await FindAsync(rig, All, AccountSort.AccountId)).ShouldBe(["0007", "0008", "Z", "a_c"]);
        (await FindAsync(rig, All, AccountSort.Name)).ShouldBe(["Z", "a_c", "0008", "0007"], "who has no name comes first");
        (await FindAsync(rig, All, AccountSort.Balance)).ShouldBe(["0008", "0007", "a_c", "Z"]);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task An_erased_name_is_gone_after_the_next_change_and_after_a_rebuild(Dialect dialect)
    {
        await using var rig = await StartAsync(dialect);
        await rig.ExecuteAsync("delete from erasable_text where account_id = '0008'");

        await rig.ApplyAsync([Put("0008", 3, null, out _)]);

        (await FindAsync(rig, All with { Text = "bakery" })).ShouldBeEmpty();
        (await FindAsync(rig, All)).ShouldContain("0008");
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_change_of_master_data_keeps_the_balance_and_lifted_blocks_end(Dialect dialect)
    {
        await using var rig = await StartAsync(dialect);

        await rig.ApplyAsync([Put("0008", 4, null, out _), Row("0008", 5, new BlockRemoved("credit"))]);

        var item = (await PageAsync(rig, All with { Text = "0008" }, AccountSort.AccountId, new Paging(10, null))).Items.ShouldHaveSingleItem();
        item.Balance.ShouldBe(7m);
        item.Status.ShouldBe(AccountStatus.Active);
    }

    private static async Task<ProjectionRig> StartAsync(Dialect dialect)
    {
        var rig = await ProjectionRig.StartAsync(dialect);
        List<JournalRow> rows =
        [
            Put("0007", 1, "retail", out var first), Put("0008", 1, "retail", out var second), Put("a_c", 1, null, out var third, closed: true),
            Put("Z", 1, null, out _, "USD"),
            Row("0007", 2, Invoice("EUR", 5_00)), Row("0008", 2, Invoice("EUR", 7_00)), Row("0008", 3, new BlockSet("credit", false, new FreeText("late").Reference)),
            Row("Z", 2, new PaymentReceived(DocumentNumber.Parse("P1"), Today, Today, Currency.Parse("USD"), 3_00, 1m, PaymentMethod.Cash, null, [], 3_00, null, false)),
        ];
        foreach (var (account, reference, name) in new[] { ("0007", first, "Şərq Ticarət İnşaat"), ("0008", second, "Corner Bakery"), ("a_c", third, "All 100% Organic") })
        {
            await rig.ExecuteAsync(
                "insert into erasable_text (account_id, id, salt, body) values (@account, @Id, @salt, @body)",
                new { account, reference.Id, salt = new byte[16], body = $$"""{"name":"{{name}}","contacts":[]}""" });
        }

        await rig.ApplyAsync(rows);
        return rig;
    }

    private static DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    private static InvoicePosted Invoice(string currency, long amount) => new(
        DocumentNumber.Parse("I1"), Today, Today, Currency.Parse(currency), amount, null, 1m, null, [new Instalment(Today, amount)], [], null, null, null, [], false);

    private static JournalRow Put(string account, long version, string? segment, out TextRef details, string currency = "EUR", bool closed = false)
    {
        details = new FreeText("{}").Reference;
        return Row(account, version, new AccountPut(
            1, new MasterData(Currency.Parse(currency), "main", segment, null, null, false, null, false, []), Limits.Inherited, closed, details, []));
    }

    private static JournalRow Row(string account, long version, AccountEvent happened)
    {
        var (type, schema, payload) = EventCodec.Encode(happened);
        return new JournalRow(account, version, type, schema, payload, new byte[32], Now);
    }

    private static async Task<List<string>> FindAsync(ProjectionRig rig, AccountFilter filter, AccountSort sort = AccountSort.AccountId) =>
        await ProjectionRig.AllAsync(1, async paging =>
        {
            AccountList.Accepts(paging, sort).ShouldBeTrue();
            var page = await PageAsync(rig, filter, sort, paging);
            return ((IReadOnlyList<string>)[.. page.Items.Select(item => item.AccountId)], page.NextCursor);
        });

    private static Task<ListPage<AccountListItem>> PageAsync(ProjectionRig rig, AccountFilter filter, AccountSort sort, Paging paging) =>
        rig.ReadAsync(session => AccountList.ReadAsync(session, filter, sort, paging, CancellationToken.None));
}
