using System.Collections;
using System.Security.Cryptography;
using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Projections;

namespace ArCredit.Accounts.Verify;

/// <summary>
/// Keys: every document's number leads to the append that made it, so that none can be posted twice, and every idempotency key
/// leads to the first row of an append. Those may be missing: they are purged when they are old.
/// </summary>
internal sealed class KeyCheck(VerifyRun run)
    : TableCheck(run, "account_key", ["account_id", "kind", "value"], ["account_id", "kind", "value", "version"])
{
    private readonly BitArray starts = new(64);
    private string lastMissing = string.Empty;

    /// <summary>An append begins here.</summary>
    public void Begins(long version)
    {
        if (version >= starts.Length)
        {
            starts.Length = checked((int)Math.Max(version + 1, starts.Length * 2L));
        }

        starts[(int)version] = true;
    }

    /// <summary>Expects the number that the event took.</summary>
    public void Expect(string account, AccountEvent happened, long appendVersion)
    {
        if (NumberOf(happened) is var (kind, value))
        {
            Expect(RowHash.Of([account, kind, value]), RowHash.Of([account, kind, value, appendVersion]), appendVersion);
        }
    }

    protected override string? Unexpected(StoredRow row)
    {
        var version = row.Values[3] as long? ?? 0;
        return row.Values[1] is not string kind || !kind.StartsWith(KeyKinds.IdempotencyPrefix, StringComparison.Ordinal)
            ? $"no event took this number (the key leads to version {version})"
            : version > 0 && version < starts.Length && starts[(int)version] ? null : $"the key leads to version {version}, where no append begins";
    }

    protected override Task<string> DifferenceAsync(StoredRow row, long version) =>
        Task.FromResult($"the key leads to version {RowHash.Show(row.Values[3])}, the journal says {version}");

    protected override async Task<string?> MissingAsync(string account, UInt128 rowKey, long version)
    {
        lastMissing = string.Empty;
        for (var at = version; lastMissing.Length == 0 && await Run.ReadRowAsync(account, at) is { } row; at++)
        {
            var happened = EventCodec.Decode(row.Type, row.Schema, row.Payload.Span);
            if (NumberOf(happened) is var (kind, value) && RowHash.Of([account, kind, value]) == rowKey)
            {
                lastMissing = Show([account, kind, value]);
            }
        }

        return $"{lastMissing}the key is missing; the number could be used again";
    }

    protected override void Forget()
    {
        base.Forget();
        starts.Length = 64;
        starts.SetAll(false);
    }

    private static (string Kind, string Value)? NumberOf(AccountEvent happened) => happened switch
    {
        CreditReserved { Reservation.Id: var id } when id.Value[0] != Account.OwnIdPrefix => (KeyKinds.Reservation, id.Value),
        InvoicePosted posted => (KeyKinds.Invoice, posted.Number.Value),
        CreditNotePosted note => (KeyKinds.CreditNote, note.Number.Value),
        PaymentReceived payment => (KeyKinds.Payment, payment.PaymentId.Value),
        PaymentReversed reversed => (KeyKinds.Reversal, reversed.PaymentId.Value),
        DebitPosted debit => (KeyKinds.Invoice, debit.Number.Value),
        WrittenOff writtenOff => (KeyKinds.WriteOff, writtenOff.Id.Value),
        WriteOffReversed back => (KeyKinds.WriteOffReversal, back.Id.Value),
        PromiseMade { Promise.Id: var promise } => (KeyKinds.Promise, promise.Value),
        PromiseChanged { Promise: { Status: PromiseStatus.Cancelled, Id: var promise } } => (KeyKinds.PromiseCancellation, promise.Value),
        PlanRequested { Plan.Id: var plan } => (KeyKinds.Plan, plan.Value),
        PlanDecided { Plan.Id: var plan } => (KeyKinds.PlanDecision, plan.Value),
        PlanChanged { Plan: { Status: PlanStatus.Cancelled, Id: var plan } } => (KeyKinds.PlanCancellation, plan.Value),
        DisputeRaised { Dispute.Id: var dispute } => (KeyKinds.Dispute, dispute.Value),
        DisputeResolved { Dispute.Id: var dispute } => (KeyKinds.DisputeResolution, dispute.Value),
        ContactLogged { Contact.Id: var contact } => (KeyKinds.Contact, contact.Value),
        RefundRequested { Refund.Id: var refund } => (KeyKinds.Refund, refund.Value),
        AllocationUndone undone => (KeyKinds.AllocationUndo, NumberKey.OfUndo(undone.Credit.Kind, undone.Credit.Number, undone.No).Value),
        _ => null,
    };
}

