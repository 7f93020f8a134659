using System.Diagnostics;
using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Npgsql;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ArCredit.Accounts.Orleans.Tests.Processes;

/// <summary>Nodes as processes of their own that come and go under load. Those that die and freeze are campaign R4.</summary>
[Collection("cluster processes")]
public sealed class ReplacedNodeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    [PostgresFact]
    public async Task Nodes_that_are_replaced_one_by_one_under_load_lose_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await StartAsync(database, 2);
        var tills = new Tills(nodes) { Pause = Pace };
        await tills.OpenAsync();
        for (var old = 0; old < 2; old++)
        {
            await tills.SellAsync(500, Patience);
            await nodes.StartAsync();
            await tills.SellAsync(500, Patience);
            await StopAsync(nodes.All[old]);
        }

        await tills.SellAsync(500, Patience);
        await tills.CloseAsync();

        output.WriteLine(await tills.CheckAsync(nodes.All[^1].Admin));
        await VerifyAsync(nodes);
    }

    [NextVersionFact]
    public async Task A_cluster_is_rolled_to_a_version_that_writes_what_the_old_one_cannot_read_and_loses_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await StartAsync(database, 3);
        var tills = new Tills(nodes) { Pause = Pace };
        await tills.OpenAsync();
        await tills.SellAsync(500, Patience);
        for (var old = 0; old < 3; old++)
        {
            await StopAsync(nodes.All[old]);
            await nodes.StartAsync(NextVersionFactAttribute.HostPath);
            await tills.SellAsync(500, Patience);
        }

        await tills.CloseAsync();

        output.WriteLine(await tills.CheckAsync(nodes.All[^1].Admin));
        await VerifyAsync(nodes, NextVersionFactAttribute.HostPath);
        var (exitCode, said) = await HostProcess.RunToEndAsync(nodes.Alone, "verify", "--data", nodes.Alone.DataDirectory!);
        exitCode.ShouldNotBe(0, "the old version cannot read it all, or nothing was tried");
        said.ShouldContain("which this version does not know");
    }

    [PostgresFact]
    public async Task Whoever_is_no_node_of_the_cluster_is_refused_its_database()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await StartAsync(database, 1);
        var stranger = nodes.Node(ScenarioHost.FreePort(), "another");
        foreach (var settings in new[] { stranger, nodes.Alone })
        {
            var (exitCode, said) = await HostProcess.RunToEndAsync(settings, "--data", settings.DataDirectory!, "--urls", "http://127.0.0.1:0");
            exitCode.ShouldBe(1, said);
            said.ShouldContain("Another ArCredit process");
        }
    }

    [PostgresFact]
    public async Task What_time_brings_is_recorded_once_by_whoever_is_left()
    {
        const int accounts = 6;
        const int each = 8;
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await StartAsync(database, 3);
        for (var i = 0; i < accounts; i++)
        {
            var (api, path) = (nodes.All[i % 3].Admin, $"/api/v1/accounts/L{i}");
            (await api.PutAsync(path, new { name = "Lapses", currency = "EUR", creditLimit = 1000 })).ShouldBe(201);
            await Task.WhenAll(Enumerable.Range(1, each).Select(async seconds => (await api.PostAsync(
                $"{path}/reservations", new { kind = "pos", amount = 1, currency = "EUR", expiresInSeconds = seconds })).ShouldBe(201)));
        }

        // Whichever node does the work: two of the three are killed while it is at it.
        await LapsedAsync(database, 1);
        var killed = Stopwatch.GetTimestamp();
        await nodes.All[0].KillAsync();
        await LapsedAsync(database, accounts * each / 3);
        await nodes.All[1].KillAsync();
        await LapsedAsync(database, accounts * each);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all recorded {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s after the first was killed"));
        for (var i = 0; i < accounts; i++)
        {
            (await nodes.All[2].Admin.GetAsync($"/api/v1/accounts/L{i}")).ShouldBe(200)["exposure"].GetProperty("total").GetDecimal().ShouldBe(0m);
        }

        await VerifyAsync(nodes);
    }

    /// <summary>Returns once so many lapses are in the journal.</summary>
    private static async Task LapsedAsync(TestDatabase database, int atLeast)
    {
        await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString!);
        await using var command = source.CreateCommand("select count(*) from journal where type = 'reservation-lapsed'");
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await command.ExecuteScalarAsync() is long lapsed && lapsed < atLeast)
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience, $"{lapsed} of {atLeast} lapses recorded");
            await look.WaitForNextTickAsync();
        }
    }

    private async Task StopAsync(HostProcess node)
    {
        var began = Stopwatch.GetTimestamp();
        (await node.StopAsync()).ShouldBe(0, node.Output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
    }

    private static Task<NodeProcesses> StartAsync(TestDatabase database, int count) => NodeProcesses.StartAsync(AppSettings.On(database), count);

    // By a host that is no node: what a cluster leaves in a database is whole for everybody.
    private static async Task VerifyAsync(NodeProcesses nodes, string? hostPath = null)
    {
        var (exitCode, said) = await HostProcess.RunToEndAsync(nodes.Alone with { HostPath = hostPath }, "verify", "--data", nodes.Alone.DataDirectory!);
        exitCode.ShouldBe(0, said);
    }
}
