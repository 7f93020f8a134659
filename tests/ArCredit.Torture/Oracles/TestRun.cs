using System.Diagnostics;

namespace ArCredit.Torture.Oracles;

/// <summary>Other projects of this repository, built and tested in processes of their own.</summary>
internal static class TestRun
{
    private static readonly string Root = FindRoot();

    /// <summary>What the build with planted bugs made of a project.</summary>
    public static string PlantedAssembly(string project) => Path.Combine(Root, "build", "obj", "planted", "bin", project, "debug", project + ".dll");

    /// <summary>True for an assembly of that build.</summary>
    public static bool IsPlanted(string? assembly) => assembly is not null && assembly.StartsWith(Path.Combine(Root, "build", "obj"), StringComparison.Ordinal);

    /// <summary>Builds a project, below the root, with planted bugs.</summary>
    public static async Task BuildPlantedAsync(string project)
    {
        var (code, output) = await DotnetAsync(
            TimeSpan.FromMinutes(10), [], "build", Path.Combine(Root, project), "-p:PlantedBugs=true", "--nologo", "-v", "quiet", "-clp:NoSummary");
        if (code != 0)
        {
            throw new InvalidOperationException($"{project} does not build with planted bugs:\n{output}");
        }
    }

    /// <summary>Runs tests: what they complain about in a line, null when they pass; and all they wrote.</summary>
    public static async Task<(string? Complaint, string Output)> RunAsync(
        string project, string filter, bool planted, TimeSpan patience, params (string Name, string? Value)[] environment)
    {
        string[] target = planted ? [PlantedAssembly(project)] : [Path.Combine(Root, "tests", project), "-c", "Release"];
        var (code, output) = await DotnetAsync(
            patience, environment, ["test", .. target, "--nologo", "--filter", filter, "--logger", "console;verbosity=detailed"]);
        if (code is null)
        {
            throw new TimeoutException($"No end after {patience.TotalMinutes:0} minutes.");
        }

        var lines = output.Split('\n', StringSplitOptions.TrimEntries);
        var message = Array.FindIndex(lines, line => line == "Error Message:");
        return (code == 0 ? null
            : message < 0 ? lines.LastOrDefault(line => line.Length > 0, "no output")
            : string.Join(' ', lines.Skip(message + 1).Take(4)), output);
    }

    private static async Task<(int? Code, string Output)> DotnetAsync(
        TimeSpan limit, IReadOnlyList<(string Name, string? Value)> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, await output);
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
