using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Platform.Start;
using Dapper;
using Microsoft.Extensions.Hosting;

namespace ArCredit.Platform.Time;

/// <summary>
/// Refuses the system's clock on data that a manual clock has led further: lapses, due dates and terms were decided there, and
/// business time never goes back.
/// </summary>
internal sealed class SystemClockStart(IDatabase database, TimeProvider time) : IHostedLifecycleService
{
    /// <exception cref="SettingException">The manual clock stands in the future.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.OpenReadAsync(cancellationToken);
        var manual = await session.Connection.QuerySingleOrDefaultAsync<DateTimeOffset?>("select now from system_clock");
        if (manual > time.GetUtcNow())
        {
            throw new SettingException(string.Create(
                CultureInfo.InvariantCulture,
                $"The business clock of this data stands at {manual:yyyy-MM-ddTHH:mm:ssZ}, which is still to come: start with --manual-clock, wait until then, or use other data."));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
