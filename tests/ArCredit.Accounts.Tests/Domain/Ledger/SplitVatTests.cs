using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>Items of a company that splits VAT, as in Azerbaijan: 118 are 100 net and 18 VAT.</summary>
public sealed class SplitVatTests
{
    private readonly AccountStory story = new AccountBuilder().Unlimited().SplittingVat().Open();

    private string Parts(string number = "I-1", int instalment = 1)
    {
        var item = PaperParts.Of(story.Journal.Events)[(number.No(), instalment)];
        return FormattableString.Invariant($"{item.Net / 100m} + {item.Vat / 100m}");
    }

    private static string Vats(IEnumerable<Allocation> lines) =>
        string.Join(' ', lines.Select(line => FormattableString.Invariant($"{line.Invoice}/{line.Instalment} {line.Taken / 100m} ({line.Vat / 100m})")));

    [Fact]
    public void An_invoice_has_both_parts_and_its_instalments_share_the_vat_to_the_last_cent()
    {
        story.Invoice("I-1", 100, tax: 15.25m, instalments: [("2026-03-10", 33.33m), ("2026-04-10", 33.33m), ("2026-05-10", 33.34m)])
            .ShouldAppend<InvoicePosted>().Instalments.Select(each => each.Vat).ShouldBe([508, 509, 508]);
        new AccountBuilder().Open().Invoice("I-1", 118, tax: 18).ShouldAppend<InvoicePosted>().Instalments[0].Vat.ShouldBe(0, "its company does not split");
        story.Invoice("I-2", 118).ShouldAppend<InvoicePosted>().Instalments[0].Vat.ShouldBe(0);
    }

