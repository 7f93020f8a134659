using ArCredit.Banking.Tests.Http;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Posting;

/// <summary>The server is killed as soon as it has a file, again and again while it posts: in the end each payment is on its account once.</summary>
public sealed class KilledPostingTests
{
    private const int Customers = 20;
    private const int InvoicesEach = 10;

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Each_payment_is_posted_exactly_once(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database);
        var lines = new List<CashLine>();
        string statement;
        await using (var host = await HostProcess.StartAsync(settings))
        {
            var desk = await CashDesk.OpenAsync(host.Admin);
            await Task.WhenAll(Enumerable.Range(0, Customers).Select(customer => desk.CustomerAsync(
                $"c{customer}", $"Customer {customer}", [.. Enumerable.Range(0, InvoicesEach).Select(no => ($"INV-{customer:00}{no:00}", 10m + no))])));
            lines.AddRange(from no in Enumerable.Range(0, InvoicesEach) from customer in Enumerable.Range(0, Customers) select new CashLine(10m + no, $"INV-{customer:00}{no:00}"));
            statement = (await host.Admin.SendStatementAsync(CashFile.Of("S", [.. lines]))).ShouldBe(201)["statements"][0].GetProperty("id").GetString()!;
            await host.KillAsync();
        }

        // Killed again as soon as a few more are there, so that it meets decisions that are stored and not carried out.
        for (var round = 0; round < 3; round++)
        {
            await using var host = await HostProcess.StartAsync(settings);
            await host.KillAsync();
        }

        await using var last = await HostProcess.StartAsync(settings);
        var counts = await new CashDesk(last.Admin).SettledAsync(statement);
        counts.GetProperty("posted").GetInt64().ShouldBe(Customers * InvoicesEach);
        for (var customer = 0; customer < Customers; customer++)
        {
            (await new CashDesk(last.Admin).OpenAsync($"c{customer}")).ShouldBeEmpty();

            // Nothing open and nothing unapplied: as much was paid as was invoiced, once.
            (await last.Admin.GetAsync($"/api/v1/accounts/c{customer}")).ShouldBe(200)["balance"].GetDecimal().ShouldBe(0m);
        }

        (await last.Admin.SendStatementAsync(CashFile.Of("S", [.. lines]))).ShouldBe(200);
    }
}
