using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>What is disputed of one instalment.</summary>
internal sealed record DisputedLineView(int Instalment, decimal Amount);

/// <summary>A dispute.</summary>
/// <param name="DisputeId">Unique within the account.</param>
/// <param name="Invoice">The invoice, debit note or claim.</param>
/// <param name="Status">open or resolved.</param>
/// <param name="Reason">Code.</param>
/// <param name="Currency">The invoice's.</param>
/// <param name="Amount">What was disputed; while it is open no more than is open of the invoice counts.</param>
/// <param name="Lines">By instalment.</param>
/// <param name="Owner">Who works on it.</param>
/// <param name="DueOn">When it shall be resolved.</param>
/// <param name="RaisedOn">Company's date.</param>
/// <param name="Outcome">Null while it is open.</param>
/// <param name="Credited">Null while it is open.</param>
/// <param name="CreditNote">The credit note that resolved it.</param>
/// <param name="ResolvedOn">Null while it is open.</param>
internal sealed record DisputeView(
    DocumentNumber DisputeId, DocumentNumber Invoice, DisputeStatus Status, string Reason, Currency Currency, decimal Amount,
    IReadOnlyList<DisputedLineView> Lines, string? Owner, DateOnly? DueOn, DateOnly RaisedOn, DisputeOutcome? Outcome, decimal? Credited,
    DocumentNumber? CreditNote, DateOnly? ResolvedOn)
{
    /// <summary>The view of a dispute as it stands.</summary>
    public static DisputeView Of(DisputeState dispute) => new(
        dispute.Id, dispute.Invoice, dispute.ResolvedOn is null ? DisputeStatus.Open : DisputeStatus.Resolved, dispute.Reason, dispute.Currency,
        Amounts.Of(dispute.Amount, dispute.Currency), [.. dispute.Lines.Select(line => new DisputedLineView(line.Instalment, Amounts.Of(line.Amount, dispute.Currency)))],
        dispute.Owner, dispute.DueOn, dispute.RaisedOn, dispute.Outcome,
        dispute.ResolvedOn is null ? null : Amounts.Of(dispute.Credited, dispute.Currency), dispute.CreditNote, dispute.ResolvedOn);
}

/// <summary>An entry of a dispute's log.</summary>
/// <param name="At">Business instant.</param>
/// <param name="By">Who wrote it, by id.</param>
/// <param name="Kind">raised, changed or resolved.</param>
/// <param name="Owner">From then on.</param>
/// <param name="DueOn">From then on.</param>
/// <param name="Note">Null when there was none, or once it is erased.</param>
internal sealed record DisputeLogView(DateTimeOffset At, string? By, DisputeEntry Kind, string? Owner, DateOnly? DueOn, string? Note);

/// <summary>A dispute with its log.</summary>
/// <param name="Dispute">As it stands.</param>
/// <param name="Log">Oldest first; the newest 1,000 entries.</param>
internal sealed record DisputeWithLogView(DisputeView Dispute, IReadOnlyList<DisputeLogView> Log);
