using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Accounts.Tests.Domain.Model;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>Answers of the product in the words of the reference.</summary>
internal static class AnswerText
{
    public const string Again = "again ";

    public static string Of(Answer answer) => answer switch
    {
        Answer.Done { Repeat: Repeat.None } done => Of(done),
        Answer.Done repeated => Again + Of(repeated),
        Answer.Checked check => Of(check.Decision),
        Answer.Unchanged => ReferenceAccount.Unchanged,
        Answer.Refused refused => ReferenceAccount.Refused(refused.Code),
        _ => throw new InvariantException($"Unknown answer {answer}."),
    };

    /// <summary>What an account shows, amounts in minor units.</summary>
    public static string Of(AccountView? view) => view is null ? "no account" : Lines(
        view.Exposure.OpenInvoices, view.Exposure.ReturnedPayments, view.Exposure.Uncleared, view.Exposure.Orders, view.Exposure.Deliveries,
        view.Exposure.Reservations, view.Exposure.UnappliedCredits, view.Balance, view.Overdue.Amount, view.Limit);

    /// <summary>What it should show.</summary>
    public static string Of(ReferenceAccount expected, Currency currency)
    {
        return Lines(
            Minor(expected.OpenInvoices), Minor(expected.Returned), Minor(expected.Uncleared), Minor(expected.Orders), Minor(expected.Deliveries),
            Minor(expected.Pos), -Minor(expected.Unapplied), Minor(expected.Balance), Minor(expected.Overdue().Sum(item => item.Worth)),
            expected.Limit() is { } limit ? Minor(limit) : null);

        long Minor(decimal amount) => (long)(amount * currency.MinorPerMajor);
    }

    private static string Of(Answer.Done done) => done.Events.FirstOrDefault(happened => happened.By != "clock") switch
    {
        CreditReserved reserved => Of(reserved.Decision),
        CreditRefused refused => Of(refused.Decision),
        ReservationChanged { Decision: { } decision } => Of(decision),
        InvoicePosted { Decision: { } decision } => Of(decision),
        InvoicePosted posted when posted.Captures.Any(capture => capture.AfterLapse) => ReferenceAccount.DoneAfterLapse,
        CreditNotePosted note => ModelRun.Settled(note.Allocations, note.Currency),
        PaymentReceived payment => ModelRun.Settled(payment.Allocations, payment.Currency),
        CreditAllocated allocated => ModelRun.Settled(allocated.Allocations, allocated.Credit.Currency),
        _ => ReferenceAccount.Done,
    };

    private static string Of(DecisionRecord decision) =>
        string.Join(' ', [decision.Outcome.ToString().ToLowerInvariant(), .. decision.Codes()]);

    private static string Lines(
        long invoices, long returned, long uncleared, long orders, long deliveries, long pos, long credits, long balance, long overdue, long? limit) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"invoices {invoices} returned {returned} uncleared {uncleared} orders {orders} deliveries {deliveries} pos {pos} credits {credits} "
            + $"balance {balance} overdue {overdue} limit {limit}");
}
