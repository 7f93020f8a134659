using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Testing.App;
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
            await app.Admin.GetAsync(customer.Path), await app.Admin.PutAsync($"{customer.Path}/blocks/b", new { reason = "r" }),
            await app.Admin.PatchAsync($"{customer.Path}/reservations/R", new { amount = 1 }),
        })
        {
            answer.ShouldBeProblem(503, code);
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }
    }

    private sealed class SilentAccounts(Exception outage) : IAccounts
    {
        public Task<ContractAnswer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation) =>
            Task.FromException<ContractAnswer>(outage);

        public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => Task.FromException<AccountView?>(outage);
    }
}
