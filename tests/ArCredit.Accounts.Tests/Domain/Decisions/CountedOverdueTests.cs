using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

/// <summary>Claims and retentions, which are overdue only where a policy says so.</summary>
public sealed class CountedOverdueTests
{
    private static readonly OverdueDaysRule FiveDays = new(5, null, RuleAction.Decline);

    [Fact]
    public void Claims_are_overdue_where_the_policy_counts_them_and_credits_are_set_against_what_is_due_first()
    {
        var story = Story(new CreditPolicy { OverdueDays = FiveDays });
        story.Bill("F-1", 30, due: "2026-02-10");
        story.Invoice("I-1", 100, due: "2026-02-15", issued: "2026-01-01");
        story.Bill("F-2", 7, due: "2026-03-20");
        story.View.Overdue.Amount.ShouldBe(100_00);
        var counted = story.Check(10).Facts.OverdueWithMore.ShouldHaveSingleItem().Overdue;
        (counted.Amount, counted.OldestDueDate).ShouldBe((130_00, "2026-02-10".Day()));
        story.Pay("P-1", 20, allocations: []);
        story.View.Overdue.Amount.ShouldBe(80_00);
        story.Reference = Book(new CreditPolicy { OverdueDays = FiveDays, Claims = new(true) });
        (story.View.Overdue.Amount, story.View.Overdue.OldestDueDate).ShouldBe((110_00, "2026-02-10".Day()));
        story.Allocate("P-1", allocations: ("F-1", null, 20));
        story.Pay("P-2", 100, allocations: [("I-1", null, 100)]);
        story.Check(10).Codes().ShouldBe(["OVERDUE_DAYS"], "10 of the fee are");
        (story.View.Overdue.Amount, story.Sleep().View.Overdue.Amount).ShouldBe((10_00, 10_00));
        story.Dispute("D-1", "F-1");
        story.Check(10).ShouldBeApproved();
        story.View.Overdue.Amount.ShouldBe(0);
    }

    [Fact]
    public void An_account_that_owes_nothing_but_claims_of_several_currencies_is_overdue_with_each()
    {
        var story = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-01-01", 0.5m).Open().On("2026-03-02T08:00:00Z");
        story.Bill("F-1", 30, due: "2026-02-10");
        story.Bill("F-2", 40, due: "2026-02-09", of: "USD");
        story.View.Overdue.Amount.ShouldBe(0);
        var more = story.Check(10).Facts.OverdueWithMore.ShouldHaveSingleItem();
        (more.Claims, more.Retained, more.Disputed, more.Planned).ShouldBe((true, false, false, false));
        (more.Overdue.Amount, more.Overdue.OldestDueDate).ShouldBe((50_00, "2026-02-09".Day()));
    }

    [Fact]
    public void What_is_retained_is_overdue_once_its_expected_release_and_the_days_after_it_have_passed()
    {
        var story = Story(new CreditPolicy { OverdueDays = FiveDays, Retentions = new(true) });
        story.Invoice("I-1", 100, due: "2026-06-01", retention: new RetentionFacts(null, 10_00, "2026-03-10".Day(), 14));
        story.Invoice("I-2", 100, due: "2026-06-01", retention: new RetentionFacts(null, 20_00, null, null));
        story.On("2026-03-24T12:00:00Z").View.Overdue.Amount.ShouldBe(0);
        story.Check(1).Facts.OverdueWithMore.ShouldBeNull();
        story.On("2026-03-25T12:00:00Z");
        (story.View.Overdue.Amount, story.View.Overdue.OldestDueDate, story.View.OverdueDays).ShouldBe((10_00, "2026-03-24".Day(), 1));
        story.On("2026-03-30T12:00:00Z").Check(1).Codes().ShouldBe(["OVERDUE_DAYS"]);
        story.Reference = Book(new CreditPolicy { OverdueDays = FiveDays });
        story.View.Overdue.Amount.ShouldBe(0);
        story.Check(1).ShouldBeApproved();
        story.ReleaseRetention("I-1", due: "2026-05-01");
        story.Check(1).Facts.OverdueWithMore.ShouldBeNull();
    }

