using System.Diagnostics;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ArCredit.Accounts.Orleans.Tests.Processes;

/// <summary>Silos as processes of their own that die, freeze and go under load: nothing acknowledged is lost, nothing is doubled.</summary>
public sealed class KilledNodeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [PostgresFact]
    public async Task A_node_that_is_killed_under_load_loses_and_doubles_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await StartAsync(database, 3);
        var tills = new Tills(nodes);
        await tills.OpenAsync();
        await tills.SellAsync(1500, Patience);

        var killed = Stopwatch.GetTimestamp();
        await nodes.All[1].KillAsync();
        await tills.SellAsync(1500, Patience);
        await tills.CloseAsync();

        var (answered, longest) = tills.After(killed);
        output.WriteLine($"{await tills.CheckAsync(nodes.All[0].Admin)}; every account answered again after {answered.TotalSeconds:0.0} s, longest answer {longest.TotalSeconds:0.0} s");
        tills.Unanswered.ShouldBeGreaterThan(0, "the kill met requests under way");
        await VerifyAsync(nodes);
    }

    [PostgresFact]
    public async Task A_node_that_freezes_until_it_is_declared_dead_and_wakes_up_acknowledges_nothing_that_is_not()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await StartAsync(database, 3);
        var tills = new Tills(nodes);
        await tills.OpenAsync();
        await tills.SellAsync(1000, Patience);

        var frozen = Stopwatch.GetTimestamp();
        await nodes.All[2].SignalAsync("STOP");
        await nodes.DeclaredDeadAsync(nodes.All[2], Patience);
        var declared = Stopwatch.GetElapsedTime(frozen);
        await tills.SellAsync(1000, Patience);
        await nodes.All[2].SignalAsync("CONT");
        await tills.SellAsync(500, Patience);
        await tills.CloseAsync();

        output.WriteLine($"{await tills.CheckAsync(nodes.All[0].Admin)}; declared dead after {declared.TotalSeconds:0.0} s");
        using var patience = new CancellationTokenSource(Patience);
        await nodes.All[2].EndsAsync(patience.Token);
        await VerifyAsync(nodes);
    }

    [PostgresFact]
    public async Task Nodes_that_are_replaced_one_by_one_under_load_lose_nothing()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await StartAsync(database, 2);
        var tills = new Tills(nodes);
        await tills.OpenAsync();
        for (var old = 0; old < 2; old++)
        {
            await tills.SellAsync(500, Patience);
            await nodes.StartAsync();
            await tills.SellAsync(500, Patience);
            (await nodes.All[old].StopAsync()).ShouldBe(0, nodes.All[old].Output);
        }

        await tills.SellAsync(500, Patience);
        await tills.CloseAsync();

        output.WriteLine(await tills.CheckAsync(nodes.All[^1].Admin));
        await VerifyAsync(nodes);
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

    private static async Task<NodeProcesses> StartAsync(TestDatabase database, int count)
    {
        var nodes = new NodeProcesses(AppSettings.On(database));
        for (var i = 0; i < count; i++)
        {
            await nodes.StartAsync();
        }

        return nodes;
    }

    // By a host that is no node: what a cluster leaves in a database is whole for everybody.
    private static async Task VerifyAsync(NodeProcesses nodes)
    {
        var (exitCode, said) = await HostProcess.RunToEndAsync(nodes.Alone, "verify", "--data", nodes.Alone.DataDirectory!);
        exitCode.ShouldBe(0, said);
    }
}
