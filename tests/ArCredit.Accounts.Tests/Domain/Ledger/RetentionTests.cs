using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

public sealed class RetentionTests
{
    private static readonly RetentionFacts Tenth = new(10, null, null, 14);

    private readonly AccountStory story = new AccountBuilder().WithLimit(10_000).WithRate("USD", "EUR", "2026-03-01", 0.5m).Open();

    [Fact]
    public void What_is_held_back_is_an_instalment_without_a_due_date()
    {
        var posted = story.Invoice("I-1", 1000, due: "2026-03-10", retention: Tenth with { ExpectedOn = "2026-09-01".Day() }).ShouldAppend<InvoicePosted>();
        posted.Instalments.ShouldBe([new Instalment("2026-03-10".Day(), 900_00), new Instalment(RetentionTerms.NoDueDate, 100_00)]);
        posted.Retention.ShouldBe(new RetentionTerms(2, 100_00, 0, "2026-09-01".Day(), 14));
        story.On("2027-03-11T08:00:00Z");
        (story.View.Retained, story.Exposure.OpenInvoices, story.View.Overdue.Amount).ShouldBe((100_00, 1000_00, 900_00));
    }

    [Fact]
    public void A_share_is_rounded_half_even_and_leaves_something_on_both_sides()
    {
        story.Invoice("I-1", 0.25m, retention: Tenth).ShouldAppend<InvoicePosted>().Retention!.Amount.ShouldBe(2);
        story.Invoice("I-2", 0.04m, retention: Tenth).ShouldRefuse(RefusalCode.RetentionMismatch);
        story.Invoice("I-2", 10, retention: new RetentionFacts(null, 10_00, null, null)).ShouldRefuse(RefusalCode.RetentionMismatch);
        story.Invoice("I-2", 10, retention: Tenth, instalments: [("2026-04-01", 10)]).ShouldRefuse(RefusalCode.InstalmentsMismatch);
        story.Invoice("I-2", 10, retention: Tenth, instalments: [("2026-04-01", 4), ("2026-05-01", 5)]).ShouldAppend<InvoicePosted>().Instalments.Count.ShouldBe(3);
    }

    [Fact]
    public void What_is_released_is_due_by_its_terms_and_overdue_after_that()
    {
        story.Invoice("I-1", 1000, due: "2026-03-10", retention: Tenth);
        story.Pay("P-1", 900);
        story.On("2026-03-15T08:00:00Z");
        var released = story.ReleaseRetention("I-1", 60).ShouldAppend<RetentionReleased>();
        (released.Instalment, released.DueDate, released.ReleasedOn).ShouldBe((3, "2026-03-29".Day(), "2026-03-15".Day()));
        (story.View.Retained, story.View.Balance).ShouldBe((40_00, 100_00));
        story.ReleaseRetention("I-1", 40.01m).ShouldRefuse(RefusalCode.ReleaseExceedsRetained);
        story.Sleep().ReleaseRetention("I-1", due: "2026-03-20").ShouldAppend<RetentionReleased>().Instalment.ShouldBe(4);
        story.ReleaseRetention("I-1").ShouldRefuse(RefusalCode.ReleaseExceedsRetained);
        story.On("2026-03-30T08:00:00Z").View.Overdue.Amount.ShouldBe(100_00);
    }

