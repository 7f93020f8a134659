using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using ArCredit.Host;

namespace ArCredit.Testing.App;

/// <summary>The application as a process of its own, for tests that kill it.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HttpClient? http;

    private HostProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("The host ended before it listened."));
    }

    /// <summary>Process id.</summary>
    public int Id => process.Id;

    /// <summary>Where it listens; only once the process is ready.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Calls as admin; only once the process is ready.</summary>
    public ApiClient Admin { get; private set; } = null!;

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

    /// <summary>Starts a process on <see cref="AppSettings.DataDirectory"/>, which must be given, and waits until it is ready.</summary>
    public static async Task<HostProcess> StartAsync(AppSettings settings)
    {
        var host = Launch(settings, settings.Args(settings.DataDirectory ?? throw new ArgumentException("A process outlives its start: give it a directory.", nameof(settings))));
        try
        {
            host.Address = await host.listening.Task.WaitAsync(StartTimeout);
            host.http = new HttpClient { BaseAddress = host.Address };
            host.Admin = new ApiClient(host.http, settings.Key);
            (await host.Admin.GetAsync("/health/ready")).ShouldBe(200);
            return host;
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException)
        {
            if (host.process.HasExited)
            {
                // Waits for its last lines too.
                await host.process.WaitForExitAsync();
            }

            var said = host.Output;
            await host.DisposeAsync();
            throw new InvalidOperationException($"The host did not start: {said}", failure);
        }
    }

    /// <summary>Runs a process that is expected to end by itself; its exit code and what it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(AppSettings settings, params string[] args)
    {
        await using var host = Launch(settings, args);
        using var timeout = new CancellationTokenSource(StartTimeout);
        await host.process.WaitForExitAsync(timeout.Token);
        return (host.process.ExitCode, host.Output);
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
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static HostProcess Launch(AppSettings settings, string[] args)
    {
        string[] command = [.. settings.Wrapper, "dotnet", settings.HostPath ?? typeof(ArCreditHost).Assembly.Location, .. args];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("ARCREDIT_", StringComparison.Ordinal) && name != "ARCREDIT_PLANTED").ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (key, value) in settings.Configuration().Where(setting => setting.Value is not null))
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var host = new HostProcess(new Process { StartInfo = start });
        host.process.Start();
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        return host;
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

    [GeneratedRegex(@"^ArCredit listens on (http://[^\s,]+)")]
    private static partial Regex Listens();
}
