using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Data;

/// <summary>
/// Before any other hosted service starts: the lock, the durability check, the migrations, the epoch. The lock is given
/// back after all of them have stopped.
/// </summary>
internal sealed partial class DatabaseStart(
    IInstallationLock installation,
    DurabilityCheck durability,
    MigrationRunner migrations,
    DatabaseEpoch epoch,
    IHostApplicationLifetime lifetime,
    ILogger<DatabaseStart> log) : IHostedLifecycleService
{
    private CancellationTokenRegistration registration;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await installation.AcquireAsync(cancellationToken);
        registration = installation.Lost.Register(lifetime.StopApplication);
        await durability.EnsureAsync(cancellationToken);
        var ran = await migrations.RunAsync(cancellationToken);
        LogReady(ran.Count, await epoch.GetAsync(cancellationToken));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await registration.DisposeAsync();
        await installation.DisposeAsync();
    }

    [LoggerMessage(LogLevel.Information, "Database ready: {Migrations} migrations applied, epoch {Epoch}")]
    private partial void LogReady(int migrations, Guid epoch);
}
