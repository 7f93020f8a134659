using ArCredit.Accounts.Features.Import;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Import;

public sealed class AccountTurnsTests
{
    private static readonly AccountId One = AccountId.Parse("1");
    private static readonly AccountId Two = AccountId.Parse("2");

    private readonly AccountTurns turns = new();
    private readonly List<string> started = [];
    private readonly Dictionary<string, TaskCompletionSource> ends = [];

    [Fact]
    public void Accounts_do_not_wait_for_each_other()
    {
        Start("a", One);
        Start("b", Two);
        started.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void The_first_line_of_an_account_goes_alone_and_then_different_documents_go_together()
    {
        Start("a", One, "x");
        Start("b", One, "y");
        Start("c", One, "z");
        started.ShouldBe(["a"]);
        ends["a"].SetResult();
        started.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void Lines_of_the_same_document_go_one_after_the_other()
    {
        Start("a", One, "x");
        Start("b", One, "y");
        Start("c", One, "y");
        ends["a"].SetResult();
        started.ShouldBe(["a", "b"]);
        ends["b"].SetResult();
        started.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void A_line_that_names_no_document_waits_for_all_and_all_wait_for_it()
    {
        Start("a", One, "x");
        Start("b", One, "y");
        Start("c", One);
        Start("d", One, "z");
        ends["a"].SetResult();
        started.ShouldBe(["a", "b"]);
        ends["b"].SetResult();
        started.ShouldBe(["a", "b", "c"]);
        ends["c"].SetResult();
        started.ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public void A_line_that_names_a_document_twice_does_not_wait_for_itself()
    {
        Start("a", One, "x");
        Start("b", One, "y", "y", "x", "x");
        ends["a"].SetResult();
        started.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_line_that_fails_lets_the_next_one_go()
    {
        var first = turns.RunAsync<int>(One, ["x"], () => throw new InvalidOperationException("no"));
        await Should.ThrowAsync<InvalidOperationException>(() => first);
        (await turns.RunAsync(One, ["x"], () => Task.FromResult(1))).ShouldBe(1);
    }

    private void Start(string name, AccountId account, params string[] documents)
    {
        ends[name] = new TaskCompletionSource();
        _ = turns.RunAsync(account, documents, async () =>
        {
            started.Add(name);
            await ends[name].Task;
            return name;
        });
    }
}
