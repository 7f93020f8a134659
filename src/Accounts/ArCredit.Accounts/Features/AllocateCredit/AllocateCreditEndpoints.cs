using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Features;

/// <summary>What unapplied money, or an unapplied credit note, shall settle.</summary>
/// <param name="Allocations">Absent = the policy's order.</param>
/// <param name="PostedOn">Accounting date; absent = today.</param>
internal sealed record AllocateCreditBody(IReadOnlyList<CreditUseBody>? Allocations, DateOnly? PostedOn);

/// <summary>An invoice to settle.</summary>
/// <param name="Invoice">Its number.</param>
/// <param name="Instalment">From 1; absent = oldest first.</param>
/// <param name="Amount">Above 0, in the credit's currency; absent = as much as is open and unapplied.</param>
/// <param name="Part">net or vat, of an item whose VAT is split; absent = net, then VAT.</param>
internal sealed record CreditUseBody(DocumentNumber Invoice, int? Instalment, decimal? Amount, ItemPart? Part);

/// <summary>An allocation and what is left of its credit.</summary>
/// <param name="PaymentId">The payment; null for a credit note.</param>
/// <param name="CreditNote">The credit note; null for a payment.</param>
/// <param name="Allocation">Its number within the credit: what undoes it names this.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Currency">The credit's.</param>
/// <param name="Allocations">What it settled.</param>
/// <param name="Unapplied">Of the credit, after it.</param>
internal sealed record CreditAllocationView(
    DocumentNumber? PaymentId, DocumentNumber? CreditNote, int Allocation, DateOnly PostedOn, Currency Currency,
    IReadOnlyList<AllocationView> Allocations, decimal Unapplied)
{
    /// <summary>The view of an allocation made or taken back.</summary>
    public static CreditAllocationView Of(CreditState credit, int no, DateOnly postedOn, IReadOnlyList<Allocation> lines) => new(
        credit.Kind == CreditKind.Payment ? credit.Number : null, credit.Kind == CreditKind.CreditNote ? credit.Number : null, no, postedOn,
        credit.Currency, AllocationView.Of(lines, credit.Currency), Amounts.Of(credit.Unapplied, credit.Currency));
}

/// <summary><c>POST /accounts/{accountId}/payments/{paymentId}/allocations</c>, and the same of credit notes.</summary>
internal static class AllocateCreditEndpoints
{
    private const int MaxAllocations = 1000;

    public static void Map(IEndpointRouteBuilder account)
    {
        Map(account, CreditKind.Payment, "payments/{paymentId}/allocations", "paymentId", "payment-allocations", "Settles invoices with what is unapplied of a payment");
        Map(account, CreditKind.CreditNote, "credit-notes/{number}/allocations", "number", "credit-note-allocations", "Settles invoices with what is unapplied of a credit note");
    }

    private static void Map(IEndpointRouteBuilder account, CreditKind kind, string pattern, string numberName, string route, string summary)
    {
        var call = new AccountCall<AllocateCreditBody>(route, (body, target, checks) => ToCommand(kind, body, target, checks), RespondAsync)
        {
            NumberName = numberName,
            Posts = true,
            NoBody = new AllocateCreditBody(null, null),
        };
        account.MapPost(pattern, (HttpContext http, IAccounts accounts) => call.RunAsync(http, accounts))
            .RequireRoles(Roles.Billing | Roles.Finance)
            .WithSummary(summary)
            .HasIdempotencyKey()
            .HasClosedPeriods()
            .Takes(typeof(AllocateCreditBody))
            .Answers(201, typeof(CreditAllocationView), "Settled.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
    }

    private static AllocateCredit ToCommand(CreditKind kind, AllocateCreditBody body, CallTarget target, RequestChecks checks)
    {
        var given = checks.List("allocations", body.Allocations, MaxAllocations);
        if (body.Allocations is { Count: 0 })
        {
            checks.Refuse("allocations", "must name at least one invoice, or be left out for the policy's order");
        }

        var requests = new SettlementRequest[given.Count];
        for (var i = 0; i < requests.Length; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"allocations[{i}]");
            checks.Amount($"{at}.amount", given[i].Amount, null);
            requests[i] = new SettlementRequest(
                given[i].Invoice, checks.Number($"{at}.instalment", given[i].Instalment, 1, int.MaxValue), given[i].Amount, given[i].Part);
        }

        return new AllocateCredit(kind, target.Number, body.Allocations is null ? null : requests, checks.Date("postedOn", body.PostedOn));
    }

    private static Task RespondAsync(HttpContext http, Answer answer)
    {
        var allocated = Answers.Expect<CreditAllocated>(answer);
        return Reply.Json(
            http, 201, CreditAllocationView.Of(allocated.Credit, allocated.Credit.LastNo, allocated.PostedOn, allocated.Allocations));
    }
}
