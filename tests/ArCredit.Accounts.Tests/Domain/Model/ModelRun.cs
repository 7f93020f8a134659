using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Kernel;
using Shouldly;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>One sequence of steps on the product's account and on the reference side by side.</summary>
internal sealed class ModelRun
{
    private readonly AccountStory story;
    private readonly ReferenceAccount reference;
    private readonly Currency currency;

    public ModelRun(Currency currency, ModelTerms terms, long? creditLimit)
    {
        this.currency = currency;
        story = new AccountStory(AccountBuilder.Start, terms.Book(), currency);
        reference = new ReferenceAccount(currency, terms) { Now = AccountBuilder.Start };
        var open = new PutAccount(
            StepMaker.Master(currency), LimitChanges.None with { CreditLimit = new(creditLimit is not null, creditLimit) }, null, new FreeText("{}"), true,
            null);
        story.Ask(open).ShouldAppend<AccountPut>();
        reference.Ask(open);
    }

    /// <summary>Money came in for something that was written off.</summary>
    public const string Recovered = "recovered";

    /// <summary>Net and VAT were settled for themselves.</summary>
    public const string OfVat = "of VAT";

    /// <summary>A rate had changed since.</summary>
    public const string WithDifference = "with exchange difference";

    /// <summary>Money came back before it had cleared, as a direct debit does.</summary>
    public const string BouncedUncleared = "bounced uncleared";

    /// <summary>Outcomes that came up, to see that the steps reach what they should.</summary>
    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>What is different after which step; null = nothing ever was.</summary>
    public string? FirstDifference(IEnumerable<Step> steps)
    {
        foreach (var step in steps)
        {
            var (found, expected) = ("state", "state");
            try
            {
                (found, expected) = Take(step);
                found += "\n" + StateOf(story.View);
                expected += "\n" + ExpectedState();
            }
            catch (Exception broken) when (broken is InvariantException or OverflowException or ShouldAssertException or KeyNotFoundException)
            {
                found = broken.ToString();
            }

            if (found != expected)
            {
                return $"after {step}\n--- found\n{found}\n--- expected\n{expected}";
            }
        }

        var (now, again) = (StateOf(story.View), StateOf(story.Replayed().View(story.Context())));
        return now == again ? null : $"after replaying the journal\n--- found\n{again}\n--- expected\n{now}";
    }

    private (string Found, string Expected) Take(Step step)
    {
        switch (step)
        {
            case Step.Ask ask:
                reference.RunDue();
                var uncleared = Uncleared();
                var (found, expected) = (Text(story.Ask(ask.Command)), reference.Ask(ask.Command));
                See($"{ask.Command.GetType().Name} {Short(found)}");
                See(found.Contains('~', StringComparison.Ordinal), OfVat);
                See(found.Contains("fx", StringComparison.Ordinal), $"{ask.Command.GetType().Name} {WithDifference}");
                See(found == ReferenceAccount.Done && ask.Command is ReversePayment { Reason: ReversalReason.Bounced } && Uncleared() < uncleared, BouncedUncleared);
                return (found, expected);
            case Step.Wait wait:
                story.After(wait.Time);
                reference.Now += wait.Time;

                // What nobody has asked about yet still earmarks; the shell decides what is due before it shows anything.
                story.RunDue();
                reference.RunDue();
                break;
            case Step.Sweep:
                story.RunDue();
                story.RunDue().ShouldBeEmpty();
                break;
            case Step.Forget:
                story.Forget();
                break;
            case Step.Sleep sleep:
                story.Sleep(sleep.AllPages);
                break;
            default:
                throw new InvariantException($"Unknown step {step}.");
        }

        return (ReferenceAccount.Done, ReferenceAccount.Done);
    }

    private void See(string outcome) => See(true, outcome);

    private void See(bool it, string outcome)
    {
        if (it)
        {
            Seen[outcome] = Seen.GetValueOrDefault(outcome) + 1;
        }
    }

    private long Uncleared() => story.View.Exposure.Uncleared;

    /// <summary>An answer without its figures.</summary>
    private static string Short(string answer) => answer.Split(' ')[0] switch
    {
        "paid" => answer.Contains('+', StringComparison.Ordinal) ? "forgiving" : "paid",
        "released" or "billed" or "filed" or "endedfx" => ReferenceAccount.Done,
        _ => answer,
    };

    private string Text(Verdict verdict) => verdict switch
    {
        Verdict.Check check => Text(check.Decision),
        Verdict.Unchanged => ReferenceAccount.Unchanged,
        Verdict.Refuse refuse => ReferenceAccount.Refused(refuse.Code),
        Verdict.Taken => ReferenceAccount.Taken,
        Verdict.Append { Events: [RefundEnded ended, ..] } append => ReferenceAccount.Ended(
            -append.Events.OfType<PaymentReceived>().Sum(back => back.FxDifference?.Amount ?? 0)
            + (ended.PostedOn is null ? 0 : ended.Refund.Parts.Where(part => ended.Credits.Any(credit => credit.Kind == part.Kind && credit.Number == part.Number)).Sum(part => part.FxDifference?.Amount ?? 0))),
        Verdict.Append append => Text(append.Events[0]),
        _ => throw new InvariantException($"Unknown verdict {verdict}."),
    };

