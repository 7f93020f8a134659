using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>Cash on all own accounts.</summary>
/// <param name="AsOf">End of this day.</param>
/// <param name="Accounts">By id.</param>
/// <param name="Currencies">Sums by currency.</param>
/// <param name="Companies">Sums by company, in its currency.</param>
internal sealed record CashView(DateOnly AsOf, IReadOnlyList<AccountCash> Accounts, IReadOnlyList<CurrencyCash> Currencies, IReadOnlyList<CompanyCash> Companies);

/// <summary>Cash on an own account, as the newest statement up to the day gives it.</summary>
/// <param name="Account">The own account.</param>
/// <param name="Name">For people.</param>
/// <param name="Company">Whose it is.</param>
/// <param name="Currency">Of booked and available.</param>
/// <param name="Booked">Null = no statement up to the day gives one.</param>
/// <param name="Available">Null = no statement up to the day gives one.</param>
/// <param name="Rate">Units of company currency per unit; null = none is published.</param>
/// <param name="BookedInCompanyCurrency">Null without a rate or balance.</param>
/// <param name="AvailableInCompanyCurrency">Null without a rate or balance.</param>
internal sealed record AccountCash(
    string Account, string Name, string Company, Currency Currency, BalanceView? Booked, BalanceView? Available, decimal? Rate,
    decimal? BookedInCompanyCurrency, decimal? AvailableInCompanyCurrency);

/// <summary>Cash in one currency.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Booked">Of the accounts that have a booked balance; null = none has.</param>
/// <param name="Available">Of the accounts that have an available balance; null = none has.</param>
/// <param name="WithoutBooked">Accounts that are not in booked, because no statement gives theirs.</param>
/// <param name="WithoutAvailable">Accounts that are not in available, because no statement gives theirs: many banks give none.</param>
internal sealed record CurrencyCash(
    Currency Currency, decimal? Booked, decimal? Available, IReadOnlyList<string> WithoutBooked, IReadOnlyList<string> WithoutAvailable);

/// <summary>Cash of a company in its currency.</summary>
/// <param name="Company">The company.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="Booked">Of the accounts that have a booked balance and a rate; null = none has.</param>
/// <param name="Available">Of the accounts that have an available balance and a rate; null = none has.</param>
/// <param name="WithoutRate">Accounts whose balances are left out because there is no rate.</param>
/// <param name="WithoutBooked">Accounts that are not in booked, because no statement gives theirs.</param>
/// <param name="WithoutAvailable">Accounts that are not in available, because no statement gives theirs: many banks give none.</param>
internal sealed record CompanyCash(
    string Company, Currency Currency, decimal? Booked, decimal? Available, IReadOnlyList<string> WithoutRate,
    IReadOnlyList<string> WithoutBooked, IReadOnlyList<string> WithoutAvailable);

/// <summary><c>GET /bank/cash</c>.</summary>
internal static class CashEndpoint
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/api/v1/bank/cash", GetAsync)
        .WithTags("Bank")
        .RequireRoles(BankAccountEndpoints.Readers)
        .WithSummary("Booked and available cash of all own accounts, by account, currency and company")
        .HasQuery("asOf", typeof(DateOnly), "End of this day; absent = today in the zone of the company main.")
        .Answers(200, typeof(CashView), "Cash.")
        .Refuses(400, 503);

    private static async Task GetAsync(HttpContext http, BankAccountStore store, ICompanyRates companies)
    {
        var query = new QueryReader(http);
        var asOf = query.Date("asOf") ?? companies.TodayOf(BankAccountEndpoints.DefaultCompany) ?? throw new InvariantException("There is no company main.");
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var lines = new List<Line>();
        foreach (var read in await store.ReadAsync(null, null, int.MaxValue, http.RequestAborted, asOf))
        {
            lines.Add(await Line.OfAsync(read, companies, asOf, http.RequestAborted));
        }

        await Reply.Json(http, 200, new CashView(
            asOf,
            lines.ConvertAll(line => line.ToView()),
            [.. lines.GroupBy(line => line.Account.Currency).OrderBy(group => group.Key.Code, StringComparer.Ordinal).Select(group => new CurrencyCash(
                group.Key, Sum(group.Select(line => line.Booked?.Amount), group.Key), Sum(group.Select(line => line.Available?.Amount), group.Key),
                Without(group, line => line.Booked), Without(group, line => line.Available)))],
            [.. lines.GroupBy(line => (line.Account.Company, Currency: line.Target)).OrderBy(group => group.Key.Company, StringComparer.Ordinal).Select(group => new CompanyCash(
                group.Key.Company, group.Key.Currency, Sum(group.Select(line => line.InCompany(line.Booked)), group.Key.Currency),
                Sum(group.Select(line => line.InCompany(line.Available)), group.Key.Currency),
                [.. group.Where(line => line.Rate is null && (line.Booked ?? line.Available) is not null).Select(line => line.Account.Id)],
                Without(group, line => line.Booked), Without(group, line => line.Available)))]));
    }

    // Many large balances are more than a long holds, not more than a decimal does.
    private static decimal? Sum(IEnumerable<long?> amounts, Currency currency) =>
        amounts.OfType<long>().Select(minor => Money.ToDecimal(minor, currency)).ToList() is { Count: > 0 } known ? known.Sum() : null;

    private static List<string> Without(IEnumerable<Line> lines, Func<Line, BankAccountStore.NewestBalance?> balance) =>
        [.. lines.Where(line => balance(line) is null).Select(line => line.Account.Id)];

    private sealed record Line(
        BankAccount Account, BankAccountStore.NewestBalance? Booked, BankAccountStore.NewestBalance? Available, Currency Target, decimal? Rate)
    {
        public static async Task<Line> OfAsync(
            (BankAccount Account, BankAccountStore.NewestBalance? Booked, BankAccountStore.NewestBalance? Available) read, ICompanyRates companies, DateOnly asOf,
            CancellationToken cancellation)
        {
            var target = await companies.CurrencyOfAsync(read.Account.Company, cancellation) ?? throw new InvariantException($"There is no company {read.Account.Company}.");
            return new Line(read.Account, read.Booked, read.Available, target, companies.FindRate(read.Account.Currency, target, asOf));
        }

        public long? InCompany(BankAccountStore.NewestBalance? balance) =>
            balance is null || Rate is not { } rate ? null : new Money(balance.Amount, Account.Currency).Convert(rate, Target).Minor;

        public AccountCash ToView()
        {
            BalanceView? View(BankAccountStore.NewestBalance? balance) =>
                balance is null ? null : new BalanceView(Money.ToDecimal(balance.Amount, Account.Currency), balance.On);
            decimal? Shown(long? minor) => minor is { } amount ? Money.ToDecimal(amount, Target) : null;
            return new AccountCash(
                Account.Id, Account.Name, Account.Company, Account.Currency, View(Booked), View(Available), Rate, Shown(InCompany(Booked)), Shown(InCompany(Available)));
        }
    }
}
