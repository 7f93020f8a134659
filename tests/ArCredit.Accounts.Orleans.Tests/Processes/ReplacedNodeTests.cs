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
    private const string Lapsed = "select count(*) from journal where type = 'reservation-lapsed'";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Some two hundred customers a second: who starts on two cores beside three nodes at their limit takes a minute.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    // Another node notices within eight seconds, looks every two, and this machine does other things too.
    private static readonly TimeSpan TakenOver = TimeSpan.FromSeconds(15);

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
    public async Task What_time_brings_is_recorded_once_and_in_time_by_whoever_is_left()
    {
        const int accounts = 6;
        const int each = 14;
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await StartAsync(database, 3);
        for (var i = 0; i < accounts; i++)
        {
            var (api, path) = (nodes.All[i % 3].Admin, $"/api/v1/accounts/L{i}");
            (await api.PutAsync(path, new { name = "Lapses", currency = "EUR", creditLimit = 1000 })).ShouldBe(201);
            await Task.WhenAll(Enumerable.Range(1, each).Select(async number => (await api.PostAsync(
                $"{path}/reservations", new { kind = "pos", amount = 1, currency = "EUR", expiresInSeconds = 2 * number })).ShouldBe(201)));
        }

        // Nobody asks for the accounts; twice the node that is about to look after them dies, the second time a while after the first.
        await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString!);
        await LapsedAsync(source, 1);
        await KillWorkerAsync(source, nodes);
        await LapsedAsync(source, accounts * each / 2);
        await KillWorkerAsync(source, nodes);
        await LapsedAsync(source, accounts * each);

        var late = await ReadAsync<TimeSpan>(
            source, "select max(recorded_at - (convert_from(payload, 'UTF8')::jsonb #>> '{reservation,expiresAt}')::timestamptz) from journal where type = 'reservation-lapsed'");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the latest was recorded {late.TotalSeconds:0.0} s after its time"));
        late.ShouldBeLessThan(TakenOver);
        var left = nodes.All.Single(node => !node.HasExited);
        for (var i = 0; i < accounts; i++)
        {
            (await left.Admin.GetAsync($"/api/v1/accounts/L{i}")).ShouldBe(200)["exposure"].GetProperty("total").GetDecimal().ShouldBe(0m);
        }

        (await ReadAsync<long>(source, Lapsed)).ShouldBe(accounts * each);
        await VerifyAsync(nodes);
    }

    /// <summary>Kills the node that has taken the next look at what is due for itself.</summary>
    private static async Task KillWorkerAsync(NpgsqlDataSource source, NodeProcesses nodes)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var instance = await ReadAsync<string?>(source, "select max(instance_name) from qrtz_fired_triggers where trigger_name = 'lapse-sweep'");
            if (nodes.All.SingleOrDefault(node => !node.HasExited && instance?.Contains($"-{node.Id}-", StringComparison.Ordinal) == true) is { } worker)
            {
                await worker.KillAsync();
                return;
            }

            await look.WaitForNextTickAsync(patience.Token);
        }
    }

    /// <summary>Returns once so many lapses are in the journal.</summary>
    private static async Task LapsedAsync(NpgsqlDataSource source, int atLeast)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await ReadAsync<long>(source, Lapsed) is var lapsed && lapsed < atLeast)
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience, $"{lapsed} of {atLeast} lapses recorded");
            await look.WaitForNextTickAsync();
        }
    }

    private static async Task<T> ReadAsync<T>(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T value ? value : default!;
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
