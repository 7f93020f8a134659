using ArCredit.Accounts.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Accounts.Features;

/// <summary>The calls that ask an account.</summary>
internal static class AccountEndpoints
{
    /// <summary>Adds what the endpoints need.</summary>
    public static IServiceCollection AddAccountEndpoints(this IServiceCollection services) => services.AddSingleton<AccountProfiles>().AddSingleton<TimelineReader>().AddSingleton<ITimeline, TimelineRecords>().AddHostedService<ReservationWarmUp>();

    /// <summary>Maps the endpoints.</summary>
    public static IEndpointRouteBuilder MapAccountEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var account = endpoints.MapGroup("/api/v1/accounts/{accountId}");
        var master = account.MapGroup(string.Empty).WithTags("Accounts");
        PutAccountEndpoint.Map(master);
        ShowAccountEndpoint.Map(master);
        BlockEndpoints.Map(master);

        var credit = account.MapGroup(string.Empty).WithTags("Credit");
        CheckCreditEndpoint.Map(credit);
        ReserveCreditEndpoint.Map(credit);
        ChangeReservationEndpoint.Map(credit);
        DeliverReservationEndpoint.Map(credit);
        CaptureReservationEndpoint.Map(credit);
        ReleaseReservationEndpoint.Map(credit);
        UsageEndpoints.Map(credit);

        var receivables = account.MapGroup(string.Empty).WithTags("Receivables");
        PostInvoiceEndpoint.Map(receivables);
        PostCreditNoteEndpoint.Map(receivables);
        PostDebitEndpoints.Map(receivables);
        BillInterestEndpoints.Map(receivables);
        InterestReads.Map(receivables);
        PostPaymentEndpoint.Map(receivables);
        ReversePaymentEndpoint.Map(receivables);
        AllocateCreditEndpoints.Map(receivables);
        ShowCreditEndpoints.Map(receivables);
        UndoAllocationEndpoints.Map(receivables);
        WriteOffEndpoints.Map(receivables);
        RetentionEndpoints.Map(receivables);
        RetentionReads.Map(receivables);
        RetentionReads.MapAll(endpoints);
        DisputeEndpoints.Map(receivables);
        DisputeReads.Map(receivables);
        PromiseEndpoints.Map(receivables);
        PromiseReads.Map(receivables);
        PlanEndpoints.Map(receivables);
        PlanReads.Map(receivables);
        LogContactEndpoint.Map(receivables);
        TimelineEndpoint.Map(receivables);
        RefundEndpoints.Map(receivables);
        return endpoints;
    }
}
