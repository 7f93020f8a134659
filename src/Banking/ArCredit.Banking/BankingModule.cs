using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.Features;
using ArCredit.Banking.Matching;
using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Storage;
using ArCredit.Platform.Data;
using ArCredit.Platform.Jobs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Banking;

/// <summary>The installation's own bank accounts and what banks say of them.</summary>
public static class BankingModule
{
    /// <summary>Adds bank accounts and the reading of statements.</summary>
    public static IServiceCollection AddBanking(this IServiceCollection services)
    {
        services.AddSingleton<BankAccountStore>();
        services.AddSingleton<BankFileStore>();
        services.AddSingleton<CsvMappingStore>();
        services.AddSingleton<AccountTimeline>();
        services.AddSingleton<SetSearch>();
        services.AddSingleton<Matcher>();
        services.AddSingleton<LearnedLinks>();
        services.AddSingleton<CandidateSearch>();
        services.AddSingleton<PaymentStore>();
        services.AddSingleton<PaymentIntake>();
        services.AddSingleton<PaymentMatching>();
        services.AddSingleton<AccountPosting>();
        services.AddSingleton<IBankPayments, BankPayments>();
        services.AddSingleton<PaymentDecisions>();
        services.AddSingleton<PaymentRound>();
        services.AddSingleton<WorkBells>();
        services.AddHostedService<PaymentWorker>();
        services.AddSingleton(provider => MoneyOutFolders.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<PayeeStore>();
        services.AddSingleton<IPayees>(provider => provider.GetRequiredService<PayeeStore>());
        services.AddSingleton<OutgoingStore>();
        services.AddSingleton<PaymentFileStore>();
        services.AddSingleton<PaymentFileMaker>();
        services.AddSingleton<PaymentFileRun>();
        services.AddSingleton<RefundCandidates>();
        services.AddSingleton<RefundReturns>();
        services.AddSingleton<RefundOutcomes>();
        services.AddSingleton<StatusReports>();
        services.AddSingleton<StatementSettlement>();
        services.AddSingleton<Inbox>();
        services.AddHostedService<PaymentFileWorker>();
        services.AddSingleton<DirectDebitSettings>();
        services.AddSingleton<MandateStore>();
        services.AddSingleton<MandateAmendmentStore>();
        services.AddSingleton<CollectionStore>();
        services.AddSingleton<DueCollections>();
        services.AddSingleton<CollectionRuns>();
        services.AddSingleton<CollectionFiles>();
        services.AddSingleton<CollectionReports>();
        services.AddSingleton<CollectionOutcomes>();
        services.AddSingleton<CollectionBookings>();
        services.AddSingleton<CollectionSettlement>();
        services.AddSingleton<MandateLapses>();
        services.AddScheduledWork<CollectionWork>();
        return services.AddMigrations(typeof(BankingModule).Assembly);
    }

    /// <summary>Maps <c>/bank</c>.</summary>
    public static IEndpointRouteBuilder MapBanking(this IEndpointRouteBuilder endpoints)
    {
        BankAccountEndpoints.Map(endpoints);
        StatementEndpoints.Map(endpoints);
        TransactionEndpoints.Map(endpoints);
        CsvMappingEndpoints.Map(endpoints);
        CashEndpoint.Map(endpoints);
        PaymentEndpoints.Map(endpoints);
        MatchingEndpoints.Map(endpoints);
        PayeeEndpoints.Map(endpoints);
        PaymentFileEndpoints.Map(endpoints);
        StatusReportEndpoints.Map(endpoints);
        OutcomeEndpoints.Map(endpoints);
        MandateEndpoints.Map(endpoints);
        MandateAmendmentEndpoints.Map(endpoints);
        DirectDebitEndpoints.Map(endpoints);
        CollectionEndpoints.Map(endpoints);
        return endpoints;
    }
}
