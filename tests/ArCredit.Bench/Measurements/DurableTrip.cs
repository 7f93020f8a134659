using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;
using Npgsql;

namespace ArCredit.Bench.Measurements;

/// <summary>One row, one statement, one commit, on a connection that is already there: what durability costs at least.</summary>
internal sealed class DurableTrip(NpgsqlConnection connection, NpgsqlCommand insert, CancellationToken cancellation) : IAsyncDisposable
{
    private const int RowBytes = 600;
    private long version;

    public static async Task<DurableTrip> OpenAsync(BenchContext bench)
    {
        var connectionString = await bench.Postgres.CreateAsync("trip", bench.Cancellation);
        await Sql.ExecuteAsync(connectionString, Resource.Read("pipeline.sql"), bench.Cancellation);
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(bench.Cancellation);
        var insert = new NpgsqlCommand("insert into entry values ('trip', $1, $2, now())", connection);
        insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = 0 });
        insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = new byte[RowBytes] });
        await insert.PrepareAsync(bench.Cancellation);
        return new DurableTrip(connection, insert, bench.Cancellation);
    }

    /// <summary>Median in milliseconds.</summary>
    public async Task<double> MeasureAsync(int rate, int count) => (await Serial.RunAsync(rate, count, _ => Insert(), cancellation)).Percentile(0.5);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await insert.DisposeAsync();
        await connection.DisposeAsync();
    }

    private void Insert()
    {
        ((NpgsqlParameter<long>)insert.Parameters[0]).TypedValue = ++version;
        insert.ExecuteNonQuery();
    }
}
