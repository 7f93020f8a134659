using System.Text;
using System.Text.RegularExpressions;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Start;

public sealed partial class FirstStartTests : IDisposable
{
    private readonly TestDirectory directory = new();

    private AppSettings Settings => new() { DataDirectory = directory.Path, Key = null };

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task The_admin_key_is_printed_at_the_first_start_only_and_never_stored()
    {
        string key;
        await using (var first = await HostProcess.StartAsync(Settings))
        {
            key = Key().Match(first.Output).Value;
            key.ShouldNotBeEmpty(first.Output);
            first.Output.ShouldContain("/credit-checks");
            (await first.Admin.As(key).GetAsync("/api/v1/system/clock")).ShouldBe(200);
            (await first.StopAsync()).ShouldBe(0, first.Output);
        }

        foreach (var file in Directory.GetFiles(directory.Path))
        {
            (await File.ReadAllBytesAsync(file)).AsSpan().IndexOf(Encoding.ASCII.GetBytes(key)).ShouldBe(-1, file);
        }

        await using var second = await HostProcess.StartAsync(Settings);
        Key().IsMatch(second.Output).ShouldBeFalse(second.Output);
        (await second.Admin.As(key).GetAsync("/api/v1/system/clock")).ShouldBe(200);
    }

    [Fact]
    public async Task A_killed_process_leaves_data_that_the_next_one_continues_with()
    {
        var settings = Settings with { Key = AppSettings.AdminKey };
        await using (var first = await HostProcess.StartAsync(settings))
        {
            (await first.Admin.PutAsync("/api/v1/system/clock", new { now = "2026-01-05T00:00:00Z" })).ShouldBe(200);
            await first.KillAsync();
        }

        await using var second = await HostProcess.StartAsync(settings);
        (await second.Admin.GetAsync("/api/v1/system/clock"))["now"].GetString().ShouldBe("2026-01-05T00:00:00Z");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task The_operators_own_key_is_taken_and_a_new_one_replaces_it(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using (var app = await RunningApp.StartAsync(AppSettings.On(database) with { Key = "first-operator-key" }))
        {
            (await app.Admin.GetAsync("/api/v1/api-keys")).ShouldBe(200);
        }

        await using var again = await RunningApp.StartAsync(AppSettings.On(database) with { Key = "second-operator-key" });
        (await again.Admin.GetAsync("/api/v1/api-keys")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(1);
        (await again.Admin.As("first-operator-key").GetAsync("/api/v1/api-keys")).ShouldBeProblem(401, "UNAUTHENTICATED");
    }

    [Fact]
    public async Task A_key_that_comes_back_is_the_key_that_it_was()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.Sqlite);
        async Task<string?> IdAsync(string key)
        {
            await using var app = await RunningApp.StartAsync(AppSettings.On(database) with { Key = key });
            return (await app.Admin.GetAsync("/api/v1/api-keys")).ShouldBe(200)["items"][0].GetProperty("id").GetString();
        }

        var first = await IdAsync("first-operator-key");
        (await IdAsync("second-operator-key")).ShouldNotBe(first);
        (await IdAsync("first-operator-key")).ShouldBe(first);
    }

    [Theory]
    [InlineData("fifteen-letters", "ARCREDIT_ADMIN_KEY must have 16")]
    [InlineData("spaces are no part of keys", "ARCREDIT_ADMIN_KEY must have 16")]
    public async Task A_bad_admin_key_in_the_environment_is_refused_without_repeating_it(string key, string message)
    {
        var (exitCode, output) = await HostProcess.RunToEndAsync(Settings with { Key = key }, "--data", directory.Path);
        exitCode.ShouldBe(2);
        output.ShouldContain(message);
        output.ShouldNotContain(key);
        output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("--colour", "red")]
    [InlineData("--manual-clock", "yesterday")]
    [InlineData("--manual-clock", "2026-01-01T08:00:00")]
    [InlineData("--time-zone", "Mars/Olympus")]
    [InlineData("--time-zone", "Eastern Standard Time")]
    [InlineData("--currency", "eur")]
    [InlineData("--urls", "5080")]
    public async Task A_bad_flag_is_refused_in_one_line(string flag, string value)
    {
        var (exitCode, output) = await HostProcess.RunToEndAsync(Settings, flag, value);
        exitCode.ShouldBe(2);
        output.Trim().Split('\n').Length.ShouldBe(1, output);
        output.ShouldContain(flag);
    }

    [Theory]
    [InlineData("Accounts__Lanes", "0")]
    [InlineData("Accounts__Lanes", "two")]
    [InlineData("Accounts__Lanes", "65")]
    [InlineData("Accounts__MaxActive", "0")]
    [InlineData("Accounts__MaxActive", "-1")]
    [InlineData("Accounts__DeadlineSeconds", "1.5")]
    [InlineData("Accounts__SnapshotEvery", "99999999999")]
    public async Task A_number_out_of_its_bounds_is_refused_in_one_line(string variable, string value)
    {
        var settings = Settings with { More = new Dictionary<string, string?> { [variable.Replace("__", ":", StringComparison.Ordinal)] = value } };
        var (exitCode, output) = await HostProcess.RunToEndAsync(settings, "--data", directory.Path);
        exitCode.ShouldBe(2, output);
        output.Trim().Split('\n').Length.ShouldBe(1, output);
        output.ShouldContain($"{variable} must be a whole number from 1 to ");
        output.ShouldContain($"'{value}'");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Host=127.0.0.1;Colour=red")]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=hidden-word;Database=d")]
    public async Task A_database_that_cannot_be_used_is_one_line_without_the_password(string connectionString)
    {
        var (exitCode, output) = await HostProcess.RunToEndAsync(Settings with { ConnectionString = connectionString }, "--log-level", "Error");
        exitCode.ShouldBeInRange(1, 2);
        output.Trim().Split('\n').Length.ShouldBe(1, output);
        output.ShouldNotContain("hidden-word");
    }

    [Fact]
    public async Task Help_names_every_flag_and_its_variable()
    {
        var (exitCode, output) = await HostProcess.RunToEndAsync(Settings, "--help");
        exitCode.ShouldBe(0);
        foreach (var text in new[]
        {
            "--data", "ARCREDIT_DATA", "--urls", "--manual-clock", "ARCREDIT_MANUAL_CLOCK", "--time-zone", "--currency", "--demo",
            "--unsafe-durability", "--log-json", "ARCREDIT_ADMIN_KEY", "ConnectionStrings__ArCredit", "OTEL_EXPORTER_OTLP_ENDPOINT",
        })
        {
            output.ShouldContain(text);
        }
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_is_refused_in_one_line()
    {
        await using var app = await RunningApp.StartAsync(Settings with { Key = AppSettings.AdminKey });
        var (exitCode, output) = await HostProcess.RunToEndAsync(Settings, "--data", directory.Path, "--urls", "http://127.0.0.1:0", "--log-level", "Error");
        exitCode.ShouldBe(1);
        output.Trim().Split('\n').Length.ShouldBe(1, output);
        output.ShouldContain("Another ArCredit process");
    }

    [GeneratedRegex("ark_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
