using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.Features;

/// <summary>How an own account is paid from.</summary>
/// <param name="Holder">Its holder as the bank knows it, 1 to 70 characters.</param>
/// <param name="Bic">Absent = the bank is found by the IBAN.</param>
/// <param name="CreditTransfers">pain.001.001.09 (absent) or pain.001.001.03.</param>
internal sealed record OutgoingBody(string Holder, string? Bic, string? CreditTransfers);

/// <summary>A file of everything that is approved.</summary>
/// <param name="BankAccount">The own account that is paid from: its company's refunds in its currency.</param>
/// <param name="ExecutionDate">When the bank shall pay; absent = today.</param>
internal sealed record PaymentFileBody(string BankAccount, DateOnly? ExecutionDate);

/// <summary>A payment of a file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Account">The customer.</param>
/// <param name="RefundId">What it pays.</param>
/// <param name="EndToEndId">As the bank tells it by.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="State">
/// taken (its account has yet to let it go), dropped (it did not, so it is not in the file), filed, sent, settled, rejected, returned.
/// </param>
/// <param name="Reason">Code: why it was dropped, rejected or returned, or what a person said of it.</param>
/// <param name="BankStatus">The newest that the bank told of it, such as ACCP or RJCT.</param>
/// <param name="BankText">The bank's own words.</param>
/// <param name="ToldBy">Who said what became of it, where it was a person.</param>
/// <param name="ReturnedAs">The bank transaction that its money came back with.</param>
/// <param name="Charges">What banks kept of it; null = nothing came back.</param>
/// <param name="ContradictedBy">The bank transaction that paid it, although it stands as rejected: somebody has to ask the bank.</param>
/// <param name="Error">Code: why its account could not be asked the last time; it is asked again.</param>
/// <param name="MovedTo">The file that it is in now, because this one went on without it.</param>
internal sealed record PaymentLineView(
    int Line, AccountId Account, DocumentNumber RefundId, string EndToEndId, decimal Amount, LineState State, string? Reason, string? BankStatus, string? BankText,
    string? ToldBy, string? ReturnedAs, decimal? Charges, string? ContradictedBy, string? Error, string? MovedTo)
{
    public static PaymentLineView Of(PaymentFile file, PaymentLine line) => new(
        (int)line.Line, AccountId.Parse(line.AccountId), DocumentNumber.Parse(line.RefundId), line.EndToEndId, Money.ToDecimal(line.Amount, file.Money),
        EnumNames.TryParse<LineState>(line.State, out var state) ? state : throw new InvariantException($"No payment is {line.State}."), line.Reason,
        line.BankStatus, line.BankText, line.ToldBy, line.ReturnedAs, line.Charges is { } charges ? Money.ToDecimal(charges, file.Money) : null, line.ContradictedBy, line.Error,
        line.MessageId == file.MessageId ? null : line.MessageId);
}

/// <summary>A file for a bank.</summary>
/// <param name="MessageId">Also the name of the file.</param>
/// <param name="State">
/// collecting (its refunds leave their ledgers), ready (its content is fixed for ever), uploading, sent, empty (nothing was left to pay), withdrawn.
/// </param>
/// <param name="BankAccount">Paid from.</param>
/// <param name="Format">Name and version of the message.</param>
/// <param name="Currency">Of all its amounts.</param>
/// <param name="ExecutionDate">When the bank shall pay.</param>
/// <param name="Transactions">Payments in it.</param>
/// <param name="ControlSum">Their sum.</param>
/// <param name="Sha256">Of its content; null until that is fixed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="SentAt">When it was put into the outbox, or said to be sent.</param>
/// <param name="BankStatus">The newest that the bank told of it as a whole.</param>
/// <param name="BankReason">Code.</param>
internal sealed record PaymentFileView(
    string MessageId, FileState State, string BankAccount, string Format, Currency Currency, DateOnly ExecutionDate, int Transactions, decimal ControlSum,
    string? Sha256, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? SentAt, string? BankStatus, string? BankReason)
{
    public static PaymentFileView Of(PaymentFile file) => new(
        file.MessageId, EnumNames.TryParse<FileState>(file.State, out var state) ? state : throw new InvariantException($"No file is {file.State}."),
        file.BankAccount, file.Format, file.Money, file.ExecutionOn, (int)file.Transactions, Money.ToDecimal(file.ControlSum, file.Money), file.ContentHash,
        file.CreatedAt, file.CreatedBy, file.SentAt, file.BankStatus, file.BankReason);
}

/// <summary>A file with what is in it.</summary>
/// <param name="File">The file.</param>
/// <param name="Payments">By line.</param>
/// <param name="Collections">Of a file of direct debits, by id.</param>
/// <param name="LeftOut">Approved refunds that are not in it; in the answer that made it only.</param>
internal sealed record PaymentFileWithPaymentsView(
    PaymentFileView File, IReadOnlyList<PaymentLineView> Payments, IReadOnlyList<CollectionView> Collections, IReadOnlyList<LeftOut> LeftOut)
{
    public static PaymentFileWithPaymentsView Of(
        PaymentFile file, IReadOnlyList<PaymentLine> lines, IReadOnlyList<Collection> collections, IReadOnlyList<LeftOut> left) => new(
        PaymentFileView.Of(file),
        [.. lines.Select(line => PaymentLineView.Of(file, line))],
        [.. collections.Select(CollectionView.Of)],
        left);
}

/// <summary>A refund somewhere.</summary>
/// <param name="Account">The customer.</param>
/// <param name="RefundId">The refund.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="Currency">Of the amount.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="RequestedBy">Never who approves.</param>
/// <param name="Warnings">What speaks against it.</param>
internal sealed record RefundOfAccountView(
    AccountId Account, DocumentNumber RefundId, decimal Amount, Currency Currency, RefundStatus Status, string RequestedBy, IReadOnlyList<string> Warnings);
