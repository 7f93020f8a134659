using System.Net.Sockets;
using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
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
    public async Task An_account_that_cannot_be_read_is_busy_and_answers_once_it_can(Exception outage)
    {
        var rig = new ActorRig();
        await rig.Open(100);
        using var accounts = new InProcessAccounts(rig.Services);
        var options = new AskOptions("test");
        rig.Journal.Outage = outage;

        await Should.ThrowAsync<AccountBusyException>(() => accounts.AskAsync(ActorRig.Id, ActorRig.Check(10), options, CancellationToken.None));
        await Should.ThrowAsync<AccountBusyException>(() => accounts.ReadAsync(ActorRig.Id, CancellationToken.None));

        rig.Journal.Outage = null;
        (await accounts.AskAsync(ActorRig.Id, ActorRig.Check(10), options, CancellationToken.None)).ShouldBeOfType<Answer.Checked>();
    }

    [Fact]
    public async Task A_fault_of_our_own_is_not_called_an_outage()
    {
        var rig = new ActorRig();
        using var accounts = new InProcessAccounts(rig.Services);
        rig.Journal.Outage = new InvalidOperationException("ours");

        await Should.ThrowAsync<InvalidOperationException>(() => accounts.ReadAsync(ActorRig.Id, CancellationToken.None));
    }
}
