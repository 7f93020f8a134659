using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;

namespace ArCredit.Platform.Telemetry;

/// <summary>
/// The log: readable lines, or JSON with <c>Logging:Json</c>; each with its trace id. Bodies, keys and names of people never
/// go in, at no level.
/// </summary>
public static class LogSetup
{
    // It writes every request's line as it came, where a search for a name has it in its query, and opens a scope around each
    // request. Failures are logged by the problem middleware.
    private const string RequestLines = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // It repeats the lines of malformed requests. Raising the level must not log them.
    private const string BadRequestLines = "Microsoft.AspNetCore.Server.Kestrel.BadRequests";

    // Without its log the host makes trace ids only for who listens.
    private static readonly ActivityListener TraceIds = new()
    {
        ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };

    private const string Line = "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext:l}: {Message:lj} {TraceId}{NewLine}{Exception}";

    /// <summary>
    /// Makes Serilog the only log. <c>Logging:Level</c> (default Information) is the level; section <c>Serilog</c> is read on top.
    /// </summary>
    public static ILoggingBuilder AddArCreditLog(this ILoggingBuilder logging, IConfiguration configuration)
    {
        var level = Enum.TryParse<LogEventLevel>(configuration["Logging:Level"], ignoreCase: true, out var wanted) ? wanted : LogEventLevel.Information;
        var framework = level < LogEventLevel.Information ? level : LogEventLevel.Warning;
        var log = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", framework)
            .MinimumLevel.Override("System", framework)
            .MinimumLevel.Override("Npgsql", framework)
            .MinimumLevel.Override("Quartz", framework)
            .MinimumLevel.Override("Orleans", framework)
            .MinimumLevel.Override("Polly", framework)
            .Filter.ByExcluding(IsFailedStart)
            .Enrich.FromLogContext()
            .ReadFrom.Configuration(configuration);
        foreach (var source in new[] { RequestLines, BadRequestLines })
        {
            log.MinimumLevel.Override(source, level > LogEventLevel.Warning ? level : LogEventLevel.Warning);
        }

        log = configuration.GetValue<bool>("Logging:Json")
            ? log.WriteTo.Console(new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture))
            : log.WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
        logging.ClearProviders();
        logging.AddSerilog(log.CreateLogger(), dispose: true);

        // Serilog decides by source; without this the framework's own filter would drop Debug before it is asked. It has a filter of
        // its own for everything, which only one that names it too goes before.
        logging.SetMinimumLevel(LogLevel.Trace);
        logging.AddFilter<SerilogLoggerProvider>(RequestLines, LogLevel.None);
        ActivitySource.AddActivityListener(TraceIds);
        return logging;
    }

    // Whoever started the host is told the reason; the stack trace around it would hide it.
    private static bool IsFailedStart(LogEvent line) =>
        line.Properties.TryGetValue("EventId", out var id) && id.ToString().Contains("HostedServiceStartupFaulted", StringComparison.Ordinal);
}
