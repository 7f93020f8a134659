using System.Text.RegularExpressions;
using ArCredit.Host.Start;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Start;

public sealed partial class StartupBannerTests
{
    [Theory]
    [InlineData("http://0.0.0.0:5080", "http://127.0.0.1:5080")]
    [InlineData("https://[::]:5443", "https://[::1]:5443")]
    [InlineData("http://10.0.0.0:80", "http://10.0.0.0:80")]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080")]
    public void What_is_pasted_calls_an_address_that_can_be_called(string listens, string called) => StartupBanner.Reachable(listens).ShouldBe(called);

    [Fact]
    public async Task What_is_pasted_works_in_the_companys_currency_whatever_the_next_starts_flag_says()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.Sqlite);
        await using (await RunningApp.StartAsync(AppSettings.On(database) with { Flags = ["--currency", "AZN"] }))
        {
            // Its company is in manats for good.
        }

        await using var app = await RunningApp.StartAsync(AppSettings.On(database) with { Flags = ["--currency", "USD"] });
        var first = await PasteAsync(app);
        first.Select(answer => answer.Status).ShouldBe([201, 200]);
        first[0]["currency"].GetString().ShouldBe("AZN");
        first[1]["decision"].GetString().ShouldBe("approved");

        var again = await PasteAsync(app);
        again.ShouldHaveSingleItem().ShouldBe(200)["decision"].GetString().ShouldBe("approved");
    }

    [Fact]
    public async Task A_key_that_could_not_be_shown_is_not_stored_and_the_next_start_makes_another()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.Sqlite);
        await using (var first = await RunningApp.StartAsync(AppSettings.On(database) with { Key = null }))
        {
            await Should.ThrowAsync<IOException>(() => StartupBanner.PrintAsync(first.Services, ["http://127.0.0.1:1"], new ClosedConsole()));
        }

        await using var second = await RunningApp.StartAsync(AppSettings.On(database) with { Key = null });
        var console = new StringWriter();
        await StartupBanner.PrintAsync(second.Services, ["http://127.0.0.1:1"], console);
        var key = Key().Match(console.ToString()).Value;
        (await second.Admin.As(key).GetAsync("/api/v1/api-keys")).ShouldBe(200);
    }

    private static async Task<List<Answer>> PasteAsync(RunningApp app)
    {
        var console = new StringWriter();
        await StartupBanner.PrintAsync(app.Services, [app.Admin.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)], console);
        var answers = new List<Answer>();
        foreach (Match curl in Curl().Matches(console.ToString()))
        {
            answers.Add(await app.Admin.SendAsync(curl.Groups[1].Success ? HttpMethod.Put : HttpMethod.Post, curl.Groups[2].Value, curl.Groups[3].Value));
        }

        return answers;
    }

    private sealed class ClosedConsole : StringWriter
    {
        public override Task WriteLineAsync(string? value) => throw new IOException("Nobody reads.");

        public override Task WriteLineAsync() => throw new IOException("Nobody reads.");
    }

    [GeneratedRegex("ark_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();

    [GeneratedRegex("""curl -s (-X PUT )?"(http://127[^"]+)" .* -d '([^']+)'""")]
    private static partial Regex Curl();
}
