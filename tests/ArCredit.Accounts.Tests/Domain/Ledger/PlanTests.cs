using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>What a plan reschedules and how it is decided; what arrives is in <see cref="PlanReceiptTests"/>.</summary>
public sealed class PlanTests
{
    // A Monday.
    private const string Start = "2026-03-02T08:00:00Z";

    private static readonly CreditPolicy Strict = new()
    {
        OverdueDays = new OverdueDaysRule(3, null, RuleAction.Decline),
        Actions = new Dictionary<string, RuleAction> { ["BROKEN_PROMISE"] = RuleAction.Decline },
    };

    [Fact]
    public void While_it_is_kept_its_items_are_owed_and_not_overdue_and_broken_they_are_again_by_their_own_dates()
    {
        var story = Overdue(Strict);
        story.Plan("L-1", "I-1", ("2026-03-06", 40), ("2026-03-13", 60)).ShouldAppend<PlanRequested>();
        story.Check(10).Codes().ShouldBe(["OVERDUE_DAYS"], "nobody has approved it");
        var plan = story.Decide("L-1").ShouldAppend<PlanDecided>().Plan;
        (plan.Status, plan.Asked, plan.Received, plan.BreaksOn).ShouldBe((PlanStatus.Active, 100_00, 0, "2026-03-10".Day()));
        story.Check(10).ShouldBeApproved();
        (story.Owed, story.View.Overdue.Amount, story.View.OverdueDays, story.View.InPlans).ShouldBe((100, 0, 0, 100_00));
        story.On("2026-03-10T12:00:00Z").RunDue().ShouldBeEmpty("within the grace it is kept");
        story.Sleep().View.Overdue.Amount.ShouldBe(0);

        story.On("2026-03-11T00:00:00Z");
        (story.View.Overdue.Amount, story.View.OverdueDays, story.View.InPlans).ShouldBe((100_00, 38, 0), "also before anybody has noticed");
        var broken = story.RunDue().ShouldHaveSingleItem().ShouldBeOfType<PlanChanged>().Plan;
        (broken.Status, broken.BreaksOn, broken.EndedOn).ShouldBe((PlanStatus.Broken, null, "2026-03-11".Day()));
        story.Check(10).Codes().ShouldBe(["OVERDUE_DAYS", "BROKEN_PROMISE"]);
        story.RunDue().ShouldBeEmpty();
        story.Sleep().RunDue().ShouldBeEmpty();
        story.Replayed().DecideDue(story.Context()).ShouldBeEmpty();
    }

    [Fact]
    public void The_stored_facts_tell_what_another_policy_would_have_counted()
    {
        var story = Overdue(Strict);
        story.Invoice("I-2", 50, due: "2026-02-10", issued: "2026-01-01");
        story.Dispute("D-1", "I-2", 20);
        story.Plan("L-1", "I-1", ("2026-03-06", 100));
        story.Decide("L-1");
        var facts = story.Check(10).Facts;
        (facts.Overdue.Amount, facts.OverdueWithDisputed!.Amount, facts.OverdueWithPlanned!.Amount, facts.OverdueWithAll!.Amount)
            .ShouldBe((30_00, 50_00, 130_00, 150_00));
        story.Check(10).Facts.OverdueWithAll.ShouldBeSameAs(facts.OverdueWithAll);

        story.Reference = Book(Strict with { Plans = PlanRule.Shipped with { CountAsOverdue = true } });
        story.View.Overdue.Amount.ShouldBe(130_00);
        story.Check(10).Codes().ShouldBe(["OVERDUE_DAYS"]);
        story.Resolve("D-1");
        story.Check(10).Facts.OverdueWithAll.ShouldBeNull();
    }

    [Fact]
    public void Credits_that_settle_nothing_are_set_against_what_is_in_no_plan()
    {
        var story = Overdue(Strict);
        story.Invoice("I-2", 50, due: "2026-02-10", issued: "2026-01-01");
        story.Pay("P-1", 70, allocations: []);
        story.View.Overdue.Amount.ShouldBe(80_00);
        story.Plan("L-1", "I-1", ("2026-03-06", 100));
        story.Decide("L-1");
        story.View.Overdue.Amount.ShouldBe(0);
    }

