using ArCredit.Platform.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Telemetry;

public sealed class LogSetupTests
{
    [Theory]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.BadRequests")]
    public void No_level_makes_the_log_repeat_request_lines_which_may_hold_names(string source)
    {
        foreach (var level in new[] { "Verbose", "Debug", "Information" })
        {
            using var log = LogAt(level);
            log.CreateLogger(source).IsEnabled(LogLevel.Information).ShouldBeFalse(level);
            log.CreateLogger(source).IsEnabled(LogLevel.Warning).ShouldBeTrue(level);
        }

        using var quiet = LogAt("Error");
        quiet.CreateLogger(source).IsEnabled(LogLevel.Warning).ShouldBeFalse();
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
