using ArCredit.Accounts;
using ArCredit.Banking;
using ArCredit.Host.Demo;
using ArCredit.Host.Docs;
using ArCredit.Host.Health;
using ArCredit.Host.Start;
using ArCredit.Identity;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using ArCredit.Platform.Start;
using ArCredit.Platform.Telemetry;
using ArCredit.Platform.Time;
using ArCredit.Sync;
using Npgsql;

namespace ArCredit.Host;

/// <summary>The application: the only place that knows all modules.</summary>
public static class ArCreditHost
{
    // Each is a connection and a thread; a PostgreSQL as it comes has 100 connections.
    private const int MaxLanes = 64;

    /// <summary>Runs until it is stopped; the process's exit code: 0 stopped, 1 refused to start, 2 misused.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var line = HostCommand.Parse(args);
            if (HostCommand.RunsItself(line))
            {
                return await line.InvokeAsync();
            }

            await using var app = Build(args);
            await app.StartAsync();
            await StartupBanner.PrintAsync(app.Services, [.. app.Urls], Console.Out);
            if (await StopLimit.WaitAsync(app, StopLimit.AtAll))
            {
                return 0;
            }

            await Console.Error.WriteLineAsync("ArCredit did not end in time and is left as it is; everything acknowledged is on disk.");
            Environment.Exit(1);
            return 1;
        }
        catch (Exception failure) when (StartFailure.Explain(failure) is not null)
        {
            var (exitCode, line) = StartFailure.Explain(failure)!.Value;
            await Console.Error.WriteLineAsync(line);
            return exitCode;
        }
    }

    /// <summary>An application ready to start. Tests start it in their own process, each on its own data.</summary>
    /// <param name="args">As on the command line.</param>
    /// <param name="configure">Replaces or adds services after all modules have added theirs.</param>
    /// <param name="settings">Configuration above the environment's and below the flags'.</param>
    public static WebApplication Build(
        string[] args, Action<IServiceCollection>? configure = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(ArCreditHost).Assembly.GetName().Name,

            // No settings file is watched: each watch costs one of the few inotify instances a user has.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        HostCommand.Apply(args, builder.Configuration);
        builder.Logging.AddArCreditLog(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        // What follows a read runs where the read ended, on a thread of the pool already: one hop less each way for a till.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit.Kindly);
        AddModules(builder);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseArCreditDocs();
        app.UseArCreditHttp();
        app.MapHealth();
        app.MapArCreditDocs();
        app.MapSystemClock();
        app.MapIdentity();
        app.MapAccounts();
        app.MapBanking();
        app.MapSync();
        return app;
    }

    private static DataOptions ReadDataOptions(IConfiguration configuration)
    {
        try
        {
            var data = DataOptions.From(configuration);
            return data.Dialect == Dialect.PostgreSql ? data with { ConnectionString = new NpgsqlConnectionStringBuilder(data.ConnectionString).ConnectionString } : data;
        }
        catch (ArgumentException unreadable)
        {
            throw new SettingException($"ConnectionStrings__ArCredit cannot be read: {unreadable.Message}");
        }
    }

    // The hosted services start in this order and stop in the opposite one: scheduled work begins last and ends first.
    private static void AddModules(WebApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        var data = AccountsHost.Claim(ReadDataOptions(configuration), configuration);
        services.AddArCreditTelemetry(configuration);
        services.AddArCreditData(data);
        services.AddArCreditJournal(new JournalOptions { TillLanes = NumberSetting.Read(configuration, "Accounts:Lanes", new JournalOptions().TillLanes, MaxLanes) });
        services.AddArCreditHttp();
        services.AddIdentity(configuration);
        services.AddAccounts(configuration);
        AccountsHost.Add(builder, data);
        services.AddBanking();
        services.AddSync();
        services.AddArCreditTime(data, HostFlag.ParseInstant(configuration["ManualClock"]));
        services.AddDemo(configuration);
        services.AddSingleton<Readiness>();
        services.AddArCreditDocs();
    }
}
