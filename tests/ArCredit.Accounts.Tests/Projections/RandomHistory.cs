using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Projections;

/// <summary>A customer's months at random: what is refused on the way simply does not happen.</summary>
internal sealed class RandomHistory
{
    private readonly Random random;
    private readonly string[] currencies;
    private readonly Chronicle chronicle;
    private readonly List<string> invoices = [];
    private readonly List<string> payments = [];
    private readonly List<string> writeOffs = [];
    private readonly List<string> disputes = [];
    private readonly List<string> plans = [];
    private readonly List<string> refunds = [];
    private readonly List<string> reservations = [];
    private int number;

    private RandomHistory(int seed, string[] currencies, string account)
    {
        random = new Random(seed);
        this.currencies = currencies;
        var story = new AccountBuilder().Unlimited().WithInterestRate(9.5m).SplittingVat().WithRate("USD", "EUR", "2026-01-01", 0.9137m).WithRate("JPY", "EUR", "2026-01-01", 0.00613m)
            .WithRate("KWD", "EUR", "2026-01-01", 3.0391m).Open();
        chronicle = new Chronicle(story, account).Note();
    }

    private AccountStory Story => chronicle.Story;

    /// <summary>The same seed tells the same story.</summary>
    public static Chronicle Of(int seed, int steps = 150, string account = "C-1001", params string[] currencies)
    {
        var history = new RandomHistory(seed, currencies.Length == 0 ? ["EUR"] : currencies, account);
        for (var i = 0; i < steps; i++)
        {
            history.Step();
        }

        return history.chronicle;
    }

    private void Refund()
    {
        if (random.Next(3) == 0 || Any(refunds) is not { } refund)
        {
            refunds.Add(Next("F"));
            Story.Refund(refunds[^1], Amount(out var of), random.Next(2) == 0 ? null : Any(payments), of: of);
            return;
        }

        switch (random.Next(4))
        {
            case 0 or 1:
                Story.Approve(refund);
                Story.File(refund);
                break;
            case 2:
                Story.Report(refund, settled: random.Next(2) == 0);
                break;
            default:
                Story.End(refund, random.GetItems([RefundStatus.Cancelled, RefundStatus.Rejected, RefundStatus.Returned], 1)[0], "AC04");
                break;
        }
    }

    private void Release()
    {
        if (Any(invoices) is { } held && random.Next(2) == 0)
        {
            Story.ReleaseRetention(held, random.Next(2) == 0 ? null : random.Next(1, 20), due: Day(Story.Today.AddDays(random.Next(0, 5))));
        }
        else if (Any(invoices) is { } back)
        {
            Story.ReverseRelease(back, random.Next(3, 5));
        }
    }

    private void RefundOrRelease()
    {
        if (random.Next(5) < 2)
        {
            Release();
        }
        else
        {
            Refund();
        }
    }

    private void Step()
    {
        Story.After(TimeSpan.FromHours(random.Next(0, 40)));
        switch (random.Next(26))
        {
            case 0 or 1 or 2:
                PostInvoice();
                break;
            case > 20:
                RefundOrRelease();
                break;
            case 3:
                Story.CreditNote(Next("N"), Amount(out var of), random.Next(3) == 0 ? null : Any(invoices), of);
                break;
            case 4 or 5 or 6:
                Pay();
                break;
            case 7:
                if (payments.Count > 0)
                {
                    Story.Reverse(Any(payments)!, random.Next(2) == 0 ? ReversalReason.Bounced : ReversalReason.Mistake);
                }

                break;
            case 10 when payments.Count > 0:
                Story.Allocate(Any(payments)!);
                break;
            case 11 when payments.Count > 0:
                Story.Undo(Any(payments)!, random.Next(1, 3));
                break;
            case 12:
                invoices.Add(Next("D"));
                var billed = Amount(out var claimed);
                Story.Bill(invoices[^1], billed, (DebitKind)random.Next(1, 4), of: claimed, tax: Vat(billed, claimed));
                break;
            case 13 when invoices.Count > 0:
                writeOffs.Add(Next("W"));
                Story.WriteOff(writeOffs[^1], Any(invoices)!, random.Next(2) == 0 ? null : 1, random.Next(3) == 0 ? WriteOffKind.Waiver : WriteOffKind.BadDebt);
                break;
            case 14 when writeOffs.Count > 0:
                Story.TakeBack(Any(writeOffs)!);
                break;
            case 15 when invoices.Count > 0:
                disputes.Add(Next("Q"));
                Story.Dispute(disputes[^1], Any(invoices)!, random.Next(2) == 0 ? null : random.Next(1, 20));
                break;
            case 16 when disputes.Count > 0:
                Story.Resolve(Any(disputes)!, random.Next(2) == 0 ? null : Next("CN"));
                break;
            case 17 when invoices.Count > 0:
                Story.Promise(Next("M"), random.Next(3) == 0 ? null : Any(invoices)!, (Day(Story.Today.AddDays(random.Next(0, 4))), 1));
                break;
            case 19 or 20:
                PlanOrDecide();
                break;
            case 18:
                Story.BillInterest(Next("Z"), of: currencies[random.Next(currencies.Length)]);
                break;
            case 8:
                reservations.Add(Next("R"));
                Story.Reserve(reservations[^1], Amount(out var currency), of: currency, expiresInSeconds: random.Next(3) == 0 ? 3600 : null);
                break;
            default:
                EndReservation();
                break;
        }

        chronicle.Note();
    }