    private string Text(AccountEvent happened) => happened switch
    {
        CreditReserved reserved => Text(reserved.Decision),
        CreditRefused refused => Text(refused.Decision),
        ReservationChanged { Decision: { } decision } => Text(decision),
        InvoicePosted { Decision: { } decision } => Text(decision),
        InvoicePosted posted when posted.Captures.Any(capture => capture.AfterLapse) => ReferenceAccount.DoneAfterLapse,
        CreditNotePosted note => Paid(note.Allocations, note.Currency),
        PaymentReceived payment => Paid(payment.Allocations, payment.Currency),
        CreditAllocated allocated => Paid(allocated.Allocations, allocated.Credit.Currency),
        RetentionReleased released => ReferenceAccount.Released(released.Instalment, released.DueDate),
        DebitPosted { Interest: not null } claim => ReferenceAccount.Billed(Money.ToDecimal(claim.Amount, claim.Currency)),
        RefundBooked filed => ReferenceAccount.Filed(filed.Refund.Parts.Select(part => part.FxDifference?.Amount)),
        _ => ReferenceAccount.Done,
    };

    private string Text(DecisionRecord decision)
    {
        ReplayTests.Replay(decision, story.Reference).ShouldBe(ReplayTests.Bytes(decision));
        return string.Join(' ', [decision.Outcome.ToString().ToLowerInvariant(), .. decision.Codes()]);
    }

    private string Paid(IReadOnlyList<Allocation> allocations, Currency of)
    {
        if (allocations.Any(each => each.WriteOff is not null))
        {
            See(Recovered);
        }

        return Settled(allocations, of);
    }

    /// <summary>What was settled, in the words of the reference.</summary>
    public static string Settled(IReadOnlyList<Allocation> allocations, Currency of) => ReferenceAccount.Settled(allocations.Select(each => new SettledLine(
        each.Invoice.Value, each.Instalment, Money.ToDecimal(each.Amount, of), Money.ToDecimal(each.Taken - each.Amount, of), Money.ToDecimal(each.Vat, of),
        each.FxDifference?.Amount)));

    private string StateOf(AccountView view)
    {
        var exposure = view.Exposure;
        return Lines(
            [exposure.OpenInvoices, exposure.ReturnedPayments, exposure.Uncleared, exposure.Orders, exposure.Deliveries, exposure.Reservations,
                -exposure.UnappliedCredits, exposure.Total, view.Balance, view.Disputed, view.Overdue.Amount, view.WrittenOff, view.InPlans, view.Retained, view.Limit],
            view.Overdue.OldestDueDate,
            reference.Reservations.Select(each => StateOf(each.Id) is { } state ? Reservation(state, each.Currency) : $"no {each.Id}")
                .Concat(reference.Plans.Select(each => $"{each.Id} {PlanText(each.Id)}")));
    }

    private string? PlanText(string id)
    {
        if (story.Account.FindPlan(id.No()) is not { } plan)
        {
            return null;
        }

        var outcome = $"plan {plan.Status}{(plan.HoldsUntil is null ? string.Empty : " holding")}";
        See(outcome);
        return ReferenceAccount.PlanText(
            plan.Status, Money.ToDecimal(plan.Asked, plan.Currency), Money.ToDecimal(plan.Received, plan.Currency), plan.BreaksOn, plan.HoldsUntil);
    }

    private ReservationState? StateOf(string id) =>
        story.Account.FindReservation(id.No()) ?? story.Journal.Read(new DocumentRequest(NumberKind.Reservation, id.No()), null).Reservation;

    private string ExpectedState()
    {
        var overdue = reference.Overdue();
        decimal?[] amounts =
        [
            reference.OpenInvoices, reference.Returned, reference.Uncleared, reference.Orders, reference.Deliveries, reference.Pos, reference.Unapplied,
            reference.Exposure, reference.Balance, reference.Disputed, overdue.Sum(item => item.Worth), reference.WrittenOff, reference.InPlans, reference.Retained, reference.Limit(),
        ];
        return Lines(
            [.. amounts.Select(amount => (long?)(amount * currency.MinorPerMajor))], overdue.Count == 0 ? null : overdue.Min(item => item.Due),
            reference.Reservations.Select(each => string.Create(
                CultureInfo.InvariantCulture,
                $"{each.Id} {each.Status} {each.Amount:0.000} paid {each.Paid:0.000} earmarked {each.Earmarked:0.000} rest {each.Rest:0.000} "
                + $"delivered {each.Delivered:0.000} captured {each.Captured:0.000}")).Concat(reference.Plans.Select(each => $"{each.Id} {each.Text}")));
    }

    private static string Reservation(ReservationState state, Currency of)
    {
        string Major(long minor) => Money.ToDecimal(minor, of).ToString("0.000", CultureInfo.InvariantCulture);
        return $"{state.Id} {state.Status} {Major(state.Amount)} paid {Major(state.Paid)} earmarked {Major(state.Remaining)} rest {Major(state.Rest)} "
            + $"delivered {Major(state.Delivered)} captured {Major(state.Captured)}";
    }

    private static readonly string[] Names =
        ["open invoices", "returned", "uncleared", "orders", "deliveries", "pos", "unapplied", "exposure", "balance", "disputed", "overdue", "written off", "in plans", "retained", "limit"];

    private static string Lines(long?[] amounts, DateOnly? oldest, IEnumerable<string> reservations) => string.Join(
        '\n',
        [
            .. Names.Zip(amounts, (name, amount) => $"{name} {amount?.ToString(CultureInfo.InvariantCulture) ?? "none"}"),
            $"oldest {oldest:yyyy-MM-dd}", .. reservations,
        ]);
}
