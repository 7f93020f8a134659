using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Bench.Processes;

namespace ArCredit.Bench.Load;

/// <summary>Closed-loop load from wrk, the cheapest generator there is: on two cores it takes from the server what it uses itself.</summary>
internal sealed partial class Wrk : ILoad
{
    // Two threads only help where there are cores to spare.
    private static readonly int Threads = Math.Max(1, Environment.ProcessorCount / 4);
    private readonly string script = Path.Combine(Directory.CreateTempSubdirectory("arcredit-wrk").FullName, "load.lua");

    public Wrk() => File.WriteAllText(script, Resource.Read("wrk.lua"));

    /// <summary>False where it is not on the path.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, "wrk")));

    public string Name => "wrk";

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
            ? new LoadCount(Field("sent"), Field("requests"), Field("status"), Field("connect") + Field("read") + Field("write") + Field("timeout"), TimeSpan.FromMicroseconds(Field("micros")))
            : throw new BenchException($"wrk said nothing of use: {output}");

        long Field(string name) => long.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);

    // Idempotency keys of different runs must differ; within one wrk counts.
    private static string NewPrefix() => Guid.NewGuid().ToString("N")[..8] + "-";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"RESULT sent=(?<sent>\d+) requests=(?<requests>\d+) micros=(?<micros>\d+) connect=(?<connect>\d+) read=(?<read>\d+) write=(?<write>\d+) status=(?<status>\d+) timeout=(?<timeout>\d+)")]
    private static partial Regex Result();
}
