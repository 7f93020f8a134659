using ArCredit.Platform.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Telemetry;

public sealed class LogSetupTests
{
    private const string RequestLines = "Microsoft.AspNetCore.Hosting.Diagnostics";
    private const string BadRequestLines = "Microsoft.AspNetCore.Server.Kestrel.BadRequests";

    [Fact]
    public void No_level_makes_the_log_repeat_request_lines_which_may_hold_names()
    {
        foreach (var level in new[] { "Verbose", "Debug", "Information" })
        {
            using var log = LogAt(level);
            log.CreateLogger(BadRequestLines).IsEnabled(LogLevel.Information).ShouldBeFalse(level);
            log.CreateLogger(BadRequestLines).IsEnabled(LogLevel.Warning).ShouldBeTrue(level);

            // With anything of it the host opens a scope around each request.
            log.CreateLogger(RequestLines).IsEnabled(LogLevel.Critical).ShouldBeFalse(level);
        }

        using var quiet = LogAt("Error");
        quiet.CreateLogger(BadRequestLines).IsEnabled(LogLevel.Warning).ShouldBeFalse();
    }

    // Orleans places each account that wakes up through Polly, which has two lines for it.
    [Theory]
    [InlineData("Orleans.Runtime.Silo")]
    [InlineData("Polly")]
    public void Orleans_and_what_it_uses_say_no_more_than_other_libraries(string source)
    {
        using var log = LogAt("Information");
        log.CreateLogger(source).IsEnabled(LogLevel.Information).ShouldBeFalse();
        log.CreateLogger(source).IsEnabled(LogLevel.Warning).ShouldBeTrue();
    }

    [Fact]
    public void Everything_else_follows_the_level()
    {
        using var log = LogAt("Debug");
        log.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").IsEnabled(LogLevel.Debug).ShouldBeTrue();
        log.CreateLogger("ArCredit").IsEnabled(LogLevel.Debug).ShouldBeTrue();
    }

    private static ILoggerFactory LogAt(string level)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Logging:Level"] = level }).Build();
        return LoggerFactory.Create(logging => logging.AddArCreditLog(configuration));
    }
}
