using System.ComponentModel;
using System.Diagnostics;

namespace ArCredit.Bench.Processes;

/// <summary>A program that runs to its end.</summary>
internal static class Command
{
    /// <summary>What it wrote. It is killed when <paramref name="cancellation"/> says so.</summary>
    /// <exception cref="BenchException">It is not there or failed.</exception>
    public static Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation) =>
        RunAsync(program, arguments, new Dictionary<string, string>(), cancellation);

    /// <summary>The same with these variables on top of the bench's own.</summary>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            using var process = Process.Start(start)!;
            await using var kill = cancellation.Register(process.Kill);
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellation.ThrowIfCancellationRequested();
            return process.ExitCode == 0 ? await output + await errors : throw new BenchException($"{program} ended with {process.ExitCode}: {await output}{await errors}");
        }
        catch (Win32Exception missing)
        {
            throw new BenchException($"{program} cannot be started: {missing.Message}", missing);
        }
    }
}
