using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Features;
using ArCredit.Platform.Jobs;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.DirectDebits;

/// <summary>At each company's midnight, posts the collections whose day it is, ends those whose day nobody reached, and tells of mandates that have lapsed.</summary>
internal sealed partial class CollectionWork(
    CollectionSettlement settlement, MandateLapses lapses, ICompanyRates companies, WorkBells bells, ILogger<CollectionWork> log) : IScheduledWork
{
    public string Name => "direct-debits";

    public WorkSchedule Schedule => WorkSchedule.Midnights;

    public async Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation) =>
        (await settlement.NextDaysAsync(cancellation)).Concat(await lapses.NextDaysAsync(until, cancellation)).Select(next => companies.StartOf(next.Company, next.Day)).Where(start => start <= until).Min();

    public async Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
    {
        await lapses.TellAsync(businessNow, cancellation);
        try
        {
            await settlement.RunAsync(cancellation);
        }
        catch (Exception away) when (AccountsAway.Is(away))
        {
            // It stands at its collection too. The worker goes on with it, and the clock with the rest of the day.
            LogLeft(away);
            bells.Files.Ring();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Not every account could be told of its collections; they are told as soon as they answer")]
    private partial void LogLeft(Exception away);
}