    [Fact]
    public void The_stored_facts_tell_every_way_to_count_and_read_the_same_again()
    {
        var story = Story(new CreditPolicy());
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Invoice("I-2", 100, due: "2026-06-01", retention: new RetentionFacts(null, 10_00, "2026-03-01".Day(), null));
        story.Invoice("I-3", 50, due: "2026-02-01", issued: "2026-01-01");
        story.Bill("F-1", 7, due: "2026-02-20");
        story.Plan("L-1", "I-1", ("2026-03-20", 100));
        story.Decide("L-1");
        story.Dispute("D-1", "I-3", 20);
        story.Dispute("D-2", "F-1", 3);
        var facts = story.Check(10).Facts;
        facts.OverdueWithMore!.Select(each => ((each.Disputed ? "d" : "") + (each.Planned ? "p" : "") + (each.Claims ? "c" : "") + (each.Retained ? "r" : ""), each.Overdue.Amount / 100))
            .ShouldBe([
                ("c", 34), ("dc", 57), ("pc", 134), ("dpc", 157), ("r", 40), ("dr", 60), ("pr", 140), ("dpr", 160), ("cr", 44), ("dcr", 67), ("pcr", 144), ("dpcr", 167),
            ]);
        foreach (var (disputes, plans, claims, retentions, expected) in new[] { (false, false, false, false, 30), (true, false, true, false, 57), (false, true, false, true, 140), (true, true, true, true, 167) })
        {
            story.Reference = Book(new CreditPolicy
            {
                OverdueAmount = new(0, null, RuleAction.Warn),
                Disputes = new(disputes, null),
                Plans = PlanRule.Shipped with { CountAsOverdue = plans },
                Claims = new(claims),
                Retentions = new(retentions),
            });
            story.View.Overdue.Amount.ShouldBe(expected * 100);
            story.Check(10).Reasons.ShouldHaveSingleItem().Actual.ShouldBe(expected);
        }

        story.Reserve("R-1", 10);
        var reserved = story.Journal.Events.OfType<CreditReserved>().ShouldHaveSingleItem();
        var (type, schema, bytes) = EventCodec.Encode(reserved);
        Encoding.UTF8.GetString(EventCodec.Encode(EventCodec.Decode(type, schema, bytes)).Payload).ShouldBe(Encoding.UTF8.GetString(bytes));
        Encoding.UTF8.GetString(bytes).ShouldContain("\"overdueWithMore\":[{");
    }

    [Fact]
    public void Everything_overdue_in_a_promise_or_plan_has_the_claims_where_they_count()
    {
        var story = Story(new CreditPolicy { Claims = new(true) });
        story.Bill("F-1", 30, due: "2026-02-10");
        story.Plan("L-1", null, ("2026-03-20", 30)).ShouldAppend<PlanRequested>().Plan.Lines.ShouldHaveSingleItem().Invoice.ShouldBe("F-1".No());
        story.Decide("L-1");
        story.View.Overdue.Amount.ShouldBe(0);
        story.Reference = Book(new CreditPolicy { Claims = new(true), Plans = PlanRule.Shipped with { CountAsOverdue = true } });
        story.View.Overdue.Amount.ShouldBe(30_00);
    }

    private static AccountStory Story(CreditPolicy policy) => new AccountBuilder().WithLimit(1000).WithPolicy(policy).Open().On("2026-03-02T08:00:00Z");

    private static ReferenceBook Book(CreditPolicy policy) => new(
        [new Company(AccountStory.Company, Currency.Parse("EUR"), TimeZoneInfo.Utc)], [new PolicyVersion(2, RuleScopes.Company(AccountStory.Company), policy)], []);
}
