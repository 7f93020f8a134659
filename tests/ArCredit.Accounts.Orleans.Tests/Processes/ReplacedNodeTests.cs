using System.Diagnostics;
using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
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

    private async Task StopAsync(HostProcess node)
    {
        var began = Stopwatch.GetTimestamp();
        (await node.StopAsync()).ShouldBe(0, node.Output);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"stopped in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
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
    private static async Task VerifyAsync(NodeProcesses nodes, string? hostPath = null)
    {
        var (exitCode, said) = await HostProcess.RunToEndAsync(nodes.Alone with { HostPath = hostPath }, "verify", "--data", nodes.Alone.DataDirectory!);
        exitCode.ShouldBe(0, said);
    }
}
