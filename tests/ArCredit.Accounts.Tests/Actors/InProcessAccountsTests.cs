using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Actors;

public sealed class InProcessAccountsTests
{
    public static TheoryData<Exception> Outages =>
        [new NpgsqlException("cut"), new TimeoutException("late"), new IOException("broken pipe"), new SocketException(111)];

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task An_account_that_cannot_be_read_is_unavailable_and_answers_once_it_can(Exception outage)
    {
        var rig = new ActorRig();
        await rig.Open(100);
        using var accounts = new InProcessAccounts(rig.Services);
        var options = new AskOptions("test");
        rig.Journal.Outage = outage;

        await Should.ThrowAsync<AccountUnavailableException>(() => accounts.AskAsync(ActorRig.Id, ActorRig.Check(10), options, CancellationToken.None));
        await Should.ThrowAsync<AccountUnavailableException>(() => accounts.ReadAsync(ActorRig.Id, CancellationToken.None));

        rig.Journal.Outage = null;
        (await accounts.AskAsync(ActorRig.Id, ActorRig.Check(10), options, CancellationToken.None)).ShouldBeOfType<Answer.Checked>();
    }

    [Fact]
    public async Task Every_decision_is_counted_once_also_that_of_an_enforced_invoice_paid_in_part()
    {
        var rig = new ActorRig();
        await rig.Open(100);
        var counted = new ConcurrentQueue<string?>();
        using var listener = new MeterListener();
        var (thread, isOurs) = (Environment.CurrentManagedThreadId, false);
        listener.InstrumentPublished = (instrument, self) =>
        {
            // Other tests' accounts have a counter of the same name; ours is published while this thread makes it.
            if (isOurs && thread == Environment.CurrentManagedThreadId && instrument.Name == "arcredit.decisions")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.Enqueue((string?)tags[0].Value));
        listener.Start();
        isOurs = true;
        using var accounts = new InProcessAccounts(rig.Services);
        isOurs = false;

        Task AskAsync(AccountCommand command) =>
            accounts.AskAsync(ActorRig.Id, command, new AskOptions("test", new CommandKey("r", $"{command.GetType().Name} {counted.Count}")), CancellationToken.None);

        PostInvoice Invoice(string number, decimal amount, decimal paid, bool enforce) => new(
            ActorRig.Euro(amount),
            new InvoiceFacts(DocumentNumber.Parse(number), new DateOnly(2026, 1, 1), null, null, null, null, [], null, null), [],
            paid == 0 ? null : new Payment(ActorRig.Euro(paid), PaymentMethod.Card), enforce);

        await AskAsync(Invoice("I-1", 50, 20, enforce: true));
        counted.ShouldBe(["approved"]);
        await AskAsync(Invoice("I-2", 71, 0, enforce: true));
        counted.ShouldBe(["approved", "declined"]);
        await AskAsync(Invoice("I-3", 1, 0, enforce: false));
        await AskAsync(ActorRig.Reserve(1, "R-1"));
        await AskAsync(ActorRig.Release("R-1"));
        counted.ShouldBe(["approved", "declined", "approved"]);
    }

    [Fact]
    public async Task A_fault_of_our_own_is_not_called_an_outage()
    {
        var rig = new ActorRig();
        using var accounts = new InProcessAccounts(rig.Services);
        rig.Journal.Outage = new InvalidOperationException("ours");

        await Should.ThrowAsync<InvalidOperationException>(() => accounts.ReadAsync(ActorRig.Id, CancellationToken.None));
    }

    [Fact]
    public async Task An_account_that_nobody_asked_for_two_rounds_dozes_and_answers_as_before_without_the_database()
    {
        var rig = new ActorRig();
        await rig.Open(100);
        using var accounts = new InProcessAccounts(rig.Services);
        var options = new AskOptions("test");
        await accounts.AskAsync(ActorRig.Id, ActorRig.Reserve(60, "R1"), options, CancellationToken.None);
        var before = await accounts.ReadAsync(ActorRig.Id, CancellationToken.None);
        var loads = rig.Journal.Loads;

        accounts.Doze();
        accounts.Doze();
        (await accounts.ReadAsync(ActorRig.Id, CancellationToken.None)).ShouldBeEquivalentTo(before);

        accounts.Doze();
        accounts.Doze();
        var declined = await accounts.AskAsync(ActorRig.Id, ActorRig.Reserve(41, "R2"), options, CancellationToken.None);
        declined.ShouldBeOfType<Answer.Done>().Events.ShouldHaveSingleItem().ShouldBeOfType<CreditRefused>();
        var approved = await accounts.AskAsync(ActorRig.Id, ActorRig.Reserve(40, "R3"), options, CancellationToken.None);
        approved.ShouldBeOfType<Answer.Done>().Events.ShouldHaveSingleItem().ShouldBeOfType<CreditReserved>();
        rig.Journal.Loads.ShouldBe(loads);
    }

    [Fact]
    public async Task An_account_whose_append_is_under_way_does_not_doze()
    {
        var rig = new ActorRig();
        await rig.Open(100);
        using var accounts = new InProcessAccounts(rig.Services);
        await accounts.ReadAsync(ActorRig.Id, CancellationToken.None);
        rig.Journal.CommitsAtOnce = false;
        var asked = accounts.AskAsync(ActorRig.Id, ActorRig.Reserve(60, "R1"), new AskOptions("test"), CancellationToken.None);
        accounts.Doze();
        accounts.Doze();

        rig.Journal.Flush();
        (await asked).ShouldBeOfType<Answer.Done>().Events.ShouldHaveSingleItem().ShouldBeOfType<CreditReserved>();
        (await accounts.ReadAsync(ActorRig.Id, CancellationToken.None))!.Exposure.Total.ShouldBe(6000);
    }

    [Fact]
    public async Task A_check_that_cannot_be_recorded_is_not_answered()
    {
        var rig = new ActorRig();
        await rig.Open(100);
        rig.Checks.IsFull = true;
        await Should.ThrowAsync<AccountBusyException>(() => rig.Ask(ActorRig.Check(10)));

        rig.Checks.IsFull = false;
        (await rig.Ask(ActorRig.Check(10))).ShouldBeOfType<Answer.Checked>();
        rig.Checks.Recorded.Count.ShouldBe(1);
    }
}
