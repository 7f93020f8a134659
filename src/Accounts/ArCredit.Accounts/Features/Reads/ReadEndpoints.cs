using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Decisions;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Reference;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Platform.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>What is read of accounts besides the live profile.</summary>
internal static class ReadEndpoints
{
    /// <summary>Maps lists, open items, ledger, reservations and decisions.</summary>
    public static IEndpointRouteBuilder MapAccountReads(this IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("/api/v1/accounts").WithTags("Accounts");
        accounts.MapGet(string.Empty, ListAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("Searches, filters and sorts accounts")
            .HasQuery("q", typeof(string), "Part of the name (case and accents aside) or the beginning of the account number.")
            .HasQuery("company", typeof(string), "Exact.")
            .HasQuery("segment", typeof(string), "Exact.")
            .HasQuery("status", typeof(AccountStatus), "active, blocked or closed.")
            .HasQuery("currency", typeof(Currency), "The account's currency.")
            .HasQuery("sort", typeof(AccountSort), "accountId (default), name, or balance: the largest first, by the number alone.")
            .HasPaging()
            .Answers(200, typeof(ListPage<AccountListItem>), "A page of accounts.")
            .Refuses(400, 503);
        MapReceivables(accounts);
        accounts.MapGet("{accountId}/reservations", ListReservationsAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("The account's reservations, by id")
            .HasQuery("status", typeof(ReservationStatus), "active, captured, released or lapsed; absent = all.")
            .HasPaging()
            .Answers(200, typeof(ListPage<ReservationView>), "A page of reservations.")
            .Refuses(400, 404, 503);
        accounts.MapGet("{accountId}/reservations/{reservationId}", GetReservationAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("One reservation")
            .Answers(200, typeof(ReservationView), "As it stands.")
            .Refuses(400, 404, 503);
        routes.MapDecisions();
        return routes;
    }

    private static void MapReceivables(RouteGroupBuilder accounts)
    {
        AsKnown.Document(accounts.MapGet("{accountId}/open-items", ListOpenItemsAsync))
            .RequireRoles(Roles.Any)
            .WithTags("Receivables")
            .WithSummary("Open items in settlement order")
            .WithDescription(
                "Instalments of invoices with an open amount, and unused credit notes and payments, whose amounts are negative, by due date, " +
                "issue date, number and instalment; credits are due on their own date. All open amounts of a currency sum up to the " +
                "balance, which totals gives on the first page. Whether an item is overdue is judged on asOf, else on today in the " +
                "company's zone.")
            .HasPaging()
            .Answers(200, typeof(OpenItemPage), "A page of open items.")
            .Refuses(400, 404, 503);
        AsKnown.Document(accounts.MapGet("{accountId}/invoices/{number}", GetDebitAsync))
            .RequireRoles(Roles.Any)
            .WithTags("Receivables")
            .WithSummary("An invoice, debit note or claim as it stands, also when nothing of it is open")
            .Answers(200, typeof(DebitState), "As it stands, or stood on asOf.")
            .Refuses(400, 404, 503);
        AsKnown.Document(accounts.MapGet("{accountId}/ledger", ListLedgerAsync))
            .RequireRoles(Roles.Any)
            .WithTags("Receivables")
            .WithSummary("The ledger: one entry per document, with a running balance per currency")
            .HasQuery("from", typeof(DateOnly), "First accounting date shown; the balances before it are in opening.")
            .HasPaging()
            .Answers(200, typeof(LedgerPage), "A page of entries by accounting date.")
            .Refuses(400, 404, 503);
    }

    private static async Task ListAsync(HttpContext http, ProjectedReads reads)
    {
        var query = new QueryReader(http);
        var filter = new AccountFilter(
            query.Text("q"), query.Text("company"), query.Text("segment"), query.OneOf<AccountStatus>("status"), query.Currency("currency"));
        var sort = query.OneOf<AccountSort>("sort") ?? AccountSort.AccountId;
        var paging = query.Paging(AccountList.CursorKeys);
        if (!AccountList.Accepts(paging, sort))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenAsync(http.RequestAborted);
        await Reply.Json(http, 200, await AccountList.ReadAsync(session, filter, sort, paging, http.RequestAborted));
    }

    private static async Task ListOpenItemsAsync(HttpContext http, ProjectedReads reads, IReference reference, BusinessClock clock)
    {
        var query = new QueryReader(http);
        var asKnown = AsKnown.Read(query);
        var paging = query.Paging(OpenItems.CursorKeys);
        if (!OpenItems.Accepts(paging))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenSnapshotAsync(http.RequestAborted);
        if (await ProjectedReads.FindCompanyAsync(session, account, reference, http.RequestAborted) is not { } company)
        {
            await ProjectedReads.NoSuchAccount.ExecuteAsync(http);
            return;
        }

        var today = asKnown.AsOf ?? company.DateOf(clock.GetUtcNow());
        await Reply.Json(http, 200, await OpenItems.ReadAsync(
            session, account, asKnown, paging, today, segment => reference.Current.PolicyFor(company.Id, segment), http.RequestAborted));
    }

    private static async Task GetDebitAsync(HttpContext http, ProjectedReads reads, IReference reference, BusinessClock clock)
    {
        var query = new QueryReader(http);
        var asKnown = AsKnown.Read(query);
        if (!RouteReader.TryAccount(http, out var account, out var problem)
            || !RouteReader.TryNumber(http, "number", out var number, out problem)
            || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenSnapshotAsync(http.RequestAborted);
        if (await ProjectedReads.FindCompanyAsync(session, account, reference, http.RequestAborted) is not { } company)
        {
            await ProjectedReads.NoSuchAccount.ExecuteAsync(http);
            return;
        }

        var today = asKnown.AsOf ?? company.DateOf(clock.GetUtcNow());
        await (await DebitStates.FindAsync(
            session, account, number, asKnown, today, segment => reference.Current.PolicyFor(company.Id, segment), http.RequestAborted) is { } found
            ? Reply.Json(http, 200, found)
            : ProjectedReads.NoSuchThing.ExecuteAsync(http));
    }

    private static async Task ListLedgerAsync(HttpContext http, ProjectedReads reads)
    {
        var query = new QueryReader(http);
        var asKnown = AsKnown.Read(query);
        var from = query.Date("from");
        var paging = query.Paging(Ledger.CursorKeys);
        if (!Ledger.Accepts(paging))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenSnapshotAsync(http.RequestAborted);
        await (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null
            ? ProjectedReads.NoSuchAccount.ExecuteAsync(http)
            : Reply.Json(http, 200, await Ledger.ReadAsync(session, account, asKnown, from, paging, http.RequestAborted)));
    }

    private static async Task ListReservationsAsync(HttpContext http, ProjectedReads reads, BusinessClock clock)
    {
        var query = new QueryReader(http);
        var status = query.OneOf<ReservationStatus>("status");
        var paging = query.Paging(Reservations.CursorKeys);
        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenAsync(http.RequestAborted);
        await (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null
            ? ProjectedReads.NoSuchAccount.ExecuteAsync(http)
            : Reply.Json(http, 200, await Reservations.ReadAsync(session, account, status, paging, clock.GetUtcNow(), http.RequestAborted)));
    }

    private static async Task GetReservationAsync(HttpContext http, ProjectedReads reads, BusinessClock clock)
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem)
            || !RouteReader.TryNumber(http, "reservationId", out var id, out problem)
            || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenAsync(http.RequestAborted);
        if (await Reservations.FindAsync(session, account, id, clock.GetUtcNow(), http.RequestAborted) is { } found)
        {
            await Reply.Json(http, 200, found);
            return;
        }

        await (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null
            ? ProjectedReads.NoSuchAccount
            : ProjectedReads.NoSuchThing).ExecuteAsync(http);
    }
}
