using ArCredit.Host;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;

namespace ArCredit.Testing.App;

/// <summary>The whole application in this process: real Kestrel on a free port, its own data, a manual clock unless told otherwise.</summary>
public sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TestDirectory? directory;
    private readonly HttpClient http;
    private readonly AppSettings settings;

    private RunningApp(WebApplication app, AppSettings settings, TestDirectory? directory)
    {
        this.app = app;
        this.settings = settings;
        this.directory = directory;

        // By default a client that asks first sends its body anyway after a second, which a busy machine may take to refuse it.
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = TimeSpan.FromSeconds(30) }) { BaseAddress = new Uri(app.Urls.First()) };
        Admin = new ApiClient(http, settings.Key);
    }

    /// <summary>Calls as admin.</summary>
    public ApiClient Admin { get; }

    /// <summary>Calls without a key.</summary>
    public ApiClient Anonymous => Admin.As(null);

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Where it keeps its data.</summary>
    public string DataDirectory => settings.DataDirectory!;

    /// <summary>Starts an application.</summary>
    public static async Task<RunningApp> StartAsync(AppSettings? settings = null)
    {
        settings ??= new AppSettings();
        var directory = settings.DataDirectory is null ? new TestDirectory() : null;
        settings = await ScenarioHost.PlaceAsync(settings with { DataDirectory = settings.DataDirectory ?? directory!.Path });
        var app = ArCreditHost.Build(settings.Args(settings.DataDirectory!), settings.Configure, settings.Configuration());
        var started = false;
        try
        {
            await app.StartAsync();
            started = true;
        }
        finally
        {
            if (!started)
            {
                await app.DisposeAsync();
                directory?.Dispose();
            }
        }

        return new RunningApp(app, settings, directory);
    }

    /// <summary>Stops and starts again on the same data. This instance only owns the data from then on: dispose it after the new one.</summary>
    public async Task<RunningApp> RestartAsync(Func<AppSettings, AppSettings>? change = null)
    {
        await StopAsync();
        return await StartAsync(change?.Invoke(settings) ?? settings);
    }

    /// <summary>A caller with these roles and a key of its own.</summary>
    public async Task<ApiClient> CallerAsync(Roles roles)
    {
        var name = "caller-" + Guid.NewGuid().ToString("N")[..12];
        var made = await Admin.PutAsync($"/api/v1/api-keys/{name}", new { roles = RoleNames.Of(roles) });
        return Admin.As(made.ShouldBe(201)["key"].GetString());
    }

    /// <summary>Moves the manual clock and everything that is due with it.</summary>
    public async Task MoveClockAsync(DateTimeOffset now) => (await Admin.PutAsync("/api/v1/system/clock", new { now })).ShouldBe(200);

    /// <summary>Stops as on SIGTERM.</summary>
    public Task StopAsync() => app.StopAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        directory?.Dispose();
    }
}
