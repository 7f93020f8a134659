using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ArCredit.Testing.App;

/// <summary>A server as a process of its own that says on its console where it listens: <c>… listens on http://…</c>.</summary>
public sealed partial class ListeningProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ListeningProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("It ended before it listened."));
    }

    /// <summary>Process id.</summary>
    public int Id => process.Id;

    /// <summary>True once the process is gone, for whatever reason.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>Everything it has written to its console.</summary>
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

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="withheld">Variables of our own environment that it must not see.</param>
    /// <param name="environment">On top of what is left.</param>
    public static ListeningProcess Start(
        IReadOnlyList<string> command, Func<string, bool> withheld, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(withheld).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var started = new ListeningProcess(new Process { StartInfo = start });
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Where it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended before; everything it wrote is in <see cref="Output"/> then.</exception>
    /// <exception cref="TimeoutException">It takes longer than <paramref name="patience"/>.</exception>
    public async Task<Uri> ListensAsync(TimeSpan patience, CancellationToken cancellation = default)
    {
        try
        {
            return await listening.Task.WaitAsync(patience, cancellation);
        }
        catch (InvalidOperationException)
        {
            // Waits for its last lines too.
            await process.WaitForExitAsync(cancellation);
            throw;
        }
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is given back.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, and its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync("TERM");
        return await EndsAsync();
    }

    /// <summary>Sends a signal: STOP freezes the process, CONT wakes it.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> EndsAsync(CancellationToken cancellation = default)
    {
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

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

    [GeneratedRegex(@"^\w+ listens on (http://[^\s,]+)")]
    private static partial Regex Listens();
}