/// <summary>
/// Texts beside the journal, which holds the hash of each: one may be erased, none may be another. The account's name and ids are
/// projected from its text, so they are checked along.
/// </summary>
internal sealed class TextCheck(VerifyRun run) : TableCheck(run, "erasable_text", ["account_id", "id"], ["account_id", "id", "salt", "body"])
{
    private string? details;

    /// <summary>What the account's projected master data says beside the journal; nothing = erased. Known once the rows are compared.</summary>
    public AccountDetails Details { get; private set; } = AccountDetails.None;

    /// <summary>The text behind the account's names is this one.</summary>
    public void DetailsAreIn(TextRef text) => (details, Details) = (text.Id.ToString("D"), AccountDetails.None);

    /// <summary>Expects the texts that the event speaks of.</summary>
    public void Expect(string account, AccountEvent happened, long version)
    {
        if (TextIn.Event(happened) is { } text)
        {
            Expect(RowHash.Of([account, text.Id.ToString("D")]), RowHash.Of([text.Hash]), version);
        }
    }

    protected override UInt128 ContentOf(StoredRow row) =>
        RowHash.Of([Convert.ToHexStringLower(SHA256.HashData([.. row.Values[2] as byte[] ?? [], .. Encoding.UTF8.GetBytes(row.Values[3] as string ?? string.Empty)]))]);

    protected override void Saw(StoredRow row)
    {
        if (row.Values[1] is string id && id == details)
        {
            BrokenRecord.Try(() => Details = AccountDetails.Parse(row.Values[3] as string));
        }
    }

    protected override Task<string> DifferenceAsync(StoredRow row, long version) => Task.FromResult("the text is not the one whose hash the journal holds");

    protected override Task<string?> MissingAsync(string account, UInt128 rowKey, long version) => Task.FromResult<string?>(null);

    protected override void Forget()
    {
        base.Forget();
        details = null;
    }
}

/// <summary>Names as lists show and sort them.</summary>
internal sealed class NameCheck(VerifyRun run)
    : TableCheck(run, "account_name", ["account_id"], [.. AccountTables.PutNames.Columns.Select(column => column.Name)])
{
    /// <summary>The account's text has this name.</summary>
    public void Expect(string account, string name, long version) => Expect(
        RowHash.Of([account]), RowHash.Of([.. AccountTables.PutNames.Columns.Select(column => column.Plain((account, name)))]), version);

    protected override string? Unexpected(StoredRow row) => "the account's text has no name, or was erased";

    protected override Task<string> DifferenceAsync(StoredRow row, long version) => Task.FromResult("the name is not the one in the account's text");

    protected override Task<string?> MissingAsync(string account, UInt128 rowKey, long version) => Task.FromResult<string?>("the row is missing");
}

/// <summary>Tax ids and electronic addresses by which documents are told whose they are.</summary>
internal sealed class PartyCheck(VerifyRun run)
    : TableCheck(run, "account_party", ["account_id", "kind", "value"], [.. PartyTable.Put.Columns.Select(column => column.Name)])
{
    /// <summary>The account's text has this.</summary>
    public void Expect(PartyRow row, long version) => Expect(
        RowHash.Of([row.AccountId, row.Kind, row.Value]), RowHash.Of([.. PartyTable.Put.Columns.Select(column => column.Plain(row))]), version);

    protected override string? Unexpected(StoredRow row) => "the account's text has no such id, or was erased";

    protected override Task<string> DifferenceAsync(StoredRow row, long version) => Task.FromResult("the country is not the one in the account's text");

    protected override Task<string?> MissingAsync(string account, UInt128 rowKey, long version) => Task.FromResult<string?>("the row is missing");
}
