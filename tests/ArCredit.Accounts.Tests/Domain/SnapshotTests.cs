using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>What wakes up decides like what fell asleep.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void An_account_that_woke_up_decides_to_the_byte_like_one_that_stayed_awake()
    {
        var (awake, asleep) = (Busy(), Busy());
        for (var day = 0; day < 40; day += 4)
        {
            asleep.Sleep(allPages: day % 12 == 0);
            foreach (var amount in new[] { 0m, 0.01m, 35, 400, 1_000 })
            {
                ReplayTests.Bytes(asleep.Check(amount)).ShouldBe(ReplayTests.Bytes(awake.Check(amount)), $"{amount} on day {day}");
            }

            foreach (var story in new[] { awake, asleep })
            {
                story.Pay($"P-{day}", 31);
                story.Reserve($"R-{day}", 12, expiresInSeconds: 100_000);
                story.AfterDays(4);
            }
        }

        asleep.Journal.Events.Count.ShouldBe(awake.Journal.Events.Count);
        Comparable(asleep.View).ShouldBe(Comparable(awake.View));
        Comparable(asleep.Replayed().View(asleep.Context())).ShouldBe(Comparable(asleep.View));
    }

    [Fact]
    public void Only_pages_that_changed_are_taken_again()
    {
        var story = Large();
        story.Account.TakeSnapshot(allPages: false).Pages.Keys.Order().ShouldBe([0, 1, 2]);
        story.Account.TakeSnapshot(allPages: false).Pages.ShouldBeEmpty();
        story.Account.TakeSnapshot(allPages: true).Pages.Count.ShouldBe(3);

        story.Reserve("R-1", 1);
        story.Account.TakeSnapshot(allPages: false).Pages.ShouldBeEmpty();
        story.Pay("P-1", 1, allocations: [("I-0700", null, 1m)]);
        story.Account.TakeSnapshot(allPages: false).Pages.Keys.ShouldBe([1]);
        story.Pay("P-2", 5, allocations: []);
        story.Account.TakeSnapshot(allPages: false).Pages.Keys.ShouldBe([2]);
    }

    [Fact]
    public void A_page_that_became_empty_is_taken_as_gone()
    {
        var story = Large();
        story.Sleep(allPages: true);
        foreach (var number in Enumerable.Range(0, 500))
        {
            story.Pay($"P-{number}", 10, allocations: [($"I-{number:0000}", null, 10m)]);
        }

        var (_, pages) = story.Account.TakeSnapshot(allPages: false);
        pages.Keys.ShouldBe([0]);
        pages[0].ShouldBeNull();
    }

    [Fact]
    public void A_large_account_wakes_up_from_old_and_new_pages()
    {
        var story = Large();
        story.Sleep();
        story.Pay("P-1", 4, allocations: [("I-0003", null, 4m)]);
        story.Sleep();
        story.CreditNote("C-1", 7, invoice: "I-1100");
        story.Invoice("I-9999", 3);
        story.Sleep();
        story.Owed.ShouldBe(12_000 - 4 - 7 + 3);
        story.View.Balance.ShouldBe(story.Replayed().View(story.Context()).Balance);
        story.Pay("P-2", 6, allocations: [("I-0003", null, 6m)]).ShouldAppend<PaymentReceived>();
        story.Pay("P-3", 4, allocations: [("I-1100", null, 3.01m)]).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
    }

    [Fact]
    public void Pages_of_another_moment_are_refused()
    {
        var story = Large();
        var (_, old) = story.Account.TakeSnapshot(allPages: true);
        story.Pay("P-1", 4);
        var (head, _) = story.Account.TakeSnapshot(allPages: true);
        Should.Throw<InvariantException>(() => Account.Restore(story.Account.Id, head, old.Select(page => (page.Key, page.Value!))));
    }

    [Fact]
    public void Closed_blocked_uncleared_and_master_data_wake_up_too()
    {
        var story = new AccountBuilder().WithLimit(100).WithTemporaryLimit(50, "2026-03-01", "2026-03-31").WithLimitExpiringOn("2026-12-31")
            .WithBuyer("aysel", 10).AskingForReference().Open();
        story.Block("late");
        story.Put(closed: true);
        story.Pay("P-1", 5, clearsOn: "2026-03-09", allocations: []);
        var before = Comparable(story.View);
        Comparable(story.Sleep().View).ShouldBe(before);
        story.On("2026-03-10T00:00:00Z").RunDue().ShouldHaveSingleItem().ShouldBeOfType<MoneyCleared>();
    }

    /// <summary>As text: records compare lists by reference. Ids of texts are random.</summary>
    private static string Comparable(AccountView view) => JsonSerializer.Serialize(view with { Details = null! }, EventCodec.Options);

    private static AccountStory Busy()
    {
        var story = new AccountBuilder().WithLimit(1_000).WithRate("USD", "EUR", "2026-03-01", 0.77m).WithPolicy(new CreditPolicy
        {
            TolerancePercent = 3, OverdueDays = new(9, 20, RuleAction.Refer), OverdueAmount = new(150, 10, RuleAction.Decline),
            NearLimit = new(3, 40, RuleAction.Warn),
        }).Open();
        story.Invoice("I-1", 90, due: "2026-03-04", instalments: [("2026-03-04", 30), ("2026-03-20", 60)]);
        story.Invoice("I-2", 120, of: "USD", due: "2026-03-08");
        story.Invoice("I-3", 55.55m, due: "2026-03-15");
        story.Pay("P-x", 70);
        story.Reverse("P-x", ReversalReason.Bounced);
        story.Pay("P-y", 20, of: "USD", clearsOn: "2026-03-11");
        story.CreditNote("C-1", 3);
        story.Reserve("R-x", 80, of: "USD");
        story.Deliver("R-x");
        story.Reserve("R-y", 15, kind: ReservationKind.Pos);
        return story;
    }

    private static AccountStory Large()
    {
        var story = new AccountBuilder().WithLimit(20_000).Open();
        foreach (var number in Enumerable.Range(0, 1_200))
        {
            story.Invoice($"I-{number:0000}", 10);
        }

        return story;
    }
}
