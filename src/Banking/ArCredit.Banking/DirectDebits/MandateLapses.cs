using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Storage;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>Tells timelines of mandates that have lapsed. Nothing rests on it: whether one has is worked out from its collections.</summary>
internal sealed class MandateLapses(IDatabase database, ICompanyRates companies, AccountTimeline timeline)
{
    private const string Clock = "clock";

    private const string Standing =
        """
        with standing as (
            select m.company, m.mandate_id, m.account_id, m.iban,
                   coalesce((select max(c.collect_on) from collection c where c.company = m.company and c.mandate_id = m.mandate_id and c.message_id is not null
                                and c.state not in ('taken', 'cancelled')), m.signed_on) as used_on
              from mandate m
             where m.signed_on < @before and m.status in ('active', 'suspended')
               and m.version = (select max(n.version) from mandate n where n.company = m.company and n.mandate_id = m.mandate_id)
               and not (m.kind = 'oneOff' and exists (
                   select 1 from collection c where c.company = m.company and c.mandate_id = m.mandate_id and c.state not in ('cancelled', 'rejected', 'returned')))),
        untold as (
            select s.* from standing s
             where not exists (select 1 from mandate_lapse l where l.company = s.company and l.mandate_id = s.mandate_id and l.used_on = s.used_on))
        """;

    /// <summary>The first day on which a mandate has lapsed and was not told of, by company, of those that lapse before an instant's day.</summary>
    public async Task<IReadOnlyList<CollectionDay>> NextDaysAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var next = await session.Connection.QueryAsync<CollectionDay>(new CommandDefinition(
            $"{Standing} select company as Company, min(used_on) as Day from untold group by company", new { before = Before(until) }, cancellationToken: cancellation));
        return [.. next.Select(used => new CollectionDay { Company = used.Company, Day = LapsedOn(used.Day) })];
    }

    /// <summary>Tells of those that have lapsed by their company's day, each once.</summary>
    public async Task TellAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        IEnumerable<Lapsed> untold;
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            untold = await reading.Connection.QueryAsync<Lapsed>(new CommandDefinition(
                $"{Standing} select company as Company, mandate_id as MandateId, account_id as AccountId, iban as Iban, used_on as UsedOn from untold order by company, mandate_id",
                new { before = Before(now) }, cancellationToken: cancellation));
        }

        foreach (var mandate in untold.Where(mandate => companies.TodayOf(mandate.Company) >= LapsedOn(mandate.UsedOn)))
        {
            await using var session = await database.BeginWriteAsync(cancellation);
            if (await session.Connection.ExecuteAsync(
                "insert into mandate_lapse (company, mandate_id, used_on) values (@Company, @MandateId, @UsedOn) on conflict do nothing",
                new { mandate.Company, mandate.MandateId, mandate.UsedOn }, session.Transaction) == 1)
            {
                var lapsed = new Mandate { MandateId = mandate.MandateId, AccountId = mandate.AccountId, Iban = mandate.Iban };
                await timeline.MandateAsync(session, lapsed, MandateStatus.Lapsed, "mandateLapsed", null, Clock);
            }

            await session.CommitAsync(cancellation);
        }
    }

    private static DateOnly LapsedOn(DateOnly used) => used.AddMonths(Mandate.LapseMonths).AddDays(1);

    // A day more than the zones of companies are apart.
    private static DateOnly Before(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime).AddDays(2).AddMonths(-Mandate.LapseMonths);

    private sealed class Lapsed
    {
        public string Company { get; init; } = string.Empty;

        public string MandateId { get; init; } = string.Empty;

        public string AccountId { get; init; } = string.Empty;

        public string Iban { get; init; } = string.Empty;

        public DateOnly UsedOn { get; init; }
    }
}
