using Microsoft.Extensions.Hosting;

namespace ArCredit.Platform.Time;

/// <summary>Puts a manual clock where it stood before anyone asks it, and moves it on to a later flag once everything runs.</summary>
internal sealed class ClockStart(ManualClock manual) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => manual.RestoreAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => manual.CatchUpWithFlagAsync(cancellationToken);

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