    [Fact]
    public void Nobody_approves_their_own_request_and_what_is_decided_stays_so()
    {
        var story = Overdue();
        story.Decide("L-1").ShouldRefuse(RefusalCode.NotFound);
        story.Plan("L-1", "I-1", ("2026-03-06", 100));
        story.Plan("L-1", "I-1", ("2026-03-06", 100)).ShouldBeOfType<Verdict.Taken>();
        story.Decide("L-1", by: "collector").ShouldRefuse(RefusalCode.OwnRequest);
        story.Ask(new CancelPlan("L-1".No(), true)).ShouldRefuse(RefusalCode.PlanNotActive);
        var rejected = story.Decide("L-1", PlanDecision.Reject).ShouldAppend<PlanDecided>().Plan;
        (rejected.Status, rejected.DecidedBy, rejected.EndedOn).ShouldBe((PlanStatus.Rejected, "manager", "2026-03-02".Day()));
        story.Decide("L-1").ShouldBeOfType<Verdict.Taken>();
        story.Sleep().Plan("L-1", "I-1", ("2026-03-06", 100)).ShouldBeOfType<Verdict.Taken>();

        story.Plan("L-2", "I-1", ("2026-03-06", 100));
        story.Decide("L-2", PlanDecision.Withdraw, "collector").ShouldAppend<PlanDecided>().Plan.Status.ShouldBe(PlanStatus.Withdrawn);
        story.Plan("L-3", "I-1", ("2026-03-06", 100));
        story.Decide("L-3").ShouldAppend<PlanDecided>();
        story.Decide("L-3", PlanDecision.Reject).ShouldBeOfType<Verdict.Taken>();
        var cancelled = story.Ask(new CancelPlan("L-3".No(), false)).ShouldAppend<PlanChanged>().Plan;
        (cancelled.Status, cancelled.Lifted).ShouldBe((PlanStatus.Cancelled, null));
        story.View.Overdue.Amount.ShouldBe(100_00);
        story.Ask(new CancelPlan("L-3".No(), false)).ShouldBeOfType<Verdict.Taken>();
    }

    [Fact]
    public void What_arrived_while_a_plan_waited_counts_when_it_is_approved()
    {
        var story = Overdue();
        story.Invoice("I-2", 50, due: "2026-02-10", issued: "2026-01-01");
        story.Plan("L-1", "I-1", ("2026-03-04", 40), ("2026-03-20", 60));
        story.Plan("L-2", "I-2", ("2026-03-04", 50));
        story.Pay("P-1", 40, allocations: [("I-1", null, 40)]);
        var paid = story.Pay("P-2", 50, allocations: [("I-2", null, 50)]).ShouldBeOfType<Verdict.Append>().Events.OfType<PlanChanged>().ShouldHaveSingleItem().Plan;
        (paid.Status, paid.Received).ShouldBe((PlanStatus.Requested, 50_00));
        story.On("2026-03-04T23:59:59Z").RunDue().ShouldBeEmpty();
        story.Decide("L-1").ShouldAppend<PlanDecided>().Plan.BreaksOn.ShouldBe("2026-03-24".Day());
        story.Decide("L-2").ShouldAppend<PlanDecided>().Plan.Status.ShouldBe(PlanStatus.Kept);
    }

