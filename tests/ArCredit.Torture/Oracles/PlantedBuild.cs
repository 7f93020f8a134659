using System.Diagnostics;
using ArCredit.Testing.Oracles;

namespace ArCredit.Torture.Oracles;

/// <summary>The build with planted bugs, in folders of its own, and its tests.</summary>
internal sealed class PlantedBuild
{
    // A fault may make a test hang; that is a failure too.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    // More histories than the ordinary form plays: the first one that is not explained ends it.
    private const string HistoryRounds = "25";
    private readonly string root = FindRoot();

    /// <summary>The host.</summary>
    public string Host => Assembly("ArCredit.Host");

    /// <summary>Builds the host and these test projects.</summary>
    public async Task MakeAsync(IEnumerable<string> tests)
    {
        foreach (var project in tests.Select(test => $"tests/{test}").Prepend("src/ArCredit.Host"))
        {
            var (code, output) = await DotnetAsync(null, "build", Path.Combine(root, project), "-p:PlantedBugs=true", "--nologo", "-v", "quiet", "-clp:NoSummary");
            if (code != 0)
            {
                throw new InvalidOperationException($"{project} does not build with planted bugs:\n{output}");
            }
        }
    }

    /// <summary>What the test complains about, in a line; null = it passes.</summary>
    public async Task<string?> TestAsync(Catcher.Test test, string? planted)
    {
        var (code, output) = await DotnetAsync(planted, "test", Assembly(test.Project), "--nologo", "--filter", $"FullyQualifiedName~{test.Filter}");
        if (code is null)
        {
            return $"no end after {Patience.TotalMinutes:0} minutes";
        }

        var lines = output.Split('\n', StringSplitOptions.TrimEntries);
        var complaint = Array.FindIndex(lines, line => line == "Error Message:");
        return code == 0 ? null : complaint < 0 ? lines.LastOrDefault(line => line.Length > 0, "no output") : string.Join(' ', lines.Skip(complaint + 1).Take(3));
    }

    private string Assembly(string project) => Path.Combine(root, "build", "obj", "planted", "bin", project, "debug", project + ".dll");

    private static async Task<(int? Code, string Output)> DotnetAsync(string? planted, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ARCREDIT_PLANTED"] = planted;
        start.Environment["ARCREDIT_HISTORY_ROUNDS"] = planted is null ? null : HistoryRounds;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, string.Empty);
        }

        return (process.ExitCode, await output + await errors);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ArCredit.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No ArCredit.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }
}
