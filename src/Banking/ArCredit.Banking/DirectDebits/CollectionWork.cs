using ArCredit.Accounts.Contracts;
using ArCredit.Platform.Jobs;

namespace ArCredit.Banking.DirectDebits;

/// <summary>At each company's midnight, posts the collections whose day it is, and ends those whose day nobody reached.</summary>
internal sealed class CollectionWork(CollectionSettlement settlement, ICompanyRates companies) : IScheduledWork
{
    public string Name => "direct-debits";

    public WorkSchedule Schedule => WorkSchedule.Midnights;

    public async Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation) =>
        (await settlement.NextDaysAsync(cancellation)).Select(next => companies.StartOf(next.Company, next.Day)).Where(start => start <= until).Min();

    public Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation) => settlement.RunAsync(cancellation);
}