    [Fact]
    public void A_plan_that_nobody_decides_expires_when_the_date_of_its_first_instalment_has_passed_whatever_its_grace()
    {
        var story = Overdue(Strict);
        story.Plan("L-1", "I-1", ("2026-03-04", 40), ("2026-03-20", 60));
        story.On("2026-03-04T23:59:59Z").Sleep().RunDue().ShouldBeEmpty();
        var expired = story.On("2026-03-07T08:00:00Z").RunDue().ShouldHaveSingleItem().ShouldBeOfType<PlanChanged>().Plan;
        (expired.Status, expired.EndedOn, expired.BreaksOn, expired.IsOpen).ShouldBe((PlanStatus.Expired, "2026-03-05".Day(), null, false));
        story.RunDue().ShouldBeEmpty();
        foreach (var decision in Enum.GetValues<PlanDecision>())
        {
            story.Sleep().Decide("L-1", decision).ShouldRefuse(RefusalCode.PlanExpired);
        }

        story.Ask(new CancelPlan("L-1".No(), MayLift: true)).ShouldRefuse(RefusalCode.PlanExpired);
        story.Plan("L-1", "I-1", ("2026-03-04", 40), ("2026-03-20", 60)).ShouldBeOfType<Verdict.Taken>();
        story.Check(10).Facts.BrokenPromises.ShouldBeNull("it was never agreed");

        // Its item is free, and nothing that happens to it concerns the plan any more.
        story.Plan("L-2", "I-1", ("2026-03-10", 100)).ShouldAppend<PlanRequested>();
        story.Decide("L-2").ShouldAppend<PlanDecided>();
        story.Pay("P-1", 60).ShouldBeOfType<Verdict.Append>().Events.OfType<PlanChanged>().ShouldHaveSingleItem().Plan.Id.Value.ShouldBe("L-2");
        story.Replayed().FindPlan("L-1".No())!.Status.ShouldBe(PlanStatus.Expired);
    }

    [Fact]
    public void Plans_that_expired_do_not_make_broken_ones_forgotten()
    {
        var story = Overdue(Strict);
        story.Plan("L-0", "I-1", ("2026-03-03", 100));
        story.Decide("L-0");
        story.On("2026-03-06T08:00:00Z").RunDue().ShouldHaveSingleItem();
        for (var i = 1; i <= 22; i++)
        {
            story.Plan($"L-{i:00}", "I-1", (story.Today.ToString("yyyy-MM-dd", null), 100)).ShouldAppend<PlanRequested>();
            story.After(TimeSpan.FromDays(1)).RunDue().ShouldHaveSingleItem();
        }

        story.Sleep().Check(10).Facts.BrokenPromises.ShouldBe(1);
        (story.Account.FindPlan("L-02".No()), story.Account.FindPlan("L-03".No())?.Status).ShouldBe((null, PlanStatus.Expired));
    }

    [Fact]
    public void More_plans_than_are_remembered_may_expire_one_after_the_other_or_on_one_day()
    {
        var story = Overdue(Strict);
        for (var i = 1; i <= Plans.MostEnded + 2; i++)
        {
            story.Plan($"L-{i:00}", "I-1", (story.Today.ToString("yyyy-MM-dd", null), 100)).ShouldAppend<PlanRequested>();
            story.After(TimeSpan.FromDays(1)).RunDue().ShouldHaveSingleItem();
        }

        (story.Account.FindPlan("L-02".No()), story.Sleep().Account.FindPlan("L-03".No())?.Status).ShouldBe((null, PlanStatus.Expired));

        var (many, today) = (Overdue(Strict), "2026-03-02");
        for (var i = 1; i <= Account.MostPlans; i++)
        {
            many.Invoice($"J-{i}", 100, due: "2026-02-01", issued: "2026-01-01");
            many.Plan($"L-{i:00}", $"J-{i}", (today, 100)).ShouldAppend<PlanRequested>();
        }

        many.After(TimeSpan.FromDays(1)).RunDue().Count.ShouldBe(Account.MostPlans);
        many.Plan("M-1", "J-1", ("2026-03-03", 100)).ShouldAppend<PlanRequested>();
        many.After(TimeSpan.FromDays(1)).RunDue().ShouldHaveSingleItem();
        many.Account.FindPlan("M-1".No())!.Status.ShouldBe(PlanStatus.Expired);
    }

