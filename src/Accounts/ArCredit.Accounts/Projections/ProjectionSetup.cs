using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Decisions;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Scheduled;
using ArCredit.Platform.Data;
using ArCredit.Platform.Jobs;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Accounts.Projections;

/// <summary>Everything that stands on what the accounts wrote.</summary>
internal static class ProjectionSetup
{
    /// <summary>Adds the projection and its tables, the readers on it, the records of checks and the work that time brings about.</summary>
    public static IServiceCollection AddAccountProjections(this IServiceCollection services)
    {
        services.AddMigrations(typeof(ProjectionSetup).Assembly);
        services.AddSingleton<IProjection, AccountProjection>();
        services.AddSingleton<IDocumentReader, DocumentReader>();
        services.AddSingleton<IOpenItems, OpenItemReader>();
        services.AddSingleton<IRefunds, RefundReader>();
        services.AddSingleton<IParties, PartyReader>();
        services.AddSingleton<IPostedDocuments, PostedDocumentReader>();
        services.AddSingleton<ProjectedReads>();
        services.AddSingleton<CheckRecorder>();
        services.AddSingleton<ICheckRecorder>(provider => provider.GetRequiredService<CheckRecorder>());
        services.AddHostedService(provider => provider.GetRequiredService<CheckRecorder>());
        services.AddSingleton<DecisionStore>();
        services.AddSingleton<DueAccounts>();

        // At the same instant what lapses goes before what clears.
        services.AddScheduledWork<LapseSweep>();
        services.AddScheduledWork<MidnightWork>();
        services.AddScheduledWork<KeyPurge>();
        return services;
    }
}
