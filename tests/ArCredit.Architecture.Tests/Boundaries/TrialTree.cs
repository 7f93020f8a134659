using System.Diagnostics;
using System.Text.RegularExpressions;
using ArCredit.Architecture.Tests.Tree;

namespace ArCredit.Architecture.Tests.Boundaries;

/// <summary>A throw-away source tree of empty projects under the repository's own build/*.targets.</summary>
public sealed class TrialTree : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("arcredit-boundaries-");

    /// <summary>An empty tree with a copy of the rules.</summary>
    public TrialTree()
    {
        Directory.CreateDirectory(Path.Combine(root.FullName, "build"));
        foreach (var rules in Repository.FilesEnding(".targets", "build"))
        {
            File.Copy(Repository.PathOf(rules), Path.Combine(root.FullName, rules));
        }
    }

    /// <summary>Writes a file of the tree and returns its absolute path.</summary>
    public string Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(root.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
        return file.FullName;
    }

    /// <summary>Runs the SDK in the tree; the exit code and everything it printed.</summary>
    public (int ExitCode, string Output) Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = root.FullName, RedirectStandardOutput = true, RedirectStandardError = true };

        // The test run is itself inside an SDK process, whose MSBuild variables would lead this one astray.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    /// <summary>The distinct "CODE: text" errors of a build's output.</summary>
    public static IReadOnlyList<string> ErrorsIn(string output) =>
        [.. Regex.Matches(output, @"error (ARC\d+: .*?) \[").Select(match => match.Groups[1].Value).Distinct()];

    /// <inheritdoc/>
    public void Dispose() => root.Delete(recursive: true);
}
