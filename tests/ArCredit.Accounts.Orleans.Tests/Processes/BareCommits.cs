using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace ArCredit.Accounts.Orleans.Tests.Processes;

/// <summary>
/// One row after another, committed on the nodes' own PostgreSQL without any node: what a commit takes on this machine at that
/// moment, the waiting for a processor included. Nobody can be faster than this, so a node's pauses are held against it.
/// </summary>
internal sealed class BareCommits : IAsyncDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<(long Due, long At)> commits = new();
    private readonly NpgsqlConnection connection;
    private readonly Task writing;
    private volatile bool closing;

    private BareCommits(NpgsqlConnection connection)
    {
        this.connection = connection;
        writing = Task.Run(WriteAsync);
    }

    /// <summary>Commits from now on, until disposed of.</summary>
    public static async Task<BareCommits> StartAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var table = new NpgsqlCommand("create table bare_commits (number int not null)", connection);
        await table.ExecuteNonQueryAsync();
        return new BareCommits(connection);
    }

    /// <summary>The longest one in a time, counted from an instant: from when it was due until it was durable.</summary>
    public TimeSpan Longest(long since, TimeSpan from, TimeSpan to) =>
        commits.Where(commit => Stopwatch.GetElapsedTime(since, commit.At) >= from && Stopwatch.GetElapsedTime(since, commit.Due) < to)
            .Max(commit => Stopwatch.GetElapsedTime(commit.Due, commit.At));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        closing = true;
        await writing;
        await connection.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        using var pause = new PeriodicTimer(Between);
        await using var row = new NpgsqlCommand("insert into bare_commits values (1)", connection);
        while (!closing)
        {
            var due = Stopwatch.GetTimestamp() + (long)(Between.TotalSeconds * Stopwatch.Frequency);
            await pause.WaitForNextTickAsync();
            await row.ExecuteNonQueryAsync();
            commits.Enqueue((due, Stopwatch.GetTimestamp()));
        }
    }
}
