using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Bench.Processes;

namespace ArCredit.Bench.Load;

/// <summary>What the load generator counted.</summary>
/// <param name="Answered">Complete answers, whatever their status.</param>
/// <param name="Refused">Those above 399.</param>
/// <param name="Broken">Connections that could not be made, read or written, and answers that took longer than 30 s.</param>
/// <param name="Elapsed">First request to last answer.</param>
internal readonly record struct LoadCount(long Answered, long Refused, long Broken, TimeSpan Elapsed)
{
    /// <summary>Operations that were acknowledged.</summary>
    public long Acknowledged => Answered - Refused;
}

/// <summary>Closed-loop load from wrk, the cheapest generator there is: on two cores it takes from the server what it uses itself.</summary>
internal sealed partial class Wrk : IDisposable
{
    // Two threads only help where there are cores to spare.
    private static readonly int Threads = Math.Max(1, Environment.ProcessorCount / 4);
    private readonly string script = Path.Combine(Directory.CreateTempSubdirectory("arcredit-wrk").FullName, "load.lua");

    public Wrk() => File.WriteAllText(script, Resource.Read("wrk.lua"));

    /// <summary>Sends <paramref name="request"/> over and over.</summary>
    public async Task<LoadCount> RunAsync(Uri server, LoadRequest request, int connections, int seconds, CancellationToken cancellation)
    {
        var output = await Command.RunAsync(
            "wrk",
            [
                "--threads", Number(Threads), "--connections", Number(Math.Max(connections, Threads)), "--duration", Number(seconds) + "s", "--timeout", "30s",
                "--script", script, server.AbsoluteUri, "--",
                request.PathBefore, request.PathAfter, Number(request.Accounts), request.Key, NewPrefix(), request.Body,
            ],
            cancellation);
        var match = Result().Match(output);
        return match.Success
            ? new LoadCount(Field("requests"), Field("status"), Field("connect") + Field("read") + Field("write") + Field("timeout"), TimeSpan.FromMicroseconds(Field("micros")))
            : throw new BenchException($"wrk said nothing of use: {output}");

        long Field(string name) => long.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);

    // Idempotency keys of different runs must differ; within one wrk counts.
    private static string NewPrefix() => Guid.NewGuid().ToString("N")[..8] + "-";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"RESULT requests=(?<requests>\d+) micros=(?<micros>\d+) connect=(?<connect>\d+) read=(?<read>\d+) write=(?<write>\d+) status=(?<status>\d+) timeout=(?<timeout>\d+)")]
    private static partial Regex Result();
}
