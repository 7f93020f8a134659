using System.Text;
using ArCredit.Platform.Data;
using ArCredit.Sync.Features;
using ArCredit.Sync.Parties;
using ArCredit.Sync.Posting;
using ArCredit.Sync.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Sync;

/// <summary>What is exchanged with other systems: e-invoices in and out.</summary>
public static class SyncModule
{
    /// <summary>Adds the taking, posting and making of e-invoices.</summary>
    public static IServiceCollection AddSync(this IServiceCollection services)
    {
        // XML says its encoding by name, and old systems name code pages.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        services.AddSingleton<CompanyPartyStore>();
        services.AddSingleton<LearnedBuyers>();
        services.AddSingleton<EInvoiceStore>();
        services.AddSingleton<SellerSearch>();
        services.AddSingleton<BuyerSearch>();
        services.AddSingleton<PostingDecision>();
        services.AddSingleton<EInvoicePosting>();
        services.AddSingleton<BuyerAnswers>();
        services.AddSingleton<EInvoiceIntake>();
        services.AddSingleton<EInvoiceExport>();
        services.AddSingleton<EInvoiceWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<EInvoiceWorker>());
        return services.AddMigrations(typeof(SyncModule).Assembly);
    }

    /// <summary>Maps <c>/einvoices</c> and the accounts' e-invoices.</summary>
    public static IEndpointRouteBuilder MapSync(this IEndpointRouteBuilder endpoints)
    {
        EInvoiceEndpoints.Map(endpoints);
        DecideEndpoints.Map(endpoints);
        CompanyPartyEndpoints.Map(endpoints);
        ExportEndpoints.Map(endpoints);
        return endpoints;
    }
}
