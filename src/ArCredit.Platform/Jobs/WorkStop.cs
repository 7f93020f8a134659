using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ArCredit.Platform.Jobs;

/// <summary>
/// Ends scheduled work before anything that it stands on. Quartz itself would wait for its database as long as that is away, and
/// the process could not be stopped.
/// </summary>
internal sealed partial class WorkStop(ISchedulerFactory schedulers, TimeProvider time, ILogger<WorkStop> log) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ShutDownAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Works are idempotent: what this one had under way is due again at the next start, or on another node.
            LogLeft(Patience);
        }
    }

    private async Task ShutDownAsync(CancellationToken cancellation)
    {
        var scheduler = await schedulers.GetScheduler(cancellation);
        await scheduler.Shutdown(waitForJobsToComplete: true, cancellation);
    }

    [LoggerMessage(LogLevel.Warning, "Scheduled work did not end within {Patience}; it is left and due again")]
    private partial void LogLeft(TimeSpan patience);
}
