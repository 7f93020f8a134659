using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace ArCredit.Bench.Processes;

/// <summary>A server under test as a process of its own.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new BenchException("A server ended."));
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>CPU time used so far, user and kernel.</summary>
    public TimeSpan CpuTime => ProcessCpu.Of(process.Id);

    /// <summary>Starts a .NET program and waits until it says where it listens.</summary>
    /// <param name="arguments">Of <c>dotnet</c>.</param>
    /// <param name="environment">On top of the bench's own, from which everything of ArCredit is taken out.</param>
    public static async Task<ServerProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ARCREDIT_", StringComparison.Ordinal) || name.StartsWith("Accounts__", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(new Process { StartInfo = start });
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        try
        {
            server.Address = await server.listening.Task.WaitAsync(StartTimeout, cancellation);
            return server;
        }
        catch (Exception failure) when (failure is BenchException or TimeoutException or OperationCanceledException)
        {
            await server.DisposeAsync();
            throw failure is OperationCanceledException ? failure : new BenchException($"A server did not start: {server.Output}", failure);
        }
    }

    /// <summary>Everything it wrote.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (output)
        {
            output.AppendLine(line);
        }

        if (Listens().Match(line) is { Success: true } match)
        {
            listening.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"^(?:ArCredit|Rival) listens on (http://[^\s,]+)")]
    private static partial Regex Listens();
}