    [Fact]
    public void A_release_is_dated_between_its_invoice_and_today_and_due_from_then_on()
    {
        story.Invoice("I-1", 1000, issued: "2026-02-01", retention: Tenth);
        story.ReleaseRetention("I-1", on: "2026-01-31").ShouldRefuse(RefusalCode.ReleaseDate);
        story.ReleaseRetention("I-1", on: "2030-01-01").ShouldRefuse(RefusalCode.ReleaseDate);
        story.ReleaseRetention("I-1", on: "2026-02-10").ShouldRefuse(RefusalCode.ReleaseDate);
        story.ReleaseRetention("I-1", on: story.Today.ToString("O", CultureInfo.InvariantCulture), due: "2026-02-09").ShouldRefuse(RefusalCode.ReleaseDate);
        story.ReleaseRetention("I-2").ShouldRefuse(RefusalCode.NotFound);
        story.ReleaseRetention("I-1", 0.001m).ShouldRefuse(RefusalCode.AmountDecimals);
        story.ReleaseRetention("I-1", on: story.Today.ToString("O", CultureInfo.InvariantCulture)).ShouldAppend<RetentionReleased>().DueDate.ShouldBe(story.Today.AddDays(14));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_release_is_not_dated_before_what_moved_the_retention_last(bool forgotten)
    {
        Until("2026-03-03").Invoice("I-1", 1000, issued: "2026-02-01", retention: Tenth);
        Until("2026-03-05").ReleaseRetention("I-1", 50, on: "2026-03-02").ShouldRefuse(RefusalCode.ReleaseDate);
        story.ReleaseRetention("I-1", 50, on: "2026-03-04").ShouldAppend<RetentionReleased>();
        Until("2026-03-08").ReverseRelease("I-1", 3).ShouldAppend<ReleaseReversed>();
        Until("2026-03-10").ReleaseRetention("I-1", 50, on: "2026-03-07").ShouldRefuse(RefusalCode.ReleaseDate);
        story.ReleaseRetention("I-1", 50, on: "2026-03-08").ShouldAppend<RetentionReleased>();
        story.Pay("P-1", 10, allocations: [("I-1", 2, 10)]);
        Until("2026-03-12").ReleaseRetention("I-1", on: "2026-03-09").ShouldRefuse(RefusalCode.ReleaseDate);
        story.ReleaseRetention("I-1", on: "2026-03-10").ShouldAppend<RetentionReleased>();

        AccountStory Until(string day)
        {
            story.On($"{day}T08:00:00Z");
            return forgotten ? story.Forget().Sleep() : story;
        }
    }

    [Fact]
    public void Money_settles_it_last_and_gross_less_retention_is_an_exact_match()
    {
        story.Invoice("I-1", 100, due: "2026-03-10");
        story.Invoice("I-2", 1000, retention: Tenth, instalments: [("2026-03-20", 300), ("2026-03-25", 600)]);
        story.Pay("P-1", 900).ShouldAppend<PaymentReceived>().Allocations.Select(line => (line.Invoice.Value, line.Instalment, line.Amount))
            .ShouldBe([("I-2", 1, 300_00), ("I-2", 2, 600_00)]);
        story.Pay("P-2", 130).ShouldAppend<PaymentReceived>().Allocations.Select(line => (line.Invoice.Value, line.Instalment, line.Amount))
            .ShouldBe([("I-1", 1, 100_00), ("I-2", 3, 30_00)]);
        story.Pay("P-3", 10, allocations: [("I-2", 3, 10)]).ShouldAppend<PaymentReceived>();
        story.View.Retained.ShouldBe(60_00);
    }

    [Fact]
    public void Money_that_happens_to_be_as_much_as_is_retained_pays_what_is_due()
    {
        story.Invoice("I-1", 100, due: "2026-03-10", retention: Tenth);
        Lines(story.Pay("P-1", 10)).ShouldBe("I-1/1 10");
        Lines(story.Pay("P-2", 90)).ShouldBe("I-1/1 80 I-1/2 10");
        var split = new AccountBuilder().Unlimited().SplittingVat().Open();
        split.Invoice("I-2", 118, tax: 18, due: "2026-03-10", retention: Tenth);
        Lines(split.Pay("P-1", 10)).ShouldBe("I-2/1 10", "net of what is retained is no match either");
    }

    [Fact]
    public void A_named_invoice_does_not_pay_its_retention_before_others_that_are_due()
    {
        story.Invoice("I-100", 100, due: "2026-03-10", retention: Tenth);
        story.Invoice("I-200", 30, due: "2026-03-10");
        story.Invoice("I-300", 100, due: "2026-03-01", issued: "2026-02-01", retention: Tenth);
        story.Pay("P-1", 90, allocations: [("I-300", 1, 90)]);
        Lines(story.Pay("P-2", 95, remittance: "I-100")).ShouldBe("I-100/1 90 I-200/1 5");
        Lines(story.Pay("P-3", 26, remittance: "rest of I-100")).ShouldBe("I-200/1 25 I-100/2 1");
        Lines(story.Pay("P-4", 9, remittance: "I-100, gross")).ShouldBe("I-100/2 9", "exactly all that is open of it");
        story.View.Retained.ShouldBe(10_00);
    }

    [Fact]
    public void Exactly_the_gross_amount_of_a_named_invoice_pays_all_of_it()
    {
        story.Invoice("I-100", 100, due: "2026-03-10", retention: Tenth, discount: [new DiscountStep(2, 30)]);
        story.Invoice("I-200", 30, due: "2026-03-10");
        Lines(story.Pay("P-1", 98.20m, remittance: "I-100")).ShouldBe("I-100/1 88.2 I-100/2 10");
        story.View.Balance.ShouldBe(30_00);
    }

    [Fact]
    public void An_allocation_without_an_amount_leaves_what_is_retained_out_unless_it_names_the_instalment()
    {
        story.Invoice("I-1", 100, due: "2026-03-10", retention: Tenth);
        story.Pay("P-1", 200, allocations: []);
        story.Allocate("P-1", allocations: [("I-1", 1, 60), ("I-1", null, null), ("I-1", null, null)]).ShouldRefuse(RefusalCode.NotReleased);
        story.Allocate("P-1", allocations: [("I-1", 1, 60), ("I-1", null, null)]).ShouldAppend<CreditAllocated>().Allocations.Sum(line => line.Amount).ShouldBe(90_00);
        story.View.Retained.ShouldBe(10_00);
        story.Allocate("P-1", allocations: [("I-1", null, null)]).ShouldRefuse(RefusalCode.NotReleased);
        story.Allocate("P-1", allocations: [("I-1", 2, null)]).ShouldAppend<CreditAllocated>();
        story.View.Retained.ShouldBe(0);
    }

    [Fact]
    public void Disputed_money_is_asked_for_before_what_is_retained()
    {
        story.Invoice("I-1", 1000, due: "2026-03-10", retention: Tenth);
        story.Dispute("D-1", "I-1", 50, instalment: 1);
        story.Dispute("D-2", "I-1", 30, instalment: 2);
        story.Pay("P-1", 875, remittance: "thanks").ShouldAppend<PaymentReceived>().Allocations.ShouldAllBe(line => line.Instalment == 1);
        story.ReleaseRetention("I-1", 70.01m).ShouldRefuse(RefusalCode.ReleaseExceedsRetained);
        story.ReleaseRetention("I-1").ShouldAppend<RetentionReleased>().Released.Amount.ShouldBe(70_00);
    }

    [Fact]
    public void A_release_is_taken_back_exactly_unless_something_stands_on_it()
    {
        story.Invoice("I-1", 33.33m, of: "USD", due: "2026-03-10", retention: Tenth);
        var before = (story.Exposure, story.View.Retained);
        story.ReleaseRetention("I-1", 1.11m);
        story.Pay("P-1", 1, of: "USD", allocations: [("I-1", 3, 1)]);
        story.ReverseRelease("I-1", 3).ShouldRefuse(RefusalCode.ReleaseUsed);
        story.Undo("P-1");
        story.Dispute("D-1", "I-1", 1, instalment: 3);
        story.ReverseRelease("I-1", 3).ShouldRefuse(RefusalCode.ReleaseUsed);
        story.Resolve("D-1");
        story.ReverseRelease("I-1", 2).ShouldRefuse(RefusalCode.NotFound);
        story.Sleep().ReverseRelease("I-1", 3).ShouldAppend<ReleaseReversed>();
        story.Reverse("P-1", ReversalReason.Mistake);
        (story.Exposure, story.View.Retained).ShouldBe(before);
        story.ReverseRelease("I-1", 3).ShouldRefuse(RefusalCode.NotFound);
        story.ReleaseRetention("I-1").ShouldAppend<RetentionReleased>().Instalment.ShouldBe(4);
    }

    [Fact]
    public void An_invoice_that_was_cleared_and_bounced_numbers_its_releases_on()
    {
        story.Invoice("I-1", 100, due: "2026-03-10", retention: Tenth, discount: [new DiscountStep(2, 30)]);
        story.Pay("P-1", 4, allocations: [("I-1", 2, 4)]);
        story.ReleaseRetention("I-1").ShouldAppend<RetentionReleased>().Instalment.ShouldBe(3);
        story.Pay("P-2", 94.2m).ShouldAppend<PaymentReceived>().Allocations.Sum(line => line.Discount).ShouldBe(1_80);
        story.View.Balance.ShouldBe(0);
        story.Forget().Sleep().Reverse("P-1", ReversalReason.Bounced);
        (story.View.Retained, story.Exposure.ReturnedPayments).ShouldBe((4_00, 4_00));
        story.Forget().Sleep().ReleaseRetention("I-1").ShouldAppend<RetentionReleased>().Instalment.ShouldBe(4);
        (story.View.Retained, story.Exposure.ReturnedPayments).ShouldBe((0, 4_00));
        story.ReverseRelease("I-1", 4).ShouldAppend<ReleaseReversed>();
        (story.View.Retained, story.Exposure.ReturnedPayments).ShouldBe((4_00, 4_00));
    }

    [Fact]
    public void Credit_notes_and_write_offs_give_back_what_they_took_of_it_in_any_order()
    {
        story.Invoice("I-1", 100, due: "2026-03-10", retention: Tenth, discount: [new DiscountStep(2, 30)]);
        story.CreditNote("C-1", 94, "I-1").ShouldAppend<CreditNotePosted>();
        story.ReleaseRetention("I-1").ShouldAppend<RetentionReleased>().Retained.Amount.ShouldBe(6_00);
        story.WriteOff("W-1", "I-1").ShouldAppend<WrittenOff>().Amount.ShouldBe(6_00);
        story.Forget().Sleep().Undo("C-1", kind: CreditKind.CreditNote).ShouldAppend<AllocationUndone>();
        story.View.Retained.ShouldBe(4_00);
        story.ReverseRelease("I-1", 3).ShouldRefuse(RefusalCode.NotFound);
        story.TakeBack("W-1");
        story.ReverseRelease("I-1", 3).ShouldAppend<ReleaseReversed>();
        (story.View.Retained, story.Exposure.OpenInvoices).ShouldBe((10_00, 100_00));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_broken_promise_or_plan_of_what_is_retained_again_is_owed_no_more(bool isPlan)
    {
        var actions = new Dictionary<string, RuleAction> { ["BROKEN_PROMISE"] = RuleAction.Decline };
        var strict = new AccountBuilder().WithLimit(10_000).WithPolicy(new CreditPolicy { Actions = actions }).Open();
        strict.Invoice("I-1", 1000, due: "2026-12-31", retention: Tenth);
        strict.ReleaseRetention("I-1", due: "2026-12-31");
        var tomorrow = strict.Today.AddDays(1);
        strict.Ask(isPlan
            ? new RequestPlan("A-1".No(), [new PlanItem("I-1".No(), 3)], null, [new PlanPayment(tomorrow, 100)], null, null, null, null, "collector")
            : new MakePromise("A-1".No(), [new PromiseItem("I-1".No(), 3)], [new PromisePayment(tomorrow, 100)], null)).ShouldBeOfType<Verdict.Append>();
        strict.Ask(new ReverseRelease("I-1".No(), 3, null)).ShouldRefuse(RefusalCode.ReleaseUsed);
        if (isPlan)
        {
            strict.Decide("A-1").ShouldBeOfType<Verdict.Append>();
        }

        strict.AfterDays(10);
        strict.Check(10).Codes().ShouldBe(["BROKEN_PROMISE"]);
        strict.ReverseRelease("I-1", 3).ShouldAppend<ReleaseReversed>();
        strict.Check(10).Codes().ShouldBeEmpty();
        strict.Sleep(allPages: true).Check(10).Codes().ShouldBeEmpty();
    }

    [Fact]
    public void A_plan_that_goes_on_asks_no_more_for_what_is_retained_again()
    {
        var owing = new AccountBuilder().WithLimit(10_000).WithPolicy(new CreditPolicy { Actions = new Dictionary<string, RuleAction> { ["BROKEN_PROMISE"] = RuleAction.Decline } }).Open();
        owing.Invoice("A-1", 50, due: owing.Today.ToString("yyyy-MM-dd", null));
        owing.Invoice("R-1", 1000, due: "2026-12-31", retention: Tenth);
        owing.ReleaseRetention("R-1", due: "2026-12-31");
        var tomorrow = owing.Today.AddDays(1);
        owing.Ask(new RequestPlan(
            "L-1".No(), [new PlanItem("A-1".No(), 1), new PlanItem("R-1".No(), 3)], null,
            [new PlanPayment(tomorrow, 50), new PlanPayment(tomorrow.AddDays(39), 100)], null, null, null, null, "collector")).ShouldBeOfType<Verdict.Append>();
        owing.Decide("L-1").ShouldBeOfType<Verdict.Append>();
        owing.AfterDays(9).Check(10).Codes().ShouldBe(["BROKEN_PROMISE"]);

        owing.ReverseRelease("R-1", 3).ShouldBeOfType<Verdict.Append>().Events.OfType<PlanChanged>().ShouldHaveSingleItem()
            .Moves!.ShouldHaveSingleItem().ShouldBe(new PlanMove("R-1".No(), 3, 100_00, owing.Today));
        owing.Sleep(allPages: true).Pay("P-1", 50, received: tomorrow.ToString("yyyy-MM-dd", null), allocations: [("A-1", null, 50)])
            .ShouldBeOfType<Verdict.Append>().Events.OfType<PlanChanged>().ShouldHaveSingleItem().Plan.Status.ShouldBe(PlanStatus.Kept);
        owing.Check(10).Codes().ShouldBeEmpty();
        owing.Account.FindPlan("L-1".No())!.Status.ShouldBe(PlanStatus.Kept);

        // The other way round: it was kept, and the bounce asks for the other item alone.
        owing.Reverse("P-1", ReversalReason.Bounced).ShouldBeOfType<Verdict.Append>();
        owing.Check(10).Codes().ShouldBe(["BROKEN_PROMISE"]);
        owing.View.Exposure.Total.ShouldBe(1050_00);
    }

    [Fact]
    public void What_is_retained_is_in_no_promise_and_no_plan()
    {
        story.Invoice("I-1", 100, due: "2026-03-10", retention: Tenth);
        story.Plan("L-1", "I-1", ("2026-04-01", 100)).ShouldRefuse(RefusalCode.InstalmentsMismatch);
        story.Promise("O-1", "I-1", ("2026-04-01", 95)).ShouldRefuse(RefusalCode.PromiseExceedsOpen);
        story.Pay("P-1", 90);
        story.Plan("L-1", "I-1", ("2026-04-01", 10)).ShouldRefuse(RefusalCode.NotReleased);
        story.Promise("O-1", "I-1", ("2026-04-01", 10)).ShouldRefuse(RefusalCode.NotReleased);
        story.ReleaseRetention("I-1");
        story.Promise("O-1", "I-1", ("2026-04-01", 10)).ShouldAppend<PromiseMade>();
        story.ReverseRelease("I-1", 3).ShouldRefuse(RefusalCode.ReleaseUsed);
    }

    [Fact]
    public void Its_vat_follows_what_is_released_in_proportion_and_comes_back()
    {
        var split = new AccountBuilder().Unlimited().SplittingVat().Open();
        split.Invoice("I-1", 1180, tax: 180, due: "2026-03-10", retention: Tenth).ShouldAppend<InvoicePosted>().Retention!.Vat.ShouldBe(18_00);
        var released = split.ReleaseRetention("I-1", 59).ShouldAppend<RetentionReleased>().Released;
        (released.InstalmentAmount, released.InstalmentVat).ShouldBe((59_00, 9_00));
        split.Pay("P-1", 9, allocations: [("I-1", 3, 9)]).ShouldAppend<PaymentReceived>().Allocations[0].Vat.ShouldBe(9_00);
        split.ReverseRelease("I-1", 3).ShouldRefuse(RefusalCode.ReleaseUsed);
        split.ReleaseRetention("I-1");
        split.Sleep().ReverseRelease("I-1", 4).ShouldAppend<ReleaseReversed>().Retained.Vat.ShouldBe(9_00);
        split.Undo("P-1");
        split.ReverseRelease("I-1", 3).ShouldAppend<ReleaseReversed>();
        PaperParts.Of(split.Journal.Events)[("I-1".No(), 2)].ShouldBe((100_00, 18_00));
    }

    [Fact]
    public void It_bears_interest_from_the_due_date_of_its_release_on()
    {
        var late = new AccountBuilder().Unlimited().WithInterestRate(36.5m).Open();
        late.Invoice("I-1", 1000, due: "2026-03-10", retention: Tenth);
        late.Pay("P-1", 900);
        late.On("2026-06-01T08:00:00Z").BillInterest("Z-1").ShouldRefuse(RefusalCode.NoInterest);
        late.ReleaseRetention("I-1", 50, due: "2026-06-05");
        late.On("2026-06-15T08:00:00Z").BillInterest("Z-1").ShouldAppend<DebitPosted>().Amount.ShouldBe(50);
        late.ReverseRelease("I-1", 3).ShouldAppend<ReleaseReversed>();
        late.BillInterest("Z-2").ShouldRefuse(RefusalCode.NoInterest);
    }

    private static string Lines(Verdict verdict) => string.Join(' ', verdict.ShouldAppend<PaymentReceived>().Allocations.Select(line =>
        string.Create(CultureInfo.InvariantCulture, $"{line.Invoice}/{line.Instalment} {line.Amount / 100m:0.##}")));
}
