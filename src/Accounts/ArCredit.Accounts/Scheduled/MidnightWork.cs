using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Reference;
using ArCredit.Platform.Data;
using ArCredit.Platform.Jobs;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Scheduled;

/// <summary>
/// At each company's midnight, records that money has cleared whose clearing day has passed, and that promises and payment plans are broken or expire.
/// Midnights at which nothing does are no midnights of work.
/// </summary>
internal sealed class MidnightWork(IFeed feed, IDatabase database, IReference reference, DueAccounts due) : IScheduledWork
{
    private const int PageSize = 1000;

    public string Name => "midnight";

    public WorkSchedule Schedule => WorkSchedule.Midnights;

    public async Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation)
    {
        await feed.CatchUpAsync(cancellation);
        await using var session = await database.OpenReadAsync(cancellation);
        DateTimeOffset? earliest = null;
        foreach (var company in reference.Current.Companies)
        {
            var days = await session.Connection.QueryAsync<DateOnly>(new CommandDefinition(
                """
                select * from (select p.clears_on from payment_due p join account_view v on v.account_id = p.account_id
                 where v.company = @Id order by p.clears_on limit 1) cleared
                union all
                select * from (select p.breaks_on from promise p join account_view v on v.account_id = p.account_id
                 where p.breaks_on is not null and v.company = @Id order by p.breaks_on limit 1) broken
                union all
                select * from (select p.breaks_on from payment_plan p join account_view v on v.account_id = p.account_id
                 where p.breaks_on is not null and v.company = @Id order by p.breaks_on limit 1) planned
                """,
                new { company.Id }, cancellationToken: cancellation));
            if (days.Order().Select(day => (DateOnly?)day).FirstOrDefault() is { } day && Midnights.StartOf(day.AddDays(1), company.Zone) is var midnight && midnight <= until && !(earliest <= midnight))
            {
                earliest = midnight;
            }
        }

        return earliest;
    }

    public async Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
    {
        var failures = new List<Exception>();
        foreach (var company in reference.Current.Companies.OrderBy(company => company.Id, StringComparer.Ordinal))
        {
            await RunAsync(company, businessNow, failures, cancellation);
        }

        DueAccounts.ThrowWhenAny(failures);
    }

    private async Task RunAsync(Company company, DateTimeOffset businessNow, List<Exception> failures, CancellationToken cancellation)
    {
        var today = company.DateOf(businessNow);
        var after = string.Empty;
        while (true)
        {
            List<string> page;
            await using (var session = await database.OpenReadAsync(cancellation))
            {
                page = (await session.Connection.QueryAsync<string>(new CommandDefinition(
                    """
                    select p.account_id from payment_due p join account_view v on v.account_id = p.account_id
                     where p.clears_on < @today and v.company = @Id and p.account_id > @after
                    union
                    select p.account_id from promise p join account_view v on v.account_id = p.account_id
                     where p.breaks_on < @today and v.company = @Id and p.account_id > @after
                    union
                    select p.account_id from payment_plan p join account_view v on v.account_id = p.account_id
                     where p.breaks_on < @today and v.company = @Id and p.account_id > @after
                     order by 1 limit @PageSize
                    """,
                    new { today, company.Id, after, PageSize }, cancellationToken: cancellation))).AsList();
            }

            await due.RunAsync(page, failures, cancellation);
            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1];
        }
    }
}
