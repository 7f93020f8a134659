using ArCredit.Accounts.Contracts;
using ArCredit.Platform.Jobs;

namespace ArCredit.Banking.DirectDebits;

/// <summary>At each company's midnight, posts the collections whose day it is, ends those whose day nobody reached, and tells of mandates that have lapsed.</summary>
internal sealed class CollectionWork(CollectionSettlement settlement, MandateLapses lapses, ICompanyRates companies) : IScheduledWork
{
    public string Name => "direct-debits";

    public WorkSchedule Schedule => WorkSchedule.Midnights;

    public async Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation) =>
        (await settlement.NextDaysAsync(cancellation)).Concat(await lapses.NextDaysAsync(until, cancellation)).Select(next => companies.StartOf(next.Company, next.Day)).Where(start => start <= until).Min();

    public async Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
    {
        await lapses.TellAsync(businessNow, cancellation);
        await settlement.RunAsync(cancellation);
    }
}
