using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Cluster;

public sealed class HostSettingTests
{
    // Which of the two depends on how this was built; neither starts, and both say what to do.
    [Theory]
    [InlineData("Orleans", "Accounts__Host=Orleans")]
    [InlineData("Cluster", "Accounts__Host must be InProcess or Orleans")]
    public async Task A_host_that_cannot_be_is_refused_in_one_line(string host, string expected)
    {
        using var directory = new TestDirectory();
        var settings = new AppSettings { DataDirectory = directory.Path, More = new Dictionary<string, string?> { ["Accounts:Host"] = host } };

        var (exitCode, said) = await HostProcess.RunToEndAsync(settings, "--data", directory.Path, "--urls", "http://127.0.0.1:0");

        exitCode.ShouldBe(2, said);
        said.ShouldStartWith(expected);
        said.Trim().Split('\n').ShouldHaveSingleItem();
    }
}
