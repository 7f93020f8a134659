using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace ArCredit.Bench.Rivals;

/// <summary>A row on its way to disk.</summary>
internal sealed class PipelineEntry(string account, long version, byte[] payload, DateTime recordedAt)
    : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public string Account { get; } = account;

    public long Version { get; } = version;

    public byte[] Payload { get; } = payload;

    public DateTime RecordedAt { get; } = recordedAt;
}

/// <summary>Group commit and nothing else: one connection, one thread, one batch in flight, sent as soon as the one before is in.</summary>
internal sealed class PipelineLane : IDisposable
{
    private const int BatchRows = 512;

    private const string Insert =
        """
        insert into entry (account_id, version, payload, recorded_at)
        select * from unnest($1::text[], $2::bigint[], $3::bytea[], $4::timestamptz[])
        """;

    private readonly ConcurrentQueue<PipelineEntry> queue = new();
    private readonly ManualResetEventSlim wake = new(false);
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlParameter<List<string>> accounts = new() { TypedValue = [] };
    private readonly NpgsqlParameter<List<long>> versions = new() { TypedValue = [] };
    private readonly NpgsqlParameter<List<byte[]>> payloads = new() { TypedValue = [] };
    private readonly NpgsqlParameter<List<DateTime>> instants = new() { TypedValue = [], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    private PipelineLane(NpgsqlConnection connection) => this.connection = connection;

    public static PipelineLane Start(NpgsqlDataSource database)
    {
        var lane = new PipelineLane(database.OpenConnection());
        new Thread(lane.Run) { IsBackground = true, Name = "pipeline lane" }.Start();
        return lane;
    }

    public void Enqueue(PipelineEntry entry)
    {
        queue.Enqueue(entry);
        if (!wake.IsSet)
        {
            wake.Set();
        }
    }

    /// <summary>Once nothing is enqueued any more.</summary>
    public void Dispose()
    {
        connection.Dispose();
        wake.Dispose();
    }

    private void Run()
    {
        using var command = new NpgsqlCommand(Insert, connection) { Parameters = { accounts, versions, payloads, instants } };
        command.Prepare();
        var batch = new List<PipelineEntry>(BatchRows);
        while (true)
        {
            wake.Reset();
            while (batch.Count < BatchRows && queue.TryDequeue(out var entry))
            {
                Add(batch, entry);
            }

            if (batch.Count == 0)
            {
                wake.Wait();
                continue;
            }

            command.ExecuteNonQuery();
            batch.ForEach(entry => entry.SetResult());
            Clear(batch);
        }
    }

    private void Add(List<PipelineEntry> batch, PipelineEntry entry)
    {
        batch.Add(entry);
        accounts.TypedValue!.Add(entry.Account);
        versions.TypedValue!.Add(entry.Version);
        payloads.TypedValue!.Add(entry.Payload);
        instants.TypedValue!.Add(entry.RecordedAt);
    }

    private void Clear(List<PipelineEntry> batch)
    {
        batch.Clear();
        accounts.TypedValue!.Clear();
        versions.TypedValue!.Clear();
        payloads.TypedValue!.Clear();
        instants.TypedValue!.Clear();
    }
}
