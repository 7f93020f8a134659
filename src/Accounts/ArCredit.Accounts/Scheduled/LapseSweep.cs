using ArCredit.Platform.Data;
using ArCredit.Platform.Jobs;
using ArCredit.Platform.Journal;
using ArCredit.Platform.Time;
using Dapper;

namespace ArCredit.Accounts.Scheduled;

/// <summary>
/// Ends reservations whose time is up, also of accounts that sleep. It looks every two seconds, so that a lapse is recorded
/// within five; the account itself stops counting the reservation at the instant.
/// </summary>
internal sealed class LapseSweep(IFeed feed, IDatabase database, BusinessClock clock, DueAccounts due) : IScheduledWork
{
    private const int PageSize = 1000;

    public string Name => "lapse-sweep";

    public WorkSchedule Schedule { get; } = WorkSchedule.Every(TimeSpan.FromSeconds(2));

    public async Task<DateTimeOffset?> NextAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancellation)
    {
        // A manual clock stops at every instant and must miss none. Under the system's a lapse is late, not missed, when the
        // tables are behind, and waiting for all of them would make it later.
        if (clock.IsManual)
        {
            await feed.CatchUpAsync(cancellation);
        }

        await using var session = await database.OpenReadAsync(cancellation);
        return await session.Connection.QuerySingleOrDefaultAsync<DateTimeOffset?>(new CommandDefinition(
            "select expires_at from reservation where status = 'active' and expires_at is not null and expires_at <= @until order by expires_at limit 1",
            new { until }, cancellationToken: cancellation));
    }

    public async Task RunAsync(DateTimeOffset businessNow, CancellationToken cancellation)
    {
        // Everything whose time is up by now, not up to the instant asked for alone: thousands of reservations have as many
        // instants, and a pass for each would leave the last ones waiting for minutes. A manual clock stands at the instant.
        var now = clock.GetUtcNow();
        var until = now > businessNow ? now : businessNow;

        // By due date and account, so that a page never comes twice, whatever becomes of its accounts.
        var (at, account) = (DateTimeOffset.UnixEpoch, string.Empty);
        var failures = new List<Exception>();
        while (true)
        {
            var page = await ReadAsync(until, at, account, cancellation);
            await due.RunAsync(page.Select(row => row.AccountId).Distinct(StringComparer.Ordinal), failures, cancellation);
            if (page.Count < PageSize)
            {
                DueAccounts.ThrowWhenAny(failures);
                return;
            }

            (at, account) = (page[^1].ExpiresAt, page[^1].AccountId);
        }
    }

    private async Task<List<Row>> ReadAsync(DateTimeOffset until, DateTimeOffset at, string account, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            """
            select expires_at as ExpiresAt, account_id as AccountId
              from reservation
             where status = 'active' and expires_at is not null and expires_at <= @until and (expires_at, account_id) > (@at, @account)
             group by expires_at, account_id
             order by expires_at, account_id
             limit @PageSize
            """,
            new { until, at, account, PageSize }, cancellationToken: cancellation));
        return rows.AsList();
    }

    private sealed class Row
    {
        public DateTimeOffset ExpiresAt { get; init; }

        public string AccountId { get; init; } = string.Empty;
    }
}
