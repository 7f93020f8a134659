using ArCredit.Host;

namespace ArCredit.Testing.App;

/// <summary>The application as a process of its own, for tests that kill it.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly ListeningProcess process;
    private HttpClient? http;

    private HostProcess(ListeningProcess process) => this.process = process;

    /// <inheritdoc cref="ListeningProcess.Id"/>
    public int Id => process.Id;

    /// <summary>Where it listens; only once the process is ready.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Calls as admin; only once the process is ready.</summary>
    public ApiClient Admin { get; private set; } = null!;

    /// <inheritdoc cref="ListeningProcess.HasExited"/>
    public bool HasExited => process.HasExited;

    /// <inheritdoc cref="ListeningProcess.Output"/>
    public string Output => process.Output;

    /// <summary>Starts a process on <see cref="AppSettings.DataDirectory"/>, which must be given, and waits until it is ready.</summary>
    public static async Task<HostProcess> StartAsync(AppSettings settings)
    {
        var directory = settings.DataDirectory ?? throw new ArgumentException("A process outlives its start: give it a directory.", nameof(settings));
        settings = await ScenarioHost.PlaceAsync(settings);
        var host = Launch(settings, settings.Args(directory));
        try
        {
            host.Address = await host.process.ListensAsync(StartTimeout);
            host.http = new HttpClient { BaseAddress = host.Address };
            host.Admin = new ApiClient(host.http, settings.Key);
            (await host.Admin.GetAsync("/health/ready")).ShouldBe(200);
            return host;
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException)
        {
            var said = host.Output;
            await host.DisposeAsync();
            throw new InvalidOperationException($"The host did not start: {said}", failure);
        }
    }

    /// <summary>Runs a process that is expected to end by itself; its exit code and what it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(AppSettings settings, params string[] args)
    {
        await using var host = Launch(await ScenarioHost.FollowAsync(settings), args);
        using var timeout = new CancellationTokenSource(StartTimeout);
        return (await host.process.EndsAsync(timeout.Token), host.Output);
    }

    /// <inheritdoc cref="ListeningProcess.KillAsync"/>
    public Task KillAsync() => process.KillAsync();

    /// <inheritdoc cref="ListeningProcess.SignalAsync"/>
    public Task SignalAsync(string signal) => process.SignalAsync(signal);

    /// <inheritdoc cref="ListeningProcess.EndsAsync"/>
    public Task<int> EndsAsync(CancellationToken cancellation) => process.EndsAsync(cancellation);

    /// <inheritdoc cref="ListeningProcess.StopAsync"/>
    public Task<int> StopAsync() => process.StopAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        await process.DisposeAsync();
    }

    private static HostProcess Launch(AppSettings settings, string[] args) => new(ListeningProcess.Start(
        [.. settings.Wrapper, "dotnet", settings.HostPath ?? typeof(ArCreditHost).Assembly.Location, .. args],
        static name => name.StartsWith("ARCREDIT_", StringComparison.Ordinal) && name != "ARCREDIT_PLANTED",
        settings.Configuration().Where(setting => setting.Value is not null)
            .Select(setting => KeyValuePair.Create(setting.Key.Replace(":", "__", StringComparison.Ordinal), setting.Value!))));
}
