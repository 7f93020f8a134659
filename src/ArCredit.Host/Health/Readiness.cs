using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;

namespace ArCredit.Host.Health;

/// <summary>Whether this node can answer a till now.</summary>
internal sealed class Readiness(IDatabase database, IGroupCommit commit, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Lock gate = new();
    private Task? look;

    /// <summary>Why not; null when it is ready.</summary>
    public async Task<string?> ObstacleAsync(CancellationToken cancellation)
    {
        // Migrations, the restored clock and the keys are all behind "started".
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
        {
            return "The start is not finished.";
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return "The node is stopping.";
        }

        if (!commit.IsHealthy)
        {
            return "A lane has lost its connection to the database.";
        }

        try
        {
            await Look().WaitAsync(Patience, time, cancellation);
            return null;
        }
        catch (TimeoutException)
        {
            return "The database does not answer.";
        }
        catch (Exception away) when (DatabaseOutage.Is(away))
        {
            return "The database cannot be reached.";
        }
    }

    // Of a database that stands still the driver waits even to give up: the look is left to itself, and there is one at a time.
    private Task Look()
    {
        lock (gate)
        {
            return look = look is { IsCompleted: false } running ? running : Task.Run(LookAsync, CancellationToken.None);
        }
    }

    private async Task LookAsync()
    {
        await using var session = await database.OpenReadAsync(CancellationToken.None);
        await using var command = session.Connection.CreateCommand();
        command.CommandText = "select 1";
        await command.ExecuteScalarAsync(CancellationToken.None);
    }
}
