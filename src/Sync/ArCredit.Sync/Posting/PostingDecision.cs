using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Parties;
using ArCredit.Sync.Storage;

namespace ArCredit.Sync.Posting;

/// <summary>Decides what is to be done with a document that was received. Nothing is changed by it.</summary>
internal sealed class PostingDecision(BuyerSearch buyers, IPostedDocuments posted, IFeed feed)
{
    /// <summary>No account has any of the ids, and nobody said whose they are.</summary>
    public const string BuyerUnknown = "BUYER_UNKNOWN";

    /// <summary>The ids are of several accounts, or the account's tax id is another.</summary>
    public const string BuyerAmbiguous = "BUYER_AMBIGUOUS";

    /// <summary>It corrects an invoice that is on the account: whether it stands beside it or in its place only people know.</summary>
    public const string Correction = "CORRECTION";

    /// <summary>The account has the number with other content.</summary>
    public const string NumberConflict = "NUMBER_CONFLICT";

    /// <param name="invoice">Received.</param>
    /// <param name="isConfirmed">Somebody has seen that it corrects another.</param>
    /// <param name="cancellation">Ends the look-ups.</param>
    public async Task<StoredEInvoice> DecideAsync(StoredEInvoice invoice, bool isConfirmed, CancellationToken cancellation)
    {
        var facts = invoice.Facts;
        if (invoice.Account is null)
        {
            var found = await buyers.FindAsync(invoice.Company, facts.Buyer, cancellation);
            if (found.Account is null && facts.Amount.Minor != 0)
            {
                return found.Candidates.Count == 0
                    ? invoice.Waiting(BuyerUnknown, "No account has any of the buyer's ids.")
                    : invoice.Waiting(BuyerAmbiguous, "The buyer's ids name several accounts, or one with another tax id.", new EInvoiceFindings(found.Candidates, []));
            }

            invoice = invoice with { Account = found.Account };
        }

        if (facts.Amount.Minor == 0)
        {
            return invoice with { Status = EInvoiceStatus.NothingDue, Reason = null, Detail = "Nothing is to be paid (BT-115 is 0).", Findings = EInvoiceFindings.None };
        }

        if (await CompareAsync(invoice, cancellation) is { } known)
        {
            return known;
        }

        var account = invoice.Account!.Value;
        var preceding = await PrecedingAsync(account, facts, cancellation);
        if (facts is { TypeCode: TypeCodes.Corrected, IsCredit: false } && preceding is not null && !isConfirmed)
        {
            return invoice.Waiting(Correction, $"It corrects invoice {preceding}, which is on the account. Posted, it is owed beside it; a credit note takes that away.");
        }

        var plan = invoice.Plan with
        {
            Captures = facts.IsCredit ? null : await ReservationAsync(account, facts, cancellation),
            Credits = facts.IsCredit ? preceding?.Value : null,
        };
        return invoice with { Status = EInvoiceStatus.Posting, Reason = null, Detail = null, Findings = EInvoiceFindings.None, Plan = plan };
    }

    /// <summary>
    /// The document as it stands where the account has its number already: posted where the facts are the same, else in conflict. Null = the number is
    /// free.
    /// </summary>
    public async Task<StoredEInvoice?> CompareAsync(StoredEInvoice invoice, CancellationToken cancellation)
    {
        var (account, facts) = (invoice.Account!.Value, invoice.Facts);
        var differences = new List<FactDifference>();
        void Compare<T>(string field, T onLedger, T inDocument)
        {
            if (!Equals(onLedger, inDocument))
            {
                differences.Add(new FactDifference(field, Show(onLedger), Show(inDocument)));
            }
        }

        if (facts.IsCredit)
        {
            if (await posted.CreditNoteAsync(account, facts.Number, cancellation) is not { } note)
            {
                return null;
            }

            Compare("amount", new Money(note.Amount, note.Currency), facts.Amount);
            Compare("issueDate", note.IssueDate, facts.IssueDate);
        }
        else
        {
            if (await posted.InvoiceAsync(account, facts.Number, cancellation) is not { } known)
            {
                return null;
            }

            Compare("amount", new Money(known.Amount, known.Currency), facts.Amount);
            Compare("issueDate", known.IssueDate, facts.IssueDate);
            if (known.TaxAmount is { } tax && facts.TaxWithin is { } own)
            {
                Compare("taxAmount", new Money(tax, known.Currency), new Money(own, facts.Currency));
            }

            if (facts.DueDate is { } due)
            {
                Compare("dueDate", known.Instalments.Where(line => line.DueDate != RetentionTerms.NoDueDate).Select(line => line.DueDate).DefaultIfEmpty(due).Max(), due);
            }
        }

        return differences.Count == 0
            ? invoice with { Status = EInvoiceStatus.Posted, Reason = null, Detail = null, Findings = EInvoiceFindings.None }
            : invoice with
            {
                Status = EInvoiceStatus.Conflict,
                Reason = NumberConflict,
                Detail = $"The account has {facts.Number} with other content.",
                Findings = new EInvoiceFindings([], differences),
            };
    }

    private async Task<DocumentNumber?> PrecedingAsync(AccountId account, EInvoice facts, CancellationToken cancellation)
    {
        foreach (var text in facts.References.Preceding)
        {
            if (DocumentNumber.TryParse(text, out var number) && await posted.InvoiceAsync(account, number, cancellation) is { } invoice && ReferenceEquals(invoice.Currency, facts.Currency))
            {
                return number;
            }
        }

        return null;
    }

    // Two that the order may mean are none: what is not captured lapses or is released by whoever knows.
    private async Task<string?> ReservationAsync(AccountId account, EInvoice facts, CancellationToken cancellation)
    {
        string[] names = [.. new[] { facts.References.Order, facts.References.SalesOrder }.OfType<string>().Distinct(StringComparer.Ordinal)];
        if (names.Length == 0)
        {
            return null;
        }

        await feed.CatchUpAsync(cancellation);
        return await posted.ReservationsAsync(account, facts.Currency, names, cancellation) is [var only] ? only.Id.Value : null;
    }

    private static string? Show<T>(T value) => value is DateOnly day ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : value?.ToString();
}
