using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Time;

namespace ArCredit.Accounts.Reference;

/// <summary>What other modules may know of companies and rates.</summary>
internal sealed class CompanyRates(IReference reference, BusinessClock clock) : ICompanyRates
{
    public async ValueTask<Currency?> CurrencyOfAsync(string company, CancellationToken cancellation) =>
        (await reference.FindCompanyAsync(company, cancellation))?.Currency;

    public DateOnly? TodayOf(string company) => reference.Current.FindCompany(company)?.DateOf(clock.GetUtcNow());

    public DateTimeOffset? StartOf(string company, DateOnly day) =>
        reference.Current.FindCompany(company) is { } found ? Scheduled.Midnights.StartOf(day, found.Zone) : null;

    public decimal? FindRate(Currency from, Currency to, DateOnly day) => reference.Current.FindRate(from, to, day)?.Rate;
}
