using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Platform.Data;

namespace ArCredit.Banking.Storage;

/// <summary>
/// Writes into customers' timelines what their accounts do not know, in the transaction that it happens in: bank accounts, mandates, and
/// collections as far as they are no payment.
/// </summary>
internal sealed class AccountTimeline(ITimeline timeline)
{
    private const int Shown = 4;

    /// <summary>A payee account was added, changed or confirmed.</summary>
    public Task PayeeAsync(DbSession session, Payee payee, string type, string by) => RecordAsync(
        session, payee.AccountId,
        new TimelineRecord(TimelineKind.Change, type, by, payee.Id) { Status = payee.ConfirmedBy is null ? "pending" : "confirmed", BankAccount = Masked(payee.Iban) });

    /// <summary>A mandate stands otherwise.</summary>
    public Task MandateAsync(DbSession session, Mandate mandate, MandateStatus status, string type, string? reason, string by) => RecordAsync(
        session, mandate.AccountId,
        new TimelineRecord(TimelineKind.Agreement, type, by, mandate.MandateId)
        {
            Status = Platform.Http.EnumNames.Name(status),
            Reason = reason,
            BankAccount = Masked(mandate.Iban),
        });

    /// <summary>An amendment of a mandate was asked for, confirmed or withdrawn.</summary>
    public Task AmendmentAsync(DbSession session, string account, MandateAmendment amendment, AmendmentStatus status, string type, string? reason, string by) => RecordAsync(
        session, account,
        new TimelineRecord(TimelineKind.Agreement, type, by, amendment.AmendmentId)
        {
            Status = Platform.Http.EnumNames.Name(status),
            Reason = reason,
            Mandate = amendment.MandateId,
            BankAccount = amendment.Iban is { } iban ? Masked(iban) : null,
        });

    /// <summary>A collection has reached a state, or its file has gone to the bank.</summary>
    public Task CollectionAsync(DbSession session, Collection collection, string type, string? reason, string by) => RecordAsync(
        session, collection.AccountId,
        new TimelineRecord(TimelineKind.Document, $"collection{char.ToUpperInvariant(type[0])}{type[1..]}", by, collection.CollectionId)
        {
            Amount = collection.Amount,
            Currency = collection.Money,
            Invoices = [.. collection.AllItems.Select(item => item.Number.Value).Distinct(StringComparer.Ordinal)],
            Status = type,
            Reason = reason,
            Mandate = collection.MandateId,
            File = collection.MessageId,
        });

    /// <summary>A bank account that a payer pays from was learned or forgotten.</summary>
    public Task PayerAsync(DbSession session, string account, string partyAccount, string payment, string type, string by) => RecordAsync(
        session, account, new TimelineRecord(TimelineKind.Change, type, by, payment) { BankAccount = Masked(partyAccount) });

    /// <summary>Country and check digits of an IBAN, and the last four characters; of a short number nothing.</summary>
    public static string Masked(string number) =>
        number.Length < 3 * Shown ? "…" : char.IsAsciiLetterUpper(number[0]) ? $"{number[..Shown]}…{number[^Shown..]}" : $"…{number[^Shown..]}";

    private Task RecordAsync(DbSession session, string account, TimelineRecord record) =>
        timeline.RecordAsync(session.Transaction ?? throw new Kernel.InvariantException("A timeline is written in a transaction."), Kernel.AccountId.Parse(account), record);
}
