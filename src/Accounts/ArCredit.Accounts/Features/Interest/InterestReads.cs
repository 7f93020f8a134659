using System.Globalization;
using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Projections;
using ArCredit.Accounts.Reference;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using ArCredit.Platform.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary><c>GET /accounts/{accountId}/interest</c> and <c>…/interest-claims/{number}</c>.</summary>
internal static class InterestReads
{
    private const int CursorKeys = 3;

    public static void Map(IEndpointRouteBuilder account)
    {
        AsKnown.Document(account.MapGet("interest", ShowAccruedAsync))
            .RequireRoles(Roles.Any)
            .WithSummary("The interest that has accrued on late items and is not billed, item by item")
            .WithDescription(
                "Accrued interest is no part of balance or exposure. It is worked out anew each time, by the rates that the policy and the account " +
                "have now, up to the end of through, which is asOf, or today, when absent.")
            .HasQuery("through", typeof(DateOnly), "The last day that is counted.")
            .HasPaging()
            .Answers(200, typeof(AccruedPage), "A page of items.")
            .Refuses(400, 404, 503);
        account.MapGet("interest-claims/{number}", ShowClaimAsync)
            .RequireRoles(Roles.Any)
            .WithSummary("A claim for interest that accrued here, with what it bills; how much of it is open is with the invoices")
            .Answers(200, typeof(InterestClaimView), "As it was billed.")
            .Refuses(400, 404, 503);
    }

    private static async Task ShowAccruedAsync(HttpContext http, ProjectedReads reads, IAccounts accounts, IReference reference, BusinessClock clock)
    {
        var query = new QueryReader(http);
        var (asKnown, asked, paging) = (AsKnown.Read(query), query.Date("through"), query.Paging(CursorKeys));
        if (paging.After is { } cursor && !(CursorDay.TryParse(cursor[0], out _) && int.TryParse(cursor[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await ReadAsync(accounts, account, http) is not { Master: var master })
        {
            await ProjectedReads.NoSuchAccount.ExecuteAsync(http);
            return;
        }

        var company = await reference.FindCompanyAsync(master.Company, http.RequestAborted) ?? throw new InvariantException($"No company {master.Company}.");
        var through = asked ?? asKnown.AsOf ?? company.DateOf(clock.GetUtcNow());
        var terms = InterestTerms.Of(master.InterestRate, reference.Current.PolicyFor(company.Id, master.Segment).Interest);
        var accrued = new List<(InterestItem Item, IReadOnlyList<InterestSlice> Slices)>();
        if (terms is not null)
        {
            await using var session = await reads.OpenSnapshotAsync(http.RequestAborted);
            var basis = await InterestReader.ReadAsync(session, account, asKnown, through, http.RequestAborted);
            accrued.AddRange(basis.Select(item => (item, item.Unbilled(terms, through))).Where(each => each.Item2.Count > 0));
        }

        var rest = accrued.OrderBy(each => KeyOf(each.Item)).Where(each => paging.After is not { } after || KeyOf(each.Item).CompareTo(KeyOf(after)) > 0);
        var page = paging.Page([.. rest.Take(paging.Limit + 1)], each => KeysOf(each.Item));
        await Reply.Json(http, 200, new AccruedPage(
            through, [.. page.Items.Select(each => ToView(each.Item, each.Slices))], page.NextCursor, paging.After is null ? TotalsOf(accrued) : null));
    }

    // By due date, then by the number's letters and digits as they are.
    private static ItemKey KeyOf(InterestItem item) => new(item.DueDate, item.Invoice.Value, item.Instalment);

    private static ItemKey KeyOf(string[] cursor) => new(CursorDay.Parse(cursor[0]), cursor[1], int.Parse(cursor[2], CultureInfo.InvariantCulture));

    private static string[] KeysOf(InterestItem item) =>
        [CursorDay.Text(item.DueDate), item.Invoice.Value, item.Instalment.ToString(CultureInfo.InvariantCulture)];

    private static AccruedItemView ToView(InterestItem item, IReadOnlyList<InterestSlice> slices) => new(
        item.Kind, item.Invoice, item.Instalment, item.DueDate, item.Currency, Amounts.Of(InterestSum.Of(slices).Rounded, item.Currency),
        [.. slices.Select(slice => InterestSliceView.Of(slice, item.Currency))]);

    private static IReadOnlyList<CurrencyTotal> TotalsOf(IEnumerable<(InterestItem Item, IReadOnlyList<InterestSlice> Slices)> accrued) =>
        [.. accrued.GroupBy(each => each.Item.Currency).OrderBy(of => of.Key.Code, StringComparer.Ordinal)
            .Select(of => new CurrencyTotal(of.Key, Amounts.Of(InterestSum.Of(of.SelectMany(each => each.Slices)).Rounded, of.Key)))];

    private readonly record struct ItemKey(DateOnly DueDate, string Number, int Instalment) : IComparable<ItemKey>
    {
        public int CompareTo(ItemKey other) =>
            DueDate.CompareTo(other.DueDate) is not 0 and var byDue ? byDue
            : string.CompareOrdinal(Number, other.Number) is not 0 and var byNumber ? byNumber
            : Instalment.CompareTo(other.Instalment);
    }

    private static async Task<AccountView?> ReadAsync(IAccounts accounts, AccountId account, HttpContext http)
    {
        try
        {
            return await accounts.ReadAsync(account, http.RequestAborted);
        }
        catch (Exception late) when (late is AccountBusyException or OutcomeUnknownException)
        {
            throw new ServiceUnavailableException("READS_BEHIND", TimeSpan.FromSeconds(5), cause: late);
        }
    }

    private static async Task ShowClaimAsync(HttpContext http, ProjectedReads reads, IJournalReader journal)
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem)
            || !RouteReader.TryNumber(http, "number", out var number, out problem)
            || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using (var session = await reads.OpenAsync(http.RequestAborted))
        {
            if (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null)
            {
                await ProjectedReads.NoSuchAccount.ExecuteAsync(http);
                return;
            }
        }

        var posted = await journal.FindKeyAsync(account.Value, KeyKinds.Invoice, number.Value, http.RequestAborted) is { } stored
            ? (await Entries.ReadAppendAsync(journal, account, stored.Version, http.RequestAborted)).Events.OfType<DebitPosted>().FirstOrDefault(debit => debit.Number == number)
            : null;
        await (posted is { Interest: { } billed }
            ? Reply.Json(http, 200, InterestClaimView.Of(posted, billed))
            : ProjectedReads.NoSuchThing.ExecuteAsync(http));
    }
}