    [Fact]
    public void A_debit_note_with_its_vat_has_both_parts_and_a_claim_none()
    {
        var note = story.Bill("I-1", 118, DebitKind.DebitNote, tax: 18).ShouldAppend<DebitPosted>();
        (note.TaxAmount, note.Vat).ShouldBe((18_00, 18_00));
        story.Bill("F-1", 10).ShouldAppend<DebitPosted>().Vat.ShouldBe(0);
        story.Bill("D-9", 10, DebitKind.DebitNote, tax: 10.01m).ShouldRefuse(RefusalCode.TaxExceedsAmount);
        Vats(story.Pay("P-1", 18).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 18 (18)");
        Vats(story.Pay("P-2", 60).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 60 (0)");
        Parts().ShouldBe("40 + 0");
        story.Sleep(allPages: true).Reverse("P-1", ReversalReason.Bounced);
        Parts().ShouldBe("40 + 18");
        Vats(story.CreditNote("C-1", 11.80m, invoice: "I-1").ShouldAppend<CreditNotePosted>().Allocations).ShouldBe("I-1/1 11.8 (1.8)");
        story.Dispute("D-1", "I-1", 23.60m);
        Vats(story.Resolve("D-1", "C-2").ShouldBeOfType<Verdict.Append>().Events.OfType<CreditNotePosted>().ShouldHaveSingleItem().Allocations).ShouldBe("I-1/1 23.6 (3.6)");
        Vats(story.WriteOff("W-1", "I-1").ShouldAppend<WrittenOff>().Lines).ShouldBe("I-1/1 22.6 (12.6)");
        Parts().ShouldBe("0 + 0");
        story.Forget().Sleep(allPages: true).TakeBack("W-1");
        Parts().ShouldBe("10 + 12.6");
        story.View.Balance.ShouldBe(32_60);
        story.Replayed().View(story.Context()).Balance.ShouldBe(32_60);
        story.Pay("P-3", 22.60m, allocations: [("I-1", null, 22.60m)]);
        story.Forget().Sleep(allPages: true).Reverse("P-3", ReversalReason.Mistake);
        Parts().ShouldBe("10 + 12.6");

        var whole = new AccountBuilder().Unlimited().Open().Bill("D-1", 118, DebitKind.DebitNote, tax: 18).ShouldAppend<DebitPosted>();
        (whole.TaxAmount, whole.Vat).ShouldBe((18_00, 0), "its company does not split");
    }

    [Fact]
    public void Money_goes_to_net_first_unless_all_of_it_is_exactly_the_vat()
    {
        story.Invoice("I-1", 118, tax: 18);
        Vats(story.Pay("P-1", 60).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 60 (0)");
        Parts().ShouldBe("40 + 18");
        Vats(story.Pay("P-2", 18).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 18 (18)");
        Vats(story.Pay("P-3", 40).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 40 (0)");
        story.View.Balance.ShouldBe(0);
        story.Reverse("P-2", ReversalReason.Bounced);
        Parts().ShouldBe("0 + 18");
        story.Forget().Sleep(allPages: true);
        story.Reverse("P-1", ReversalReason.Mistake);
        Parts().ShouldBe("60 + 18");
        Vats(story.Pay("P-4", 70).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 70 (10)");
        story.Replayed().View(story.Context()).Balance.ShouldBe(8_00);
    }

    [Fact]
    public void The_policys_order_tries_gross_then_net_then_vat()
    {
        story.Invoice("I-1", 118, tax: 18, due: "2026-03-01");
        story.Invoice("I-2", 218, tax: 18, due: "2026-03-05");
        story.Invoice("I-3", 200, tax: 30, due: "2026-03-06");
        Vats(story.Pay("P-1", 200).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-3/1 200 (30)", "gross of one before net of another");
        Vats(story.Pay("P-2", 200).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-2/1 200 (0)");
        Vats(story.Pay("P-3", 18).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-2/1 18 (18)", "gross first: of the second nothing else is open");
        Vats(story.Pay("P-4", 18).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 18 (18)");
        Vats(story.Pay("P-5", 30).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 30 (0)");
    }

    [Fact]
    public void The_vat_of_all_instalments_or_of_all_invoices_named_is_one_amount()
    {
        story.Invoice("I-100", 118, tax: 18, instalments: [("2026-03-10", 59), ("2026-04-10", 59)]);
        story.Invoice("I-200", 236, tax: 36, due: "2026-03-01");
        Vats(story.Pay("P-1", 18).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-100/1 9 (9) I-100/2 9 (9)");
        Vats(story.Pay("P-2", 300, remittance: "I-100 and I-200 without VAT").ShouldAppend<PaymentReceived>().Allocations)
            .ShouldBe("I-200/1 200 (0) I-100/1 50 (0) I-100/2 50 (0)");
        Vats(story.Pay("P-3", 36, remittance: "VAT of I-200").ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-200/1 36 (36)");
    }

    [Fact]
    public void A_part_is_named_and_no_more_than_is_open_of_it_is_taken()
    {
        story.Invoice("I-1", 118, tax: 18);
        story.Invoice("I-2", 50);
        Verdict Pay(string id, decimal amount, params (string Invoice, decimal Amount, ItemPart? Part)[] asked) => story.Ask(new PostPayment(
            id.No(), story.Amount(amount), story.Today, null, null, PaymentMethod.Transfer, null,
            [.. asked.Select(each => new AllocationRequest(each.Invoice.No(), null, story.Amount(each.Amount).Minor, each.Part))], null));
        Pay("P-1", 20, ("I-1", 18.01m, ItemPart.Vat)).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        Pay("P-1", 120, ("I-1", 100.01m, ItemPart.Net)).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        Pay("P-1", 200, ("I-1", 60, null), ("I-1", 50, ItemPart.Net)).ShouldRefuse(RefusalCode.AllocationExceedsOpen);
        Pay("P-1", 20, ("I-2", 20, ItemPart.Net)).ShouldRefuse(RefusalCode.ItemNotSplit);
        Vats(Pay("P-1", 60, ("I-1", 10, ItemPart.Vat), ("I-1", 30, ItemPart.Net), ("I-1", 15, null)).ShouldAppend<PaymentReceived>().Allocations)
            .ShouldBe("I-1/1 10 (10) I-1/1 30 (0) I-1/1 15 (0)");
        Parts().ShouldBe("55 + 8");
        var rest = story.Ask(new AllocateCredit(CreditKind.Payment, "P-1".No(), [new SettlementRequest("I-1".No(), null, null, ItemPart.Vat)], null));
        Vats(rest.ShouldAppend<CreditAllocated>().Allocations).ShouldBe("I-1/1 5 (5)");
        story.Undo("P-1", 1);
        Parts().ShouldBe("100 + 13");
    }

    [Fact]
    public void Credit_notes_disputes_and_write_offs_take_both_parts_as_the_invoice_has_them()
    {
        story.Invoice("I-1", 118, tax: 18);
        story.CreditNote("C-1", 59, "I-1");
        Parts().ShouldBe("50 + 9");
        story.Dispute("D-1", "I-1", 11.8m);
        story.Resolve("D-1", creditNote: "C-2");
        Parts().ShouldBe("40 + 7.2");
        story.Pay("P-1", 40);
        story.WriteOff("W-1", "I-1", 2);
        Parts().ShouldBe("0 + 5.2", "of net nothing is left to take");
        story.WriteOff("W-2", "I-1");
        Vats(story.Pay("P-2", 3).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 2 (0) I-1/1 1 (0)", "a recovery moves nothing that is open");
        story.Undo("P-2");
        story.TakeBack("W-1");
        story.TakeBack("W-2");
        story.Undo("C-1", kind: CreditKind.CreditNote);
        Parts().ShouldBe("50 + 16.2");
        story.View.Balance.ShouldBe(66_20 - 59_00 - 3_00);
    }

    [Fact]
    public void Discounts_and_small_differences_leave_nothing_of_either_part()
    {
        var generous = new AccountBuilder().Unlimited().SplittingVat().WithTerms(new PaymentTerms(30, EndOfMonth.None, null, [new DiscountStep(2, 10)]))
            .WithPolicy(new CreditPolicy { SmallDifference = new(1, 10) }).Open();
        generous.Invoice("I-1", 118, tax: 18);
        Vats(generous.Pay("P-1", 115.64m).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 118 (18)");
        generous.Undo("P-1");
        Vats(generous.Pay("P-2", 100).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 100 (0)", "exactly the net part earns no discount");
        generous.AfterDays(20);
        Vats(generous.Pay("P-3", 17.5m).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 18 (18)");
        generous.Reverse("P-3", ReversalReason.Bounced);
        PaperParts.Of(generous.Journal.Events)[("I-1".No(), 1)].ShouldBe((0, 18_00));
        Vats(generous.Ask(new PostPayment(
            "P-4".No(), generous.Amount(17.5m), generous.Today, null, null, PaymentMethod.Transfer, null,
            [new AllocationRequest("I-1".No(), null, 17_50)], null)).ShouldAppend<PaymentReceived>().Allocations).ShouldBe("I-1/1 18 (18)");
    }

    [Fact]
    public void What_is_paid_on_the_spot_pays_net_first_too()
    {
        story.Invoice("I-1", 118, tax: 18, paid: 110);
        Parts().ShouldBe("0 + 8");
        story.Invoice("I-2", 118, tax: 18, paid: 18);
        Parts("I-2").ShouldBe("100 + 0");
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Whatever_happens_both_parts_are_exact_and_sum_up(int part)
    {
        for (var seed = part * 50; seed < (part + 1) * 50; seed++)
        {
            var random = new Random(seed);
            var run = new AccountBuilder().Unlimited().SplittingVat().WithPolicy(new CreditPolicy { SmallDifference = new(0.5m, 20) }).Open();
            for (var step = 0; step < 60; step++)
            {
                Take(run, random, step);
            }

            var parts = PaperParts.Of(run.Journal.Events);
            parts.Values.ShouldAllBe(each => each.Net >= 0 && each.Vat >= 0);
            (parts.Values.Sum(each => each.Net + each.Vat) + run.View.Exposure.UnappliedCredits).ShouldBe(run.View.Balance, $"seed {seed}");
            var replayed = run.Replayed();
            replayed.TakeSnapshot(allPages: true).Pages.Values.SelectMany(page => page!.Invoices)
                .SelectMany(invoice => invoice.Items, (invoice, item) => (Key: (invoice.Number, item.Instalment), Value: (item.Open - item.Vat, item.Vat)))
                .ShouldBe(parts.Where(each => each.Value != (0, 0)).Select(each => (each.Key, each.Value)), ignoreOrder: true, $"seed {seed}");
        }
    }

    private static void Take(AccountStory run, Random random, int step)
    {
        var amount = random.Next(1, 30_000) / 100m;
        var (invoice, payment) = ($"I-{random.Next(step + 1)}", $"P-{random.Next(step + 1)}");
        ItemPart? part = random.Next(3) switch { 0 => ItemPart.Net, 1 => ItemPart.Vat, _ => null };
        switch (random.Next(14))
        {
            case 0 or 1 or 2:
                var first = decimal.Round(amount / 3, 2);
                run.Invoice(
                    $"I-{step}", amount, tax: decimal.Round(amount * random.Next(0, 101) / 100, 2), paid: random.Next(5) == 0 ? first : null,
                    instalments: first > 0 && random.Next(3) == 0 ? [("2026-03-05", first), ("2026-04-05", amount - first)] : null);
                break;
            case 3 or 4:
                run.Pay($"P-{step}", amount, remittance: random.Next(3) == 0 ? invoice : null);
                break;
            case 5:
                run.Ask(new PostPayment(
                    $"P-{step}".No(), run.Amount(amount * 2), run.Today, null, null, PaymentMethod.Transfer, null,
                    [new AllocationRequest(invoice.No(), null, run.Amount(amount).Minor, part), new AllocationRequest(invoice.No(), 1, run.Amount(decimal.Round(amount / 7, 2) + 0.01m).Minor)], null));
                break;
            case 6:
                run.Ask(new AllocateCredit(CreditKind.Payment, payment.No(), random.Next(2) == 0 ? null : [new SettlementRequest(invoice.No(), null, null, part)], null));
                break;
            case 7:
                run.Undo(payment, random.Next(1, 3));
                break;
            case 8:
                run.Reverse(payment, (ReversalReason)random.Next(2));
                break;
            case 9:
                run.CreditNote($"C-{step}", amount, invoice);
                break;
            case 10:
                run.WriteOff($"W-{step}", invoice, random.Next(2) == 0 ? null : amount);
                break;
            case 11:
                run.TakeBack($"W-{random.Next(step + 1)}");
                break;
            case 12:
                run.Dispute($"D-{step}", invoice, amount);
                run.Resolve($"D-{random.Next(step + 1)}", random.Next(2) == 0 ? null : $"CD-{step}");
                break;
            default:
                run.Forget().Sleep(allPages: random.Next(2) == 0);
                break;
        }
    }
}
