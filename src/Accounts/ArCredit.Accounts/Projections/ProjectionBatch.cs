using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Projections;

/// <summary>A document within its account.</summary>
internal readonly record struct DocumentKey(string AccountId, string Number);

/// <summary>A reservation as it stands after the batch.</summary>
internal sealed record ReservationRow(string AccountId, long Version, ReservationSlice Reservation);

/// <summary>A credit whose allocations were changed, as it stands after the batch.</summary>
internal sealed record CreditRow(string AccountId, long Version, CreditState Credit);

/// <summary>Money that can still come back; <paramref name="ClearsOn"/> null = no longer.</summary>
internal sealed record UnclearedRow(DocumentKey Payment, DateOnly? ClearsOn);

/// <summary>A block as it stands after the batch.</summary>
internal sealed record BlockRow(string AccountId, string Name, bool IsSet, bool AllSales);

/// <summary>Master data as it stands after the batch.</summary>
internal sealed record AccountRow(string AccountId, AccountPut Put);

/// <summary>
/// What a batch of the feed changes in the tables. States are kept once, as they stand after the batch: a sale that is
/// reserved and captured within it is one write.
/// </summary>
internal sealed class ProjectionBatch
{
    private readonly Dictionary<DocumentKey, ReservationRow> reservations = [];
    private readonly Dictionary<DocumentKey, StoredInvoice> invoices = [];
    private readonly Dictionary<(string AccountId, CreditKind Kind, string Number), CreditRow> credits = [];
    private readonly Dictionary<DocumentKey, DisputeRow> disputes = [];
    private readonly Dictionary<DocumentKey, PromiseRow> promises = [];
    private readonly Dictionary<DocumentKey, PlanRow> plans = [];
    private readonly Dictionary<DocumentKey, RefundRow> refunds = [];
    private readonly Dictionary<(string AccountId, MarkKind Kind, string MarkId, string Number, int Instalment), MarkRow> marks = [];
    private readonly Dictionary<DocumentKey, UnclearedRow> uncleared = [];
    private readonly Dictionary<string, AccountRow> accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<DocumentKey, BlockRow> blocks = [];

    public ProjectionBatch(IEnumerable<FeedRow> rows)
    {
        foreach (var row in rows)
        {
            Add(row.Row, null);
        }
    }

    /// <summary>A batch of one row, whose event is at hand.</summary>
    public ProjectionBatch(JournalRow row, AccountEvent happened) => Add(row, happened);

    public List<LedgerLine> Lines { get; } = [];

    public List<DisputeLogRow> DisputeLog { get; } = [];

    public List<InterestRow> Interest { get; } = [];

    public List<RetentionRow> Retentions { get; } = [];

    public List<PlanMoveRow> PlanMoves { get; } = [];

    public IReadOnlyCollection<DisputeRow> Disputes => disputes.Values;

    public IReadOnlyCollection<PromiseRow> Promises => promises.Values;

    public IReadOnlyCollection<PlanRow> Plans => plans.Values;

    public IReadOnlyCollection<RefundRow> Refunds => refunds.Values;

    public IReadOnlyCollection<MarkRow> Marks => marks.Values;

    public IReadOnlyCollection<ReservationRow> Reservations => reservations.Values;

    public IReadOnlyCollection<KeyValuePair<DocumentKey, StoredInvoice>> Invoices => invoices;

    public IReadOnlyCollection<CreditRow> Credits => credits.Values;

    public IReadOnlyCollection<UnclearedRow> Uncleared => uncleared.Values;

    public IReadOnlyCollection<AccountRow> Accounts => accounts.Values;

    public IReadOnlyCollection<BlockRow> Blocks => blocks.Values;

    private void Add(JournalRow row, AccountEvent? decoded)
    {
        switch (row.Type)
        {
            case "credit-reserved" or "reservation-changed" or "reservation-delivered" or "reservation-released" or "reservation-lapsed":
                EventCodec.RequireKnown(row.Type, row.Schema);
                Put(row, ReservationSlice.In(row.Payload.Span));
                break;
            case "credit-refused":
                break;
            default:
                Record(row, decoded ?? EventCodec.Decode(row.Type, row.Schema, row.Payload.Span));
                break;
        }
    }

    private void Record(JournalRow row, AccountEvent happened)
    {
        switch (happened)
        {
            case AccountPut put:
                accounts[row.AccountId] = new AccountRow(row.AccountId, put);
                break;
            case BlockSet set:
                blocks[new DocumentKey(row.AccountId, set.Name)] = new BlockRow(row.AccountId, set.Name, true, set.AllSales);
                break;
            case BlockRemoved removed:
                blocks[new DocumentKey(row.AccountId, removed.Name)] = new BlockRow(row.AccountId, removed.Name, false, false);
                break;
            case InvoicePosted posted:
                foreach (var capture in posted.Captures)
                {
                    Put(row, ReservationSlice.Of(capture.Reservation));
                }

                Put(row, new StoredInvoice(posted.Number, posted.Currency, posted.Amount, 0));
                Lines.AddRange(LedgerLines.Of(row, posted));
                Retentions.AddRange(RetentionRow.Of(row, posted));
                break;
            case CreditNotePosted note:
                if (note.Credited is { } credited)
                {
                    Put(row, credited);
                }

                Lines.AddRange(LedgerLines.Of(row, note));
                break;
            case PaymentReceived payment:
                if (payment.ClearsOn is { } clearsOn)
                {
                    Put(row, payment.PaymentId, clearsOn);
                }

                Lines.AddRange(LedgerLines.Of(row, payment));
                break;
            case PaymentReversed reversed:
                Put(row, reversed.PaymentId, null);
                Lines.AddRange(LedgerLines.Of(row, reversed));
                break;
            case DebitPosted debit:
                Put(row, new StoredInvoice(debit.Number, debit.Currency, debit.Amount, 0));
                Lines.AddRange(LedgerLines.Of(row, debit));
                Interest.AddRange(InterestRow.Of(row, debit));
                break;
            case WrittenOff writtenOff:
                Lines.AddRange(LedgerLines.Of(row, writtenOff));
                break;
            case WriteOffReversed back:
                Lines.AddRange(LedgerLines.Of(row, back));
                break;
            case CreditAllocated allocated:
                Put(row, allocated.Credit);
                Lines.AddRange(LedgerLines.Of(row, allocated));
                break;
            case AllocationUndone undone:
                Put(row, undone.Credit);
                Lines.AddRange(LedgerLines.Of(row, undone));
                break;
            case MoneyCleared cleared:
                Put(row, cleared.PaymentId, null);
                break;
            default:
                RecordAgreement(row, happened);
                break;
        }
    }

