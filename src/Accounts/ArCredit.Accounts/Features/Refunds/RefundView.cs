using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>What a refund takes of one credit.</summary>
/// <param name="Type">payment or creditNote.</param>
/// <param name="Number">Payment id or number.</param>
/// <param name="Amount">Above 0.</param>
internal sealed record RefundPartView(CreditKind Type, DocumentNumber Number, decimal Amount)
{
    /// <summary>Realised exchange difference in the company's currency: amount × (posted rate − rate when it was filed); above 0 a gain. Left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MoneyBody? FxDifference { get; init; }
}

/// <summary>A refund of unapplied credit.</summary>
/// <param name="RefundId">Unique within the account.</param>
/// <param name="Status">
/// requested, approved, filed (in a file for the bank, and off the ledger), sent, settled; or ended with the credit given back: rejected by
/// the bank, cancelled before it was filed, returned by the payee's bank.
/// </param>
/// <param name="Currency">The credits'.</param>
/// <param name="Amount">All of it.</param>
/// <param name="Parts">Of which credits.</param>
/// <param name="Payee">Id of the payee account.</param>
/// <param name="PayeeVersion">The version of it that was approved; null = not approved.</param>
/// <param name="Reason">Code.</param>
/// <param name="Warnings">
/// OVERDUE_ITEMS and WRITTEN_OFF: the customer owed when it was requested; PAYMENT_REVERSED: a payment that it stands on was taken back after it
/// was filed, so that the customer owes it by debit note.
/// </param>
/// <param name="RequestedBy">Never who approves.</param>
/// <param name="RequestedOn">Company's date.</param>
/// <param name="ApprovedBy">Null = not approved.</param>
/// <param name="File">Message id of the file it is in.</param>
/// <param name="EndToEndId">As the bank tells it by.</param>
/// <param name="PostedOn">Accounting date on which it left the ledger.</param>
/// <param name="EndedOn">When its credit was given back.</param>
/// <param name="Code">Why it ended, or why its approval is void: the bank's reason code, PAYMENT_REVERSED, PAYEE_CHANGED or the caller's own.</param>
/// <param name="CodeText">The bank's reason in words.</param>
internal sealed record RefundView(
    DocumentNumber RefundId, RefundStatus Status, Currency Currency, decimal Amount, IReadOnlyList<RefundPartView> Parts, string Payee, int? PayeeVersion,
    string Reason, IReadOnlyList<string> Warnings, string RequestedBy, DateOnly RequestedOn, string? ApprovedBy, string? File, string? EndToEndId,
    DateOnly? PostedOn, DateOnly? EndedOn, string? Code, string? CodeText)
{
    /// <summary>The view of a refund as it stands.</summary>
    public static RefundView Of(RefundState refund) => new(
        refund.Id, refund.Status, refund.Currency, Amounts.Of(refund.Amount, refund.Currency),
        [.. refund.Parts.Select(part => new RefundPartView(part.Kind, part.Number, Amounts.Of(part.Amount, refund.Currency))
        {
            FxDifference = part.FxDifference is { } realised ? new MoneyBody(realised.Amount, realised.Currency) : null,
        })], refund.Payee,
        refund.PayeeVersion == 0 ? null : refund.PayeeVersion, refund.Reason, refund.Warnings ?? [], refund.RequestedBy, refund.RequestedOn, refund.ApprovedBy,
        refund.File, refund.EndToEndId, refund.PostedOn, refund.EndedOn, refund.Code, BankReasons.InWords(refund.Code));
}

/// <summary>ISO 20022 external status reason codes that banks give for payments they did not make.</summary>
internal static class BankReasons
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["AC01"] = "The account number is wrong.",
        ["AC03"] = "The creditor's account number is wrong.",
        ["AC04"] = "The account is closed.",
        ["AC06"] = "The account is blocked.",
        ["AC13"] = "The account is of a kind that cannot be debited so.",
        ["AG01"] = "The account takes no such transaction.",
        ["AG02"] = "The transaction's code is wrong.",
        ["AM04"] = "There are not enough funds.",
        ["AM05"] = "It is a duplicate.",
        ["AM09"] = "The amount is wrong.",
        ["BE05"] = "The party that began it is not known.",
        ["CNOR"] = "The creditor's bank is not reached.",
        ["DNOR"] = "The debtor's bank is not reached.",
        ["DT01"] = "The date is wrong.",
        ["ED05"] = "The settlement failed.",
        ["FF01"] = "The file's format is wrong.",
        ["FOCR"] = "It was recalled.",
        ["MD01"] = "There is no mandate.",
        ["MD02"] = "What the mandate says is wrong or incomplete.",
        ["MD06"] = "The debtor disputes it and wants the money back.",
        ["MD07"] = "The account's holder has died.",
        ["MS02"] = "The customer's reason is not stated.",
        ["MS03"] = "The bank's reason is not stated.",
        ["RC01"] = "The bank's code is wrong.",
        ["RR01"] = "The debtor's account or identification is missing.",
        ["RR02"] = "The debtor's name or address is missing.",
        ["RR03"] = "The creditor's name or address is missing.",
        ["RR04"] = "A regulation does not allow it.",
        ["SL01"] = "The debtor's bank has limited this service.",
        ["TM01"] = "It came too late.",
    };

    /// <summary>Null for what is no such code.</summary>
    public static string? InWords(string? code) => code is null ? null : Words.GetValueOrDefault(code);
}