    private void PlanOrDecide()
    {
        if (plans.Count > 0 && random.Next(2) == 0)
        {
            Story.Decide(Any(plans)!, random.Next(4) == 0 ? PlanDecision.Reject : PlanDecision.Approve);
            return;
        }

        plans.Add(Next("L"));
        Story.Ask(new RequestPlan(
            plans[^1].No(), Any(invoices) is { } named && random.Next(3) > 0 ? [new PlanItem(named.No(), null)] : null, null, null,
            new PlanSchedule(random.Next(1, 4), PlanInterval.Week, Story.Today.AddDays(random.Next(0, 4))), null, "RV", new FreeText("called"), "collector"));
    }

    private void PostInvoice()
    {
        invoices.Add(Next("I"));
        var amount = Amount(out var of);
        var due = Story.Today.AddDays(random.Next(-5, 40));
        if (random.Next(4) != 0)
        {
            Story.Invoice(
                invoices[^1], amount, Day(due), of, paid: random.Next(6) == 0 ? amount : null, tax: Vat(amount, of),
                retention: random.Next(3) == 0 ? new RetentionFacts(7.5m, null, random.Next(2) == 0 ? due : null, null) : null);
            return;
        }

        var first = Major(Minor(amount, of) / 3, of);
        Story.Invoice(invoices[^1], amount, of: of, instalments: [(Day(due), first), (Day(due.AddDays(30)), amount - first)], tax: Vat(amount, of));
    }

    private decimal? Vat(decimal amount, string of) => random.Next(2) == 0 ? Major(Minor(amount, of) * 18 / 118, of) : null;

    private void Pay()
    {
        payments.Add(Next("P"));
        var amount = Amount(out var of);
        var clearsOn = random.Next(4) == 0 ? Day(Story.Today.AddDays(random.Next(0, 10))) : null;
        switch (random.Next(3))
        {
            case 0:
                Story.Pay(payments[^1], amount, of, clearsOn, []);
                break;
            case 1 when invoices.Count > 0:
                Story.Pay(payments[^1], amount, of, clearsOn, [(Any(invoices)!, null, Major(Math.Max(1, Minor(amount, of) / 2), of))]);
                break;
            default:
                Story.Pay(payments[^1], amount, of, clearsOn);
                break;
        }
    }

    private void EndReservation()
    {
        if (Any(reservations) is not { } id || Story.Account.FindReservation(id.No()) is not { Status: ReservationStatus.Active })
        {
            return;
        }

        if (random.Next(3) == 0)
        {
            Story.Release(id);
            return;
        }

        invoices.Add(Next("I"));
        Story.Capture(id, invoices[^1]);
    }

    private string Next(string prefix) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}{++number:000}");

    private string? Any(List<string> known) => known.Count == 0 ? null : known[random.Next(known.Count)];

    private decimal Amount(out string of)
    {
        of = currencies[random.Next(currencies.Length)];
        return Major(random.Next(1, 50_000), of);
    }

    private static decimal Major(long minor, string of) => Money.ToDecimal(minor, Currency.Parse(of));

    private static long Minor(decimal amount, string of) => amount.In(of).Minor;

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