    private void RecordAgreement(JournalRow row, AccountEvent happened)
    {
        switch (happened)
        {
            case DisputeRaised raised:
                Put(row, raised, raised.Dispute, DisputeEntry.Raised, raised.Note);
                break;
            case DisputeChanged changed:
                Put(row, changed, changed.Dispute, DisputeEntry.Changed, changed.Note);
                break;
            case DisputeResolved resolved:
                Put(row, resolved, resolved.Dispute, DisputeEntry.Resolved, resolved.Note);
                break;
            case PromiseMade { Promise: var promise }:
                Put(row, promise);
                break;
            case PromiseChanged { Promise: var promise }:
                Put(row, promise);
                break;
            case PlanRequested { Plan: var plan }:
                Put(row, plan);
                break;
            case PlanDecided { Plan: var plan }:
                Put(row, plan);
                break;
            case PlanChanged { Plan: var plan, Moves: var moves }:
                Put(row, plan);
                PlanMoves.AddRange(moves?.Select(move => new PlanMoveRow(row.AccountId, row.Version, row.RecordedAt, plan.Id.Value, move)) ?? []);
                break;
            case RetentionReleased released:
                Lines.AddRange(LedgerLines.Of(row, released));
                break;
            case ReleaseReversed back:
                Lines.AddRange(LedgerLines.Of(row, back));
                break;
            case ContactLogged or UsageRecorded or UsageReleased:
                break;
            default:
                RecordRefund(row, happened);
                break;
        }
    }

    private void RecordRefund(JournalRow row, AccountEvent happened)
    {
        switch (happened)
        {
            case RefundRequested requested:
                Put(row, requested.Refund, requested.Credits);
                break;
            case RefundChanged changed:
                Put(row, changed.Refund, []);
                break;
            case RefundBooked booked:
                Put(row, booked.Refund, booked.Credits);
                Lines.AddRange(LedgerLines.Of(row, booked));
                break;
            case RefundEnded ended:
                Put(row, ended.Refund, ended.Credits);
                Lines.AddRange(LedgerLines.Of(row, ended));
                break;
            default:
                throw new InvariantException($"No projection knows what to do with {happened.GetType().Name}.");
        }
    }

    private void Put(JournalRow row, AccountEvent happened, DisputeState dispute, DisputeEntry kind, TextRef? note)
    {
        disputes[new DocumentKey(row.AccountId, dispute.Id.Value)] = new DisputeRow(row.AccountId, row.Version, dispute);
        DisputeLog.Add(new DisputeLogRow(
            row.AccountId, dispute.Id.Value, row.Version, kind, row.RecordedAt, happened.By, dispute.Owner, dispute.DueOn, note));
        foreach (var mark in MarkRow.Of(row.AccountId, dispute))
        {
            Put(mark);
        }
    }

    private void Put(JournalRow row, PromiseState promise)
    {
        promises[new DocumentKey(row.AccountId, promise.Id.Value)] = new PromiseRow(row.AccountId, row.Version, promise);
        foreach (var mark in MarkRow.Of(row.AccountId, promise))
        {
            Put(mark);
        }
    }

    private void Put(JournalRow row, PlanState plan)
    {
        plans[new DocumentKey(row.AccountId, plan.Id.Value)] = new PlanRow(row.AccountId, row.Version, plan);
        foreach (var mark in MarkRow.Of(row.AccountId, plan))
        {
            Put(mark);
        }
    }

    private void Put(JournalRow row, RefundState refund, IReadOnlyList<CreditState> credits)
    {
        refunds[new DocumentKey(row.AccountId, refund.Id.Value)] = new RefundRow(row.AccountId, row.Version, refund);
        foreach (var credit in credits)
        {
            Put(row, credit);
        }
    }

    private void Put(MarkRow mark) => marks[(mark.AccountId, mark.Kind, mark.MarkId, mark.Number, mark.Instalment)] = mark;

    private void Put(JournalRow row, ReservationSlice reservation) =>
        reservations[new DocumentKey(row.AccountId, reservation.Id)] = new ReservationRow(row.AccountId, row.Version, reservation);

    private void Put(JournalRow row, StoredInvoice invoice) => invoices[new DocumentKey(row.AccountId, invoice.Number.Value)] = invoice;

    private void Put(JournalRow row, CreditState credit) =>
        credits[(row.AccountId, credit.Kind, credit.Number.Value)] = new CreditRow(row.AccountId, row.Version, credit);

    private void Put(JournalRow row, DocumentNumber payment, DateOnly? clearsOn)
    {
        var key = new DocumentKey(row.AccountId, payment.Value);
        uncleared[key] = new UnclearedRow(key, clearsOn);
    }
}
