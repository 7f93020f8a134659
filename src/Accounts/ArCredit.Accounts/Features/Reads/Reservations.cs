using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>
/// Reservations as they stand. One whose time is up shows so from that very instant, also before that is recorded: lapsed, or
/// as the part of it that is delivered. The account itself would not count more either.
/// </summary>
internal static class Reservations
{
    /// <summary>Keys of a cursor.</summary>
    public const int CursorKeys = 1;

    /// <summary>A page, by id.</summary>
    public static async Task<ListPage<ReservationView>> ReadAsync(
        DbSession session, AccountId account, ReservationStatus? status, Paging paging, DateTimeOffset now, CancellationToken cancellation)
    {
        var parameters = new DynamicParameters();
        parameters.Add("account", account.Value);
        parameters.Add("now", now);
        parameters.Add("limit", paging.Limit + 1);
        var where = "r.account_id = @account";
        if (paging.After is { } after)
        {
            parameters.Add("after", after[0]);
            where += " and r.id > @after";
        }

        where += status is not { } wanted ? string.Empty : wanted switch
        {
            ReservationStatus.Active => " and status = 'active' and (expires_at is null or expires_at > @now or delivered > 0)",
            ReservationStatus.Lapsed => " and (status = 'lapsed' or (status = 'active' and expires_at <= @now and delivered = 0))",
            ReservationStatus.Captured => " and status = 'captured'",
            ReservationStatus.Released => " and status = 'released'",
        };
        var rows = await session.Connection.QueryAsync<StoredReservation>(new CommandDefinition(
            $"{StoredReservation.From} where {where} order by r.id limit @limit", parameters, cancellationToken: cancellation));
        return paging.Page([.. rows.Select(row => ToView(row, now))], view => [view.ReservationId.Value]);
    }

    /// <summary>Null when there is none of that id.</summary>
    public static async Task<ReservationView?> FindAsync(
        DbSession session, AccountId account, DocumentNumber id, DateTimeOffset now, CancellationToken cancellation)
    {
        var row = await session.Connection.QuerySingleOrDefaultAsync<StoredReservation>(new CommandDefinition(
            $"{StoredReservation.From} where r.account_id = @account and r.id = @id",
            new { account = account.Value, id = id.Value }, cancellationToken: cancellation));
        return row is null ? null : ToView(row, now);
    }

    private static ReservationView ToView(StoredReservation row, DateTimeOffset now)
    {
        var state = row.ToState();
        var isDue = state.Status == ReservationStatus.Active && state.ExpiresAt <= now;
        return ReservationView.Of(isDue ? Account.PastExpiry(state) : state);
    }
}
