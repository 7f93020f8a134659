using System.Diagnostics;
using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Posting;

/// <summary>The searches of matching at 100,000 open items: each by an index, none over the table.</summary>
public sealed class ManyItemsTests
{
    private const int Customers = 1000;
    private const int ItemsEach = 100;

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Every_search_is_quick_at_a_hundred_thousand_open_items(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        await FillAsync(app.Services.GetRequiredService<IDatabase>());
        var items = app.Services.GetRequiredService<IOpenItems>();
        var euro = Currency.Parse("EUR");
        var keys = Enumerable.Range(0, 400).Select(no => $"NUMBER{no}").Append("INV0007042").ToArray();
        var searches = new (string Name, Func<Task<int>> Run, int Expected)[]
        {
            ("number", async () => (await items.ByNumberAsync("main", euro, keys, 100, default)).Count, 1),
            ("amount", async () => (await items.ByAmountAsync("main", new Money(7042, euro), 11, default)).Count, 1),
            ("an amount that half of them have", async () => (await items.ByAmountAsync("main", new Money(1_000_000, euro), 11, default)).Count, 11),
            ("account", async () => (await items.OfAccountAsync(AccountId.Parse("c0077"), euro, 10_000, default)).Count, ItemsEach),
            ("ids", async () => (await items.AccountsAsync("main", ["c0077", "c0078", "none"], default)).Count, 2),
            ("name", async () => (await items.NamedAsync("main", "Customer 077", 10, default)).Count, 10),
        };
        foreach (var (name, run, expected) in searches)
        {
            await run();
            var started = Stopwatch.GetTimestamp();
            (await run()).ShouldBe(expected, name);
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromMilliseconds(100), name);
        }
    }

    // The tables as the projection writes them; that it does so is tried elsewhere, and a hundred thousand invoices take their time.
    private static async Task FillAsync(IDatabase database)
    {
        await using var session = await database.BeginWriteAsync(default);
        for (var customer = 0; customer < Customers; customer++)
        {
            var id = customer.ToString("'c'0000", CultureInfo.InvariantCulture);
            await session.Connection.ExecuteAsync(
                "insert into account_view (account_id, company, currency, closed, unlimited, master_version, details_id, balance) values (@id, 'main', 'EUR', 0, 0, 1, @details, 0)",
                new { id, details = Guid.NewGuid() }, session.Transaction);
            var name = string.Create(CultureInfo.InvariantCulture, $"customer {customer:0000}");
            await session.Connection.ExecuteAsync("insert into account_name (account_id, name, folded) values (@id, @name, @name)", new { id, name }, session.Transaction);
        }

        var numbers = session.Dialect == Dialect.PostgreSql
            ? "select c, i from generate_series(0, @Customers - 1) c, generate_series(0, @ItemsEach - 1) i"
            : "select c, i from (with recursive n(c) as (select 0 union all select c + 1 from n where c < @Customers - 1) select c from n), "
                + "(with recursive m(i) as (select 0 union all select i + 1 from m where i < @ItemsEach - 1) select i from m)";
        var (id4, no7, day) = session.Dialect == Dialect.PostgreSql
            ? ("'c' || lpad(c::text, 4, '0')", "lpad((c * @ItemsEach + i)::text, 7, '0')", "date '2026-01-01' + i")
            : ("'c' || substr('0000' || c, -4)", "substr('0000000' || (c * @ItemsEach + i), -7)", "date('2026-01-01', '+' || i || ' days')");
        await session.Connection.ExecuteAsync(
            $"""
            insert into open_item (account_id, due_date, issue_date, number, item_type, instalment, currency, open_amount, number_key)
            select {id4}, {day}, {day}, 'INV-' || {no7}, 'invoice', 1, 'EUR', case when i % 2 = 1 then 1000000 else c * @ItemsEach + i end, 'INV' || {no7}
              from ({numbers}) drawn where c * @ItemsEach + i > 0
            """,
            new { Customers, ItemsEach }, session.Transaction, commandTimeout: 120);
        await session.CommitAsync(default);
        await using var statistics = await database.OpenReadAsync(default);
        if (database.Dialect == Dialect.PostgreSql)
        {
            // As the server does by itself within a minute of so many rows.
            await statistics.Connection.ExecuteAsync("analyze open_item, account_view, account_name");
        }
    }
}
