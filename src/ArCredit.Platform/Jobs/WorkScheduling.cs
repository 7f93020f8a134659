using Microsoft.Extensions.Hosting;
using Quartz;

namespace ArCredit.Platform.Jobs;

/// <summary>Brings Quartz's stored jobs in line with the registered works at every start.</summary>
internal sealed class WorkScheduling(ISchedulerFactory schedulers, DueWork due) : IHostedService
{
    private const string Group = "work";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var work in due.Works)
        {
            var job = JobBuilder.Create<RunWorkJob>().WithIdentity(work.Name, Group).StoreDurably().Build();
            var trigger = TriggerBuilder.Create()
                .WithIdentity(work.Name, Group)
                .ForJob(job)
                .StartNow()
                // However many turns were missed, one look catches up with all of them.
                .WithSimpleSchedule(schedule => schedule.WithInterval(work.Schedule.Interval).RepeatForever()
                    .WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow))
                .Build();
            await scheduler.ScheduleJob(job, [trigger], ScheduleJobOptions.Replacing, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
