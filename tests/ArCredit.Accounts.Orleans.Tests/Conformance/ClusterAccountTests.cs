using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Orleans.Tests.Wire;
using ArCredit.Accounts.Orleans.Wire;
using ArCredit.Accounts.Tests;
using ArCredit.Accounts.Tests.Actors;
using Orleans.Storage;
using Shouldly;
using Xunit;
using static ArCredit.Accounts.Tests.Actors.ActorRig;

namespace ArCredit.Accounts.Orleans.Tests.Conformance;

/// <summary>What only a cluster does: two activations, silos that go, questions that are asked again.</summary>
public sealed class ClusterAccountTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Any_silo_answers_for_an_account_that_lives_on_another()
    {
        await using var cluster = await ClusterRig.StartAsync(100);

        var first = (Answer.Done)await cluster.AskAway(Reserve(60, "a"), "k");
        var again = (Answer.Done)await cluster.AskAtHome(Reserve(60, "a"), "k");
        var refused = (Answer.Done)await cluster.AskAway(Reserve(60));

        (again.Repeat, again.Version).ShouldBe((Repeat.Key, first.Version));
        refused.Events[^1].ShouldBeOfType<CreditRefused>().Decision.Outcome.ShouldBe(DecisionOutcome.Declined);
        (await cluster.ReadAway())!.Exposure.Reservations.ShouldBe(6000);
    }

    [Fact]
    public async Task Every_command_is_answered_from_silo_to_silo_as_in_one_process()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        var alone = new ActorRig();
        await alone.Open(100);
        var answers = new HashSet<string>();
        foreach (var command in WireTests.Commands())
        {
            var answer = Outline(await cluster.AskAway(command));

            answer.ShouldBe(Outline(await alone.Ask(command)), command.ToString());
            answers.Add(answer.Split(' ')[0]);
        }

        answers.Count.ShouldBeGreaterThan(2);
        Written.Of((await cluster.ReadAway())!.Exposure).ShouldBe(Written.Of((await alone.Actor.ReadAsync(CancellationToken.None))!.Exposure));
    }

    [Fact]
    public async Task An_activation_that_is_fenced_goes_and_the_next_decides_on_what_the_other_wrote()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        await new ActorRig(journal: cluster.Journal).Ask(Reserve(60));

        var options = new AskOptions("test", new CommandKey("r", "k"));
        await Should.ThrowAsync<InconsistentStateException>(cluster.Grain.AskAsync(new AccountQuestion(Reserve(60), options, Patience), CancellationToken.None));
        cluster.Journal.RowsOf("C1").Count.ShouldBe(2, "nothing was decided");

        var answer = (await cluster.Grain.AskAsync(new AccountQuestion(Reserve(60), options, Patience), CancellationToken.None)).ToAnswer();
        ((Answer.Done)answer).Events[^1].ShouldBeOfType<CreditRefused>();
        cluster.Journal.RowsOf("C1").Select(row => row.Version).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Who_asks_a_fenced_activation_hears_only_of_the_answer()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        await new ActorRig(journal: cluster.Journal).Ask(Reserve(60));

        ((Answer.Done)await cluster.AskAway(Reserve(60))).Events[^1].ShouldBeOfType<CreditRefused>();
        ((Answer.Done)await cluster.AskAtHome(Reserve(40))).Events[^1].ShouldBeOfType<CreditReserved>();
    }

    [Fact]
    public async Task What_another_activation_acknowledged_a_moment_ago_is_seen_by_reads_and_checks()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        await new ActorRig(journal: cluster.Journal).Ask(Reserve(60));
        (await cluster.ReadAway())!.Exposure.Reservations.ShouldBe(6000);

        await new ActorRig(journal: cluster.Journal).Ask(Reserve(40));
        ((Answer.Checked)await cluster.AskAway(Check(1))).Decision.Outcome.ShouldBe(DecisionOutcome.Declined);
    }

    [Fact]
    public async Task A_silo_that_stops_waits_for_what_is_under_way()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        cluster.Journal.CommitsAtOnce = false;
        var asked = cluster.AskAway(Reserve(60, "a"));
        await Until(() => cluster.Journal.Pending == 1);

        var stopping = cluster.Cluster.StopSiloAsync(cluster.Home);
        cluster.Journal.CommitsAtOnce = true;
        cluster.Journal.Flush();

        ((Answer.Done)await asked.WaitAsync(Patience)).Find<CreditReserved>().ShouldNotBeNull();
        await stopping.WaitAsync(Patience);
        (await cluster.ReadAway())!.Exposure.Reservations.ShouldBe(6000);
        cluster.Journal.RowsOf("C1").Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_was_under_way_on_a_silo_that_died_is_asked_again_and_has_one_effect()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        cluster.Journal.CommitsAtOnce = false;
        var asked = cluster.AskAway(Reserve(60), "k");
        await Until(() => cluster.Journal.Pending == 1);

        // Its append is on its way to the disk and arrives.
        await cluster.Cluster.KillSiloAsync(cluster.Home);
        cluster.Journal.CommitsAtOnce = true;
        cluster.Journal.Flush();

        ((Answer.Done)await asked.WaitAsync(Patience)).Find<CreditReserved>().ShouldNotBeNull();
        (await cluster.ReadAway())!.Exposure.Reservations.ShouldBe(6000);
        cluster.Journal.RowsOf("C1").Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_cannot_be_recognised_is_not_asked_twice()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        cluster.Journal.CommitsAtOnce = false;
        var asked = cluster.AskAway(new SetBlock("fraud", true, new FreeText("why")));
        await Until(() => cluster.Journal.Pending == 1);

        await cluster.Cluster.KillSiloAsync(cluster.Home);

        await Should.ThrowAsync<OutcomeUnknownException>(asked.WaitAsync(Patience));
        cluster.Journal.Flush();
        cluster.Journal.RowsOf("C1").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_database_that_is_away_is_told_as_such_from_silo_to_silo()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        await cluster.Cluster.KillSiloAsync(cluster.Home);
        cluster.Journal.Outage = new TimeoutException("The database is away.");

        await Should.ThrowAsync<AccountUnavailableException>(cluster.AskAway(Check(1)).WaitAsync(Patience));

        cluster.Journal.Outage = null;
        (await cluster.AskAway(Check(1))).ShouldBeOfType<Answer.Checked>();
    }

    [Fact]
    public async Task Who_hangs_up_stops_waiting_and_what_was_sent_stands()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        cluster.Journal.CommitsAtOnce = false;
        using var caller = new CancellationTokenSource();
        var asked = cluster.AskAway(Reserve(60), "k", caller.Token);
        await Until(() => cluster.Journal.Pending == 1);

        await caller.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asked.WaitAsync(Patience));

        cluster.Journal.CommitsAtOnce = true;
        cluster.Journal.Flush();
        ((Answer.Done)await cluster.AskAway(Reserve(60), "k")).Repeat.ShouldBe(Repeat.Key);
    }

    [Fact]
    public async Task The_accounts_deadline_holds_from_silo_to_silo()
    {
        await using var cluster = await ClusterRig.StartAsync(100);
        cluster.Journal.CommitsAtOnce = false;
        var asked = cluster.AskAway(Reserve(60), "k");
        await Until(() => cluster.Journal.Pending == 1);

        cluster.Rig.Technical.Pass(TimeSpan.FromSeconds(11));

        await Should.ThrowAsync<OutcomeUnknownException>(asked.WaitAsync(TimeSpan.FromSeconds(5)));
        await Should.ThrowAsync<AccountBusyException>(cluster.AskAway(Reserve(1)).WaitAsync(Patience));
        cluster.Journal.Flush();
    }

    // What is left of an answer without the ids that each account makes for itself.
    private static string Outline(Answer answer) => answer switch
    {
        Answer.Done done => $"done {done.Version} {done.Repeat} {string.Join(", ", done.Events.Select(each => each.GetType().Name))}",
        Answer.Refused refused => $"refused {refused.Code}",
        Answer.Checked check => $"checked {check.Decision.Outcome}",
        _ => answer.GetType().Name,
    };

    private static async Task Until(Func<bool> reached)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        using var patience = new CancellationTokenSource(Patience);
        while (!reached())
        {
            await look.WaitForNextTickAsync(patience.Token);
        }
    }
}
