using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using ContractAnswer = ArCredit.Accounts.Contracts.Answer;

namespace ArCredit.Scenarios.Accounts;

public sealed class OutageTests
{
    [Theory]
    [InlineData(true, "OUTCOME_UNKNOWN")]
    [InlineData(false, "OVERLOADED")]
    public async Task An_account_that_cannot_answer_is_a_503_that_says_when_to_come_again(bool unknown, string code)
    {
        var accounts = new SilentAccounts(unknown ? new OutcomeUnknownException() : new AccountBusyException("full"));
        await using var app = await RunningApp.StartAsync(new AppSettings { Configure = services => services.AddSingleton<IAccounts>(accounts) });
        var customer = new Customer(app.Admin, "1");
        foreach (var answer in new[]
        {
            await customer.ReserveAsync(1m), await customer.CheckAsync(1m), await customer.PutAsync(), await customer.InvoiceAsync("I", 1m),
            await app.Admin.PutAsync($"{customer.Path}/blocks/b", new { reason = "r" }),
            await app.Admin.PatchAsync($"{customer.Path}/reservations/R", new { amount = 1 }),
        })
        {
            answer.ShouldBeProblem(503, code);
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        // A read has no effect that could be unknown.
        (await app.Admin.GetAsync(customer.Path)).ShouldBeProblem(503, "READS_BEHIND").Headers.RetryAfter.ShouldNotBeNull();
    }

    [InProcessPostgresFact("A node waits for its membership too: its process ends by the limit of StopLimitTests.")]
    public async Task A_server_stops_also_while_its_database_is_away()
    {
        await using var database = await TestDatabase.MigratedAsync(Dialect.PostgreSql);
        await using var proxy = new CuttingProxy(database.Options.ConnectionString!);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database) with { ConnectionString = proxy.ConnectionString });
        proxy.IsDown = true;
        proxy.CutAll();

        // By now everything that works on the database waits for it.
        (await app.Admin.GetAsync("/api/v1/api-keys")).ShouldBeProblem(503, "DATABASE_UNAVAILABLE");
        await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    [PostgresFact]
    public async Task A_database_that_is_away_is_a_503_that_says_when_to_come_again_on_every_call_that_needs_it()
    {
        await using var database = await TestDatabase.MigratedAsync(Dialect.PostgreSql);
        await using var proxy = new CuttingProxy(database.Options.ConnectionString!);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database) with { ConnectionString = proxy.ConnectionString });
        var customer = await Customer.OpenAsync(app.Admin, new { creditLimit = 100 });
        var reserved = (await customer.ReserveAsync(1m)).ShouldBe(201)["decisionId"].GetString();
        proxy.IsDown = true;
        proxy.CutAll();

        foreach (var answer in new[]
        {
            await app.Admin.GetAsync($"/api/v1/decisions/{reserved}"), await app.Admin.GetAsync("/api/v1/decisions/c0123456789abcdef0123456789abcdef"),
            await app.Admin.GetAsync("/api/v1/api-keys"), await app.Admin.PutAsync("/api/v1/api-keys/till", new { roles = new[] { "pos" } }),
            await app.Admin.DeleteAsync("/api/v1/api-keys/till"),
            await app.Admin.PutAsync("/api/v1/companies/shop", new { name = "Shop", currency = "EUR", timeZone = "UTC" }),
            await app.Admin.PutAsync("/api/v1/policies/company/main", new { creditLimit = 1 }),
        })
        {
            answer.ShouldBeProblem(503, "DATABASE_UNAVAILABLE");
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        // A check whose record waits for the database: nobody waits for ever to read it. A node looks at the journal before it answers.
        var check = await customer.CheckAsync(1m);
        var read = ScenarioHost.IsCluster ? check : await app.Admin.GetAsync($"/api/v1/decisions/{check.ShouldBe(200)["decisionId"].GetString()}");
        proxy.IsDown = false;
        read.ShouldBeProblem(503, ScenarioHost.IsCluster ? "DATABASE_UNAVAILABLE" : "READS_BEHIND").Headers.RetryAfter.ShouldNotBeNull();
    }

    private sealed class SilentAccounts(Exception outage) : IAccounts
    {
        public Task<ContractAnswer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation) =>
            Task.FromException<ContractAnswer>(outage);

        public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => Task.FromException<AccountView?>(outage);
    }
}
