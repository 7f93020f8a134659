using System.Reflection;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Orleans.Grains;
using ArCredit.Accounts.Orleans.Wire;
using ArCredit.Accounts.Tests.Actors;
using ArCredit.Platform.Data;
using Orleans.Runtime;
using Orleans.Storage;
using Shouldly;
using Xunit;
using static ArCredit.Accounts.Tests.Actors.ActorRig;

namespace ArCredit.Accounts.Orleans.Tests.Grains;

/// <summary>What a caller hears when a node went under its question and the next one says that it did nothing.</summary>
public sealed class AskedAgainTests
{
    private static readonly AccountReply Busy = AccountReply.Of(new AccountBusyException("full"));
    private static readonly AccountReply Away = AccountReply.Of(new AccountUnavailableException(new IOException("away")));
    private static readonly AccountReply Done = AccountReply.Of(new Answer.Done([], 7, Repeat.Key));

    [Fact]
    public async Task After_a_lost_question_the_account_is_asked_until_it_knows()
    {
        var grain = new Script(null, Busy, Away, Done);

        (await AskAsync(grain, Reserve(60, "a"))).ShouldBeOfType<Answer.Done>().Version.ShouldBe(7);
        grain.Asked.ShouldBe(4);
    }

    [Fact]
    public async Task After_a_lost_question_nobody_says_that_nothing_was_done()
    {
        await Should.ThrowAsync<OutcomeUnknownException>(AskAsync(new Script(null, Busy), Reserve(60, "a")));
        await Should.ThrowAsync<OutcomeUnknownException>(AskAsync(new Script(null, Away), Reserve(60, "a")));
    }

    [Fact]
    public async Task A_question_whose_account_was_being_looked_for_at_a_node_that_went_is_asked_again()
    {
        var grain = new Script(null, Done) { Gone = new TaskCanceledException("The node's part of the directory is closed.") };

        (await AskAsync(grain, Reserve(60, "a"))).ShouldBeOfType<Answer.Done>().Version.ShouldBe(7);
        grain.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task What_was_not_lost_or_changes_nothing_is_answered_as_the_account_says()
    {
        await Should.ThrowAsync<AccountBusyException>(AskAsync(new Script(Busy), Reserve(60, "a")));
        await Should.ThrowAsync<AccountUnavailableException>(AskAsync(new Script(null, Away), Check(60)));
        await Should.ThrowAsync<AccountBusyException>(AskAsync(new Script(null, Busy), Check(60)));
        await Should.ThrowAsync<AccountBusyException>(AskAsync(new Script((AccountReply?)null), Check(60)));
    }

    [Fact]
    public async Task An_account_that_no_node_can_read_is_said_to_be_of_a_newer_version()
    {
        var unreadable = new InconsistentStateException("Event x has schema 2.", AccountGrain.NewerVersion, string.Empty);

        (await Should.ThrowAsync<NewerSchemaException>(AskAsync(new Script((AccountReply?)null) { Gone = unreadable }, Reserve(60, "a")))).Message.ShouldBe(unreadable.Message);
        await Should.ThrowAsync<AccountBusyException>(AskAsync(new Script((AccountReply?)null) { Gone = new InconsistentStateException("fenced") }, Reserve(60, "a")));
        (await AskAsync(new Script(null, Done) { Gone = unreadable }, Reserve(60, "a"))).ShouldBeOfType<Answer.Done>();
    }

    private static Task<Answer> AskAsync(Script grain, AccountCommand command)
    {
        var grains = DispatchProxy.Create<IGrainFactory, AnsweringProxy>();
        ((AnsweringProxy)(object)grains).Answer = () =>
        {
            var proxy = DispatchProxy.Create<IAccountGrain, AnsweringProxy>();
            ((AnsweringProxy)(object)proxy).Answer = () => grain.NextAsync();
            return proxy;
        };
        return new GrainAccounts(grains, new ActorRig().Services, new FastClock()).AskAsync(Id, command, new AskOptions("test"), CancellationToken.None);
    }

    /// <summary>Replies in their order, the last for ever; null is a node that goes under the question.</summary>
    private sealed class Script(params AccountReply?[] replies)
    {
        public int Asked { get; private set; }

        public Exception Gone { get; init; } = new SiloUnavailableException("gone");

        public Task<AccountReply> NextAsync() => replies[Math.Min(Asked++, replies.Length - 1)] is { } reply
            ? Task.FromResult(reply)
            : Task.FromException<AccountReply>(Gone);
    }

    /// <summary>Every look at it takes a second, so that deadlines come soon.</summary>
    private sealed class FastClock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => now++;
    }
}
