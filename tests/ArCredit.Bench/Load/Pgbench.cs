using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Bench.Processes;
using Npgsql;

namespace ArCredit.Bench.Load;

/// <summary>PostgreSQL's own generator, with prepared statements.</summary>
internal sealed partial class Pgbench : IDisposable
{
    private static readonly string? Program = Find();
    private readonly string script = Path.Combine(Directory.CreateTempSubdirectory("arcredit-pgbench").FullName, "reserve.sql");
    private int runs;

    public Pgbench() => File.WriteAllText(script, Resource.Read("pgbench.sql"));

    /// <summary>False where PostgreSQL's programs are not installed.</summary>
    public static bool IsInstalled => Program is not null;

    /// <summary>Calls the function over and over.</summary>
    public async Task<LoadCount> RunAsync(string connectionString, string prefix, int accounts, int clients, int seconds, CancellationToken cancellation)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var threads = Math.Min(clients, Environment.ProcessorCount);
        var output = await Command.RunAsync(
            Program ?? throw new BenchException("pgbench is not installed."),
            [
                "--host", server.Host!, "--port", Number(server.Port), "--username", server.Username!, "--no-vacuum", "--protocol=prepared",
                "--client", Number(clients), "--jobs", Number(threads), "--time", Number(seconds), "--file", script,
                "--define", "i=0", "--define", "accounts=" + Number(accounts), "--define", "prefix=" + prefix, "--define", "run=" + Number(++runs), server.Database!,
            ],
            cancellation);
        var (done, rate) = (Transactions().Match(output), Rate().Match(output));
        if (!done.Success || output.Contains("aborted", StringComparison.Ordinal))
        {
            throw new BenchException($"pgbench said nothing of use: {output}");
        }

        var count = long.Parse(done.Groups[1].Value, CultureInfo.InvariantCulture);
        return new LoadCount(count, count, 0, 0, count == 0 || !rate.Success ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromSeconds(count / double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path.GetDirectoryName(script)!, recursive: true);

    // Debian keeps the programs of each version in a folder of its own.
    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
        var versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return versions.Select(folder => Path.Combine(folder, "bin")).Concat(folders).Select(folder => Path.Combine(folder, "pgbench")).FirstOrDefault(File.Exists);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"number of transactions actually processed: (\d+)")]
    private static partial Regex Transactions();

    [GeneratedRegex(@"tps = ([\d.]+)")]
    private static partial Regex Rate();
}
