using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;

namespace ArCredit.Host.Health;

/// <summary>Whether this node can answer a till now.</summary>
internal sealed class Readiness(IDatabase database, IGroupCommit commit, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

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

        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await using var session = await database.OpenReadAsync(either.Token);
            await using var command = session.Connection.CreateCommand();
            command.CommandText = "select 1";
            await command.ExecuteScalarAsync(either.Token);
            return null;
        }
        catch (Exception away) when (DatabaseOutage.Is(away))
        {
            return "The database cannot be reached.";
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return "The database does not answer.";
        }
    }
}
