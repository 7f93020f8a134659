using ArCredit.Accounts.Contracts;
using ArCredit.Host.Demo;
using ArCredit.Kernel;
using ArCredit.Testing.App;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Answer = ArCredit.Testing.App.Answer;

namespace ArCredit.Scenarios.Demo;

public sealed class DemoTests
{
    [Fact]
    public void The_portfolio_is_a_function_of_the_day()
    {
        static string Told(DateOnly day) => string.Join('\n', DemoLines.Of(DemoPortfolio.Make(day)).Select(part => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(part.Lines))));
        Told(new DateOnly(2026, 1, 1)).ShouldBe(Told(new DateOnly(2026, 1, 1)));
        Told(new DateOnly(2026, 1, 1)).ShouldNotBe(Told(new DateOnly(2026, 1, 2)));
    }

    [Fact]
    public void It_has_three_currencies_and_something_of_everything()
    {
        var today = new DateOnly(2026, 1, 1);
        var all = DemoPortfolio.Make(today);
        all.Count.ShouldBe(300);
        all.Select(customer => customer.Name).ShouldBeUnique();
        all.Select(customer => customer.Currency.Code).Distinct().ShouldBe(["AZN", "EUR", "USD"], ignoreOrder: true);
        all.Sum(customer => customer.Invoices.Count).ShouldBeInRange(5000, 25_000);
        var invoices = all.SelectMany(customer => customer.Invoices).ToList();
        invoices.ShouldAllBe(invoice => invoice.IssueDate <= today && invoice.Amount > 0);
        invoices.SelectMany(invoice => invoice.Payments).ShouldAllBe(payment => payment.On <= today && payment.Amount > 0);
        invoices.ShouldContain(invoice => invoice.CreditNote != null);
        invoices.ShouldContain(invoice => invoice.Payments.Count == 0 && invoice.DueDate < today);
        invoices.ShouldContain(invoice => invoice.Payments.Exists(payment => payment.BouncedOn != null));
        invoices.ShouldContain(invoice => invoice.Payments.Count == 2);
        all.ShouldContain(customer => customer.Unlimited);
        all.ShouldContain(customer => customer.Temporary != null);
        all.ShouldContain(customer => customer.LimitExpiresOn < today);
        all.ShouldContain(customer => customer.Block != null);
        all.ShouldContain(customer => customer.Reservations.Exists(open => open.IsOrder));
    }

    [Fact]
    public async Task The_first_start_adds_it_the_first_check_passes_and_the_next_start_adds_nothing()
    {
        using var data = new TestDirectory();
        var settings = new AppSettings { DataDirectory = data.Path, Flags = ["--demo"] };
        string first;
        await using (var app = await RunningApp.StartAsync(settings))
        {
            (await Check(app, "C0001", "AZN"))["decision"].GetString().ShouldBe("approved");
            (await Check(app, "C0002", "EUR"))["reasons"][0].GetProperty("code").GetString().ShouldBe("LIMIT_EXCEEDED");
            (await Check(app, "C0003", "USD"))["reasons"][0].GetProperty("code").GetString().ShouldBe("OVERDUE_DAYS");
            (await Check(app, "C0004", "AZN"))["reasons"][0].GetProperty("code").GetString().ShouldBe("ACCOUNT_BLOCKED");
            (await Check(app, "C0007", "EUR"))["reasons"][0].GetProperty("code").GetString().ShouldBe("LIMIT_EXPIRED");
            first = await TotalsAsync(app);
        }

        await using var again = await RunningApp.StartAsync(settings);
        (await TotalsAsync(again)).ShouldBe(first);
    }

    [Fact]
    public async Task An_installation_with_accounts_is_left_alone()
    {
        using var data = new TestDirectory();
        await using (var app = await RunningApp.StartAsync(new AppSettings { DataDirectory = data.Path }))
        {
            (await app.Admin.PutAsync("/api/v1/accounts/MINE", new { currency = "EUR" })).ShouldBe(201);
        }

        await using var demo = await RunningApp.StartAsync(new AppSettings { DataDirectory = data.Path, Flags = ["--demo"] });
        (await demo.Admin.GetAsync("/api/v1/accounts/C0001")).ShouldBe(404);
    }

    [Fact]
    public async Task A_start_that_broke_off_goes_on_where_it_was()
    {
        using var data = new TestDirectory();
        using var whole = new TestDirectory();
        var settings = new AppSettings { DataDirectory = data.Path, Flags = ["--demo"] };
        await Should.ThrowAsync<NotSupportedException>(() => RunningApp.StartAsync(settings with { Configure = services => FailingAccounts.Replace(services, after: 9000) }));

        // Two days later it is still the portfolio of the first day.
        await using var again = await RunningApp.StartAsync(settings with { ManualClock = AppSettings.Start.AddDays(2) });
        await using var once = await RunningApp.StartAsync(settings with { DataDirectory = whole.Path });
        await once.MoveClockAsync(AppSettings.Start.AddDays(2));
        (await TotalsAsync(again)).ShouldBe(await TotalsAsync(once));
    }

    private static Task<Answer> Check(RunningApp app, string account, string currency) =>
        app.Admin.PostAsync($"/api/v1/accounts/{account}/credit-checks", new { amount = 250, currency, checkpoint = "pos" });

    private static async Task<string> TotalsAsync(RunningApp app)
    {
        var profiles = new List<string>();
        for (var n = 1; n <= 300; n += 13)
        {
            var profile = (await app.Admin.GetAsync($"/api/v1/accounts/C{n:0000}")).ShouldBe(200);
            profiles.Add($"{profile["name"]} {profile["balance"]} {profile["exposure"]} {profile["creditLimit"]} {profile["overdue"]} {profile["version"]}");
        }

        return string.Join('\n', profiles);
    }

    /// <summary>Accounts that fail for good after so many calls.</summary>
    private sealed class FailingAccounts(IAccounts inner, int after) : IAccounts
    {
        private int calls;

        public static void Replace(IServiceCollection services, int after)
        {
            var known = services.Single(service => service.ServiceType == typeof(IAccounts));
            services.Remove(known);
            services.AddSingleton<IAccounts>(provider => new FailingAccounts(
                (IAccounts)(known.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, known.ImplementationType!)), after));
        }

        public Task<ArCredit.Accounts.Contracts.Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation) =>
            Interlocked.Increment(ref calls) <= after ? inner.AskAsync(account, command, options, cancellation) : throw new NotSupportedException("Broken off.");

        public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => inner.ReadAsync(account, cancellation);
    }
}
