using System.Diagnostics;
using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ArCredit.Accounts.Orleans.Tests.Processes;

/// <summary>
/// How long callers notice that a node goes: those of accounts on living nodes hardly, those of its own accounts until they are
/// awake elsewhere. Load is paced, so that what is measured is the going and not a machine that is full; and commits without any
/// node are timed beside it, so that a disk that stands still for a second is not taken for the cluster.
/// </summary>
[Collection("cluster processes")]
public sealed class DyingNodeTests(ITestOutputHelper output)
{
    private const double UsualFactor = 2;
    private const double FullSpeed = 0.8;

    // What others do on the machine meanwhile; a quiet one shows less than half of it.
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BackAfterKill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BackAfterStop = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    [PostgresFact]
    public Task A_killed_node_is_noticed_by_its_own_accounts_only_and_for_ten_seconds_at_most() =>
        GoAsync(BackAfterKill, node => node.KillAsync());

    [PostgresFact]
    public Task A_node_that_is_stopped_is_noticed_by_its_own_accounts_only_and_for_five_seconds_at_most() =>
        GoAsync(BackAfterStop, async node => (await node.StopAsync()).ShouldBe(0, node.Output));

    private async Task GoAsync(TimeSpan back, Func<HostProcess, Task> go)
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        var settings = AppSettings.On(database);
        await using var nodes = new NodeProcesses(settings with
        {
            More = new Dictionary<string, string?> { ["Serilog:MinimumLevel:Override:ArCredit.Accounts.Orleans"] = "Debug" },
        });
        for (var i = 0; i < 3; i++)
        {
            await nodes.StartAsync();
        }

        await using var bare = await BareCommits.StartAsync(settings.ConnectionString!);
        var tills = new Tills(nodes) { Patience = Deadline + Deadline, Pause = TimeSpan.FromMilliseconds(100) };
        await tills.OpenAsync();
        var began = Stopwatch.GetTimestamp();
        await tills.SellUntilAsync(began, WarmUp + Look);
        var usual = tills.Between(began, WarmUp, WarmUp + Look);

        // Orleans places accounts as it sees fit: the node to go has some of them, and not all.
        var victim = nodes.All.MinBy(node => Math.Abs(Tills.AwakeOn(node).Count - (Tills.Accounts / nodes.All.Count)))!;
        var own = Tills.AwakeOn(victim);
        own.Count.ShouldBeInRange(1, Tills.Accounts - 1, "accounts that live on the node");
        var gone = Stopwatch.GetTimestamp();
        var going = go(victim);
        await tills.SellUntilAsync(gone, back + Look);
        await going;
        await tills.CloseAsync();

        var others = tills.Between(gone, TimeSpan.Zero, back, account => !own.Contains(account));
        var after = tills.Between(gone, back, back + Look);
        var (answered, longest) = tills.After(gone);
        var (pauseThen, pauseAfter) = (bare.Longest(gone, TimeSpan.Zero, back), bare.Longest(gone, back, back + Look));
        var expectedAfter = usual.PerSecond * FullSpeed * ((Look - pauseAfter) / Look);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"usual p99 {usual.P99Milliseconds:0} ms at {usual.PerSecond:0}/s; accounts on living nodes p99 {others.P99Milliseconds:0} ms, longest bare commit meanwhile {pauseThen.TotalMilliseconds:0} ms; {own.Count} accounts of the dead: all answered after {answered.TotalSeconds:0.0} s, longest answer {longest.TotalSeconds:0.0} s; afterwards p99 {after.P99Milliseconds:0} ms at {after.PerSecond:0}/s, longest bare commit {pauseAfter.TotalMilliseconds:0} ms"));
        output.WriteLine(await tills.CheckAsync(nodes.All.First(node => node != victim).Admin));
        others.P99Milliseconds.ShouldBeLessThan((usual.P99Milliseconds * UsualFactor) + (pauseThen + Noise).TotalMilliseconds);
        longest.ShouldBeLessThan(Deadline + TimeSpan.FromSeconds(1), "a deadline is a deadline");
        answered.ShouldBeLessThan(back);
        after.PerSecond.ShouldBeGreaterThan(expectedAfter);
        after.P99Milliseconds.ShouldBeLessThan((usual.P99Milliseconds * UsualFactor) + (pauseAfter + Noise).TotalMilliseconds);
    }
}
