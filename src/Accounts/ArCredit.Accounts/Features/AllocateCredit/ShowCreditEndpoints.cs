using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>An allocation that stands.</summary>
/// <param name="Allocation">Its number within the credit: what undoes it names this.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Lines">What it settles.</param>
internal sealed record StandingAllocationView(int Allocation, DateOnly PostedOn, IReadOnlyList<AllocationView> Lines);

/// <summary>A part of a credit that a refund takes.</summary>
/// <param name="RefundId">The refund.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="PostedOn">When it left the ledger; null while it is earmarked.</param>
internal sealed record RefundOfCreditView(DocumentNumber RefundId, decimal Amount, DateOnly? PostedOn);

/// <summary>A payment or credit note as it stands.</summary>
/// <param name="Number">Payment id or number.</param>
/// <param name="Date">Value date of a payment, issue date of a credit note.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">Original.</param>
/// <param name="FxRate">Units of account currency per unit of the document's.</param>
/// <param name="Unapplied">What settles nothing; 0 once it was taken back.</param>
/// <param name="Reversed">It was taken back: nothing of it stands.</param>
/// <param name="Allocations">Those that stand, by number.</param>
/// <param name="Refunds">What refunds have earmarked or paid out of it; of one that was taken back too.</param>
internal sealed record CreditStateView(
    DocumentNumber Number, DateOnly Date, DateOnly PostedOn, Currency Currency, decimal Amount, decimal FxRate, decimal Unapplied, bool Reversed,
    IReadOnlyList<StandingAllocationView> Allocations, IReadOnlyList<RefundOfCreditView> Refunds)
{
    /// <summary>The view of a stored credit.</summary>
    public static CreditStateView Of(StoredCredit stored)
    {
        var (credit, reversed) = (stored.State, stored.Reversed);
        return new CreditStateView(
            credit.Number, credit.Date, credit.PostedOn, credit.Currency, Amounts.Of(credit.Amount, credit.Currency), credit.Rate,
            Amounts.Of(reversed ? 0 : credit.Unapplied, credit.Currency), reversed,
            reversed ? [] : [.. credit.Groups.Select(group => new StandingAllocationView(group.No, group.PostedOn, AllocationView.Of(group.Lines, credit.Currency)))],
            [.. (credit.Refunds ?? []).Select(refund => new RefundOfCreditView(refund.Id, Amounts.Of(refund.Amount, credit.Currency), refund.PostedOn))]);
    }
}

/// <summary><c>GET /accounts/{accountId}/payments/{paymentId}</c> and <c>…/credit-notes/{number}</c>.</summary>
internal static class ShowCreditEndpoints
{
    public static void Map(IEndpointRouteBuilder account)
    {
        Map(account, CreditKind.Payment, "payments/{paymentId}", "paymentId", "A payment with the allocations that stand");
        Map(account, CreditKind.CreditNote, "credit-notes/{number}", "number", "A credit note with the allocations that stand");
    }

    private static void Map(IEndpointRouteBuilder account, CreditKind kind, string pattern, string numberName, string summary) => account
        .MapGet(pattern, (HttpContext http, ProjectedReads reads, IDocumentReader documents) => ShowAsync(http, reads, documents, kind, numberName))
        .RequireRoles(Roles.Any)
        .WithSummary(summary)
        .Answers(200, typeof(CreditStateView), "As it stands.")
        .Refuses(400, 404, 503);

    private static async Task ShowAsync(HttpContext http, ProjectedReads reads, IDocumentReader documents, CreditKind kind, string numberName)
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem)
            || !RouteReader.TryNumber(http, numberName, out var number, out problem)
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

        var read = await documents.ReadAsync(account, new DocumentRequest(NumberKey.KindOf(kind), number), 0, http.RequestAborted);
        await (read.Credit is { } credit
            ? Reply.Json(http, 200, CreditStateView.Of(credit))
            : ProjectedReads.NoSuchThing.ExecuteAsync(http));
    }
}
