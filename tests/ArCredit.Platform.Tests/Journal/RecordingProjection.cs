using System.Collections.Concurrent;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Platform.Tests.Journal;

/// <summary>Writes down what it gets, in the table <c>seen</c> and in memory.</summary>
internal sealed class RecordingProjection(string name) : IProjection
{
    private int failuresLeft;

    public string Name { get; } = name;

    public ConcurrentQueue<(string Account, long Version)> Applied { get; } = new();

    /// <summary>Fails that many times after it has written and before its transaction commits.</summary>
    public void FailNext(int times) => failuresLeft = times;

    public async Task ApplyAsync(IReadOnlyList<FeedRow> rows, DbSession session, CancellationToken cancellation)
    {
        await session.Connection.ExecuteAsync("create table if not exists seen (name text, account_id text, version bigint)", transaction: session.Transaction);
        await session.Connection.ExecuteAsync(
            "insert into seen (name, account_id, version) values (@Name, @AccountId, @Version)",
            rows.Select(row => new { Name, row.Row.AccountId, row.Row.Version }),
            session.Transaction);
        if (failuresLeft > 0)
        {
            failuresLeft--;
            throw new InvalidOperationException("Asked to fail.");
        }

        foreach (var row in rows)
        {
            Applied.Enqueue((row.Row.AccountId, row.Row.Version));
        }
    }
}
