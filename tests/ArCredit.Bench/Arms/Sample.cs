using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>What one measurement came to.</summary>
/// <param name="Load">What the generator counted.</param>
/// <param name="Server">CPU time of the server's process until everything it had to do was done.</param>
/// <param name="Database">CPU time of PostgreSQL's processes meanwhile.</param>
/// <param name="Behind">How long after the last answer the read models had caught up.</param>
internal sealed record Sample(LoadCount Load, TimeSpan Server, TimeSpan Database, TimeSpan Behind)
{
    /// <summary>Acknowledged operations per second.</summary>
    public double Throughput => Load.Elapsed > TimeSpan.Zero ? Load.Acknowledged / Load.Elapsed.TotalSeconds : 0;

    /// <summary>Microseconds of the server per acknowledged operation.</summary>
    public double ServerMicros => Server.TotalMicroseconds / Math.Max(1, Load.Acknowledged);

    /// <summary>Microseconds of PostgreSQL per acknowledged operation.</summary>
    public double DatabaseMicros => Database.TotalMicroseconds / Math.Max(1, Load.Acknowledged);

    /// <summary>Both.</summary>
    public double CpuMicros => ServerMicros + DatabaseMicros;
}
