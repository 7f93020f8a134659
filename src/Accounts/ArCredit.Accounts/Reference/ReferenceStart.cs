using ArCredit.Platform.Data;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Accounts.Reference;

/// <summary>
/// Loads the book after the migrations and before anything else starts, so that no decision ever finds it missing; the very
/// first start makes a company. Then looks for other nodes' writes every few seconds.
/// </summary>
internal sealed partial class ReferenceStart(ReferenceStore store, IConfiguration configuration, TimeProvider time, ILogger<ReferenceStart> log)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await store.RefreshAsync(cancellationToken);
        if (store.Current.Companies.Count == 0)
        {
            await store.WriteAsync(AddFirstAsync, cancellationToken);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RefreshAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            await store.RefreshAsync(cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            // The book at hand stays good until the database is back.
            LogFailed(failure);
        }
    }

    private Task<int> AddFirstAsync(DbSession session) => session.Connection.ExecuteAsync(
        """
        insert into company (id, name, currency, time_zone, holidays, split_vat) values (@id, @name, @currency, @zone, '[]', 0)
        on conflict (id) do nothing
        """,
        new
        {
            id = Features.PutAccountChecks.DefaultCompany,
            name = Features.PutAccountChecks.DefaultCompany,
            currency = configuration["Currency"] ?? "EUR",
            zone = configuration["TimeZone"] ?? "UTC",
        },
        session.Transaction);

    [LoggerMessage(LogLevel.Warning, "Companies, policies and rates could not be read; those at hand are used on")]
    private partial void LogFailed(Exception failure);
}