    [Theory]
    [InlineData("EUR", 100, 3, PlanInterval.Month, "2026-03-31", "2026-03-31 33.33, 2026-04-30 33.33, 2026-05-31 33.34")]
    [InlineData("EUR", 0.05, 2, PlanInterval.Week, "2026-03-06", "2026-03-06 0.02, 2026-03-13 0.03")]
    [InlineData("JPY", 100, 3, PlanInterval.Week, "2026-03-06", "2026-03-06 33, 2026-03-13 33, 2026-03-20 34")]
    [InlineData("KWD", 1, 1, PlanInterval.Week, "2026-03-06", "2026-03-06 1.000")]
    public void A_schedule_divides_to_the_minor_unit_with_the_rest_on_the_last(
        string currency, decimal amount, int count, PlanInterval every, string first, string expected)
    {
        var story = new AccountBuilder().In(currency).WithLimit(1000).Open().On(Start);
        story.Invoice("I-1", amount, due: "2026-02-01", issued: "2026-01-01");
        var plan = story.Ask(Scheduled("L-1", new PlanSchedule(count, every, first.Day()))).ShouldAppend<PlanRequested>().Plan;
        string.Join(", ", plan.Instalments.Select(each => $"{each.On:yyyy-MM-dd} {Money.ToDecimal(each.Amount, plan.Currency)}")).ShouldBe(expected);
    }

    [Fact]
    public void What_cannot_be_planned_is_refused_with_the_numbers()
    {
        var story = Overdue();
        story.Plan("L-1", "I-9", ("2026-03-06", 10)).ShouldRefuse(RefusalCode.NothingToPlan);
        story.Plan("L-1", "I-1", ("2026-03-01", 100)).ShouldRefuse(RefusalCode.PlanInPast);
        story.Plan("L-1", "I-1", ("2026-03-06", 99.999m)).ShouldRefuse(RefusalCode.AmountDecimals);
        story.Plan("L-1", "I-1", ("2026-03-06", 60), ("2026-03-13", 39.99m)).ShouldBeOfType<Verdict.Refuse>()
            .ShouldBe(new Verdict.Refuse(RefusalCode.InstalmentsMismatch, "The instalments come to 99.99 EUR, what is open of the items to 100.00 EUR."));
        story.Ask(Scheduled("L-1", new PlanSchedule(120, PlanInterval.Week, "2026-03-06".Day()), currency: "USD")).ShouldRefuse(RefusalCode.NothingToPlan);
        story.Plan("L-1", null, ("2026-03-06", 100)).ShouldAppend<PlanRequested>();
        story.Plan("L-2", "I-1", ("2026-03-06", 100)).ShouldRefuse(RefusalCode.PlanOverlaps);
        story.Plan("L-2", null, ("2026-03-06", 100)).ShouldRefuse(RefusalCode.NothingToPlan);
        for (var i = 2; i <= Account.MostPlans + 1; i++)
        {
            story.Invoice($"I-{i}", 100);
            story.Plan($"L-{i}", $"I-{i}", ("2026-03-06", 100)).ShouldBeOfType(i <= Account.MostPlans ? typeof(Verdict.Append) : typeof(Verdict.Refuse));
        }

        var tiny = Overdue();
        tiny.Invoice("I-2", 0.02m, due: "2026-02-01", issued: "2026-01-01");
        tiny.Ask(Scheduled("L-1", new PlanSchedule(3, PlanInterval.Week, "2026-03-06".Day()), "I-2")).ShouldRefuse(RefusalCode.InstalmentsMismatch);
    }

    [Fact]
    public void Everything_overdue_leaves_out_claims_what_is_wholly_disputed_and_other_currencies()
    {
        var story = new AccountBuilder().WithLimit(1000).WithRate("USD", "EUR", "2026-01-01", 0.5m).Open().On(Start);
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        story.Invoice("I-2", 50, due: "2026-02-01", issued: "2026-01-01");
        story.Invoice("I-3", 70, due: "2026-02-01", issued: "2026-01-01");
        story.Invoice("I-4", 10, due: "2026-03-02");
        story.Invoice("I-5", 30, due: "2026-02-01", issued: "2026-01-01", of: "USD");
        story.Bill("F-1", 10, due: "2026-03-02");
        story.Dispute("D-1", "I-2");
        story.Dispute("D-2", "I-3", 60);
        var plan = story.Ask(Scheduled("L-1", new PlanSchedule(2, PlanInterval.Week, "2026-03-06".Day()))).ShouldAppend<PlanRequested>().Plan;
        plan.Lines.ShouldBe([new PlanLine("I-1".No(), 1, 100_00), new PlanLine("I-3".No(), 1, 70_00)]);
        (plan.Amount, plan.Asked).ShouldBe((170_00, 110_00), "what is disputed is not asked for");
        story.Ask(Scheduled("L-2", new PlanSchedule(2, PlanInterval.Week, "2026-03-06".Day()), currency: "USD")).ShouldAppend<PlanRequested>()
            .Plan.Lines.ShouldBe([new PlanLine("I-5".No(), 1, 30_00)]);
        story.Plan("L-3", "F-1", ("2026-03-06", 10)).ShouldAppend<PlanRequested>().Plan.Lines.ShouldBe([new PlanLine("F-1".No(), 1, 10_00)], "named, a claim may be in a plan");
    }

