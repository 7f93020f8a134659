using System.ComponentModel;
using System.Diagnostics;

namespace ArCredit.Architecture.Tests.Tree;

/// <summary>The working tree these tests were built in.</summary>
internal static class Repository
{
    private static readonly HashSet<string> Ignored = new(["bin", "obj", "data", "TestResults", "artifacts", ".vs", ".git", "node_modules"], StringComparer.Ordinal);

    private static readonly Lazy<string> LazyRoot = new(FindRoot);
    private static readonly Lazy<IReadOnlyList<string>> LazyFiles = new(() => [.. ListFiles().Order(StringComparer.Ordinal)]);

    /// <summary>Absolute path of the folder that holds the solution.</summary>
    public static string Root => LazyRoot.Value;

    /// <summary>Every file that is or could be committed, relative to the root, with '/'.</summary>
    public static IReadOnlyList<string> Files => LazyFiles.Value;

    /// <summary>Absolute path of a file of the tree.</summary>
    public static string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>Files whose name ends so, below one of the folders (none: anywhere).</summary>
    public static IEnumerable<string> FilesEnding(string suffix, params string[] folders) =>
        Files.Where(file => file.EndsWith(suffix, StringComparison.Ordinal)
            && (folders.Length == 0 || folders.Any(folder => file.StartsWith(folder + "/", StringComparison.Ordinal))));

    /// <summary>What git lists below the root, or null where git cannot tell (not installed, an unpacked archive).</summary>
    public static IReadOnlyList<string>? AskGit(params string[] arguments)
    {
        // A clone that belongs to another user is refused unless named safe; this is a read, so it is.
        var start = new ProcessStartInfo("git", ["-c", $"safe.directory={Root}", .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (Win32Exception)
        {
            return null; // git is not installed
        }
    }

    private static IEnumerable<string> ListFiles()
    {
        var listed = AskGit("ls-files", "-z", "--cached", "--others", "--exclude-standard");
        return listed is null ? Walk(Root) : listed.Where(file => File.Exists(PathOf(file)));
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (var inner in Directory.EnumerateDirectories(folder).Where(inner => !Ignored.Contains(Path.GetFileName(inner))))
        {
            foreach (var file in Walk(inner))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ArCredit.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No ArCredit.sln above {AppContext.BaseDirectory}.");
    }
}
