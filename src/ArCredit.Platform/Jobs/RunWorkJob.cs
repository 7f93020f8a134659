using ArCredit.Platform.Time;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ArCredit.Platform.Jobs;

/// <summary>One look at one work under the system's clock; the job's key names the work.</summary>
[DisallowConcurrentExecution]
internal sealed partial class RunWorkJob(DueWork due, BusinessClock clock, ILogger<RunWorkJob> log) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var name = context.JobDetail.Key.Name;
        var work = due.Works.FirstOrDefault(work => work.Name == name);
        if (work is null)
        {
            // A node of another version scheduled it; it will run it.
            return;
        }

        try
        {
            var now = clock.GetUtcNow();
            var sweep = due.Begin(work);
            while (await sweep.NextAsync(now, now, cancellationToken) is { } turn)
            {
                await sweep.RunAsync(turn, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            // The outermost loop of a work: failed in Quartz's eyes too, and due again at the next turn.
            LogFailed(name, failure);
            throw new JobExecutionException($"Scheduled work '{name}' failed.", failure);
        }
    }

    [LoggerMessage(LogLevel.Error, "Scheduled work {Name} failed; it is tried again at its next turn")]
    private partial void LogFailed(string name, Exception failure);
}