    [Fact]
    public void A_policy_may_let_small_plans_go_without_approval_as_long_as_they_are_small_together_and_give_no_more_grace()
    {
        var rule = new PlanRule(2, 0, false, WithoutApprovalUpTo: 150);
        var story = Overdue(new CreditPolicy { Plans = rule });
        story.Invoice("I-2", 50.01m, due: "2026-02-01", issued: "2026-01-01");
        story.Invoice("I-3", 50, due: "2026-02-01", issued: "2026-01-01");
        var active = story.Plan("L-1", "I-1", ("2026-03-06", 100)).ShouldAppend<PlanRequested>().Plan;
        (active.Status, active.DecidedBy, active.DecidedOn, active.BreaksOn).ShouldBe((PlanStatus.Active, null, "2026-03-02".Day(), "2026-03-10".Day()));
        story.Decide("L-1").ShouldRefuse(RefusalCode.PlanDecided);
        story.Plan("L-2", "I-2", ("2026-03-06", 50.01m)).ShouldAppend<PlanRequested>().Plan.Status.ShouldBe(PlanStatus.Requested);
        story.Ask(Scheduled("L-3", new PlanSchedule(1, PlanInterval.Week, "2026-03-06".Day()), "I-3") with { GraceDays = 3 })
            .ShouldAppend<PlanRequested>().Plan.Status.ShouldBe(PlanStatus.Requested);
        story.Decide("L-3", PlanDecision.Withdraw);
        story.Plan("L-4", "I-3", ("2026-03-06", 50)).ShouldAppend<PlanRequested>().Plan.Status.ShouldBe(PlanStatus.Active);
    }

    [Fact]
    public void Holidays_of_the_company_are_no_business_days_of_the_grace()
    {
        var story = Overdue();
        var eur = Currency.Parse("EUR");
        story.Reference = new ReferenceBook(
            [new Company(AccountStory.Company, eur, TimeZoneInfo.Utc) { Holidays = new HashSet<DateOnly> { "2026-03-09".Day(), "2026-03-11".Day() } }], [], []);
        story.Plan("L-1", "I-1", ("2026-03-06", 100)).ShouldAppend<PlanRequested>().Plan.Instalments[0].LastOn.ShouldBe("2026-03-12".Day());
        story.Promise("M-1", "I-1", ("2026-03-06", 100)).ShouldAppend<PromiseMade>().Promise.BreaksOn.ShouldBe("2026-03-12".Day());
        story.Reference.Companies.Single().AfterBusinessDays("2026-03-06".Day(), 0).ShouldBe("2026-03-06".Day());
    }

    private static RequestPlan Scheduled(string id, PlanSchedule schedule, string? invoice = null, string? currency = null) => new(
        id.No(), invoice is null ? null : [new PlanItem(invoice.No(), null)], currency is null ? null : Currency.Parse(currency), null, schedule, null, null, null,
        "collector");

    private static ReferenceBook Book(CreditPolicy policy) => new(
        [new Company(AccountStory.Company, Currency.Parse("EUR"), TimeZoneInfo.Utc)], [new PolicyVersion(2, RuleScopes.Company(AccountStory.Company), policy)], []);

    private static AccountStory Overdue(CreditPolicy? policy = null)
    {
        var story = new AccountBuilder().WithLimit(1000).WithPolicy(policy ?? CreditPolicy.Empty).Open().On(Start);
        story.Invoice("I-1", 100, due: "2026-02-01", issued: "2026-01-01");
        return story;
    }
}
