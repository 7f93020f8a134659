using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Storage;
using Microsoft.Extensions.Logging;

namespace ArCredit.Sync.Posting;

/// <summary>
/// Carries a stored document on as far as it goes without a person: decides, asks its account, writes down what it said. Each decision is stored before
/// it is carried out, and whoever carries it out again, after a crash or on another node, asks for the same number, which the account has only once.
/// </summary>
internal sealed partial class EInvoicePosting(
    IAccounts accounts, IDatabase database, EInvoiceStore store, PostingDecision decision, ITimeline timeline, ILogger<EInvoicePosting> log)
{
    private const string Route = "einvoices";

    private const int MaxReference = 128;

    private const string RejectedReason = "EINVOICE_REJECTED";

    /// <summary>The document as it stands in the end. Throws what an account throws when it cannot answer; the document is tried again then.</summary>
    /// <param name="invoice">As it was read.</param>
    /// <param name="bulk">Goes behind the tills.</param>
    /// <param name="isConfirmed">Somebody wants it posted though it corrects another.</param>
    /// <param name="cancellation">Ends the work between two steps.</param>
    public async Task<StoredEInvoice> RunAsync(StoredEInvoice invoice, bool bulk, bool isConfirmed, CancellationToken cancellation)
    {
        while (invoice.IsToDo)
        {
            var now = invoice.Status switch
            {
                EInvoiceStatus.Received => await decision.DecideAsync(invoice, isConfirmed, cancellation),
                EInvoiceStatus.Posting => await PostAsync(invoice, bulk, cancellation),
                _ => await DisputeAsync(invoice, bulk, cancellation),
            };
            invoice = await SaveAsync(invoice, now, null, cancellation) ?? await store.FindAsync(invoice.Id, cancellation) ?? throw new InvariantException($"E-invoice {invoice.Id} is gone.");
        }

        return invoice;
    }

    /// <summary>Stores a change, with what belongs to it; null when somebody else has changed the document since it was read.</summary>
    public async Task<StoredEInvoice?> SaveAsync(StoredEInvoice was, StoredEInvoice now, Func<DbSession, Task>? with, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        if (await EInvoiceStore.SaveAsync(session, was, now) is not { } saved)
        {
            return null;
        }

        if (saved.Account is { } account && saved.BuyerStatus is { } said && said != was.BuyerStatus && session.Transaction is { } transaction)
        {
            await timeline.RecordAsync(
                transaction, account,
                new TimelineRecord(TimelineKind.Document, said == BuyerStatus.Accepted ? "einvoiceAccepted" : "einvoiceRejected", saved.DecidedBy, saved.Facts.Number.Value)
                {
                    Invoices = [saved.Facts.Number.Value],
                });
        }

        await (with?.Invoke(session) ?? Task.CompletedTask);
        await session.CommitAsync(cancellation);
        return saved;
    }

    private async Task<StoredEInvoice> PostAsync(StoredEInvoice invoice, bool bulk, CancellationToken cancellation)
    {
        var account = invoice.Account!.Value;
        var answer = await accounts.AskAsync(account, CommandOf(invoice), new AskOptions(invoice.DecidedBy, Bulk: bulk), cancellation);
        if (answer is not Answer.Refused refused)
        {
            if (invoice.Plan.AllocatesTo is { } settled)
            {
                await AllocateAsync(invoice, DocumentNumber.Parse(settled), bulk, cancellation);
            }

            return invoice with { Status = EInvoiceStatus.Posted, Reason = null, Detail = null, Findings = EInvoiceFindings.None };
        }

        LogRefused(invoice.Id, refused.Code);
        switch (refused.Code)
        {
            case RefusalCode.NumberConflict when await decision.CompareAsync(invoice, cancellation) is { } known:
                return known;
            case RefusalCode.NotFound or RefusalCode.ReservationCaptured or RefusalCode.ReservationReleased or RefusalCode.CurrencyMismatch or RefusalCode.CaptureExceedsReservation
                or RefusalCode.CaptureExceedsInvoice when invoice.Plan.Captures is not null:
                // It ended since it was looked up: the goods are invoiced all the same.
                return invoice with { Plan = invoice.Plan with { Captures = null } };
            case RefusalCode.CreditExceedsInvoice when invoice.Plan.Credits is { } credited:
                return invoice with { Plan = invoice.Plan with { Credits = null, AllocatesTo = credited } };
            case RefusalCode.InvoiceUnknown or RefusalCode.CurrencyMismatch when invoice.Plan.Credits is not null:
                return invoice with { Plan = invoice.Plan with { Credits = null } };
            case RefusalCode.AccountNotFound:
                return (invoice with { Account = null, Plan = new() }).Waiting(PostingDecision.BuyerUnknown, refused.Detail);
            case RefusalCode.NumberConflict:
                return invoice with { Status = EInvoiceStatus.Conflict, Reason = PostingDecision.NumberConflict, Detail = refused.Detail };
            default:
                return (invoice with { Plan = new() }).Waiting(CodeOf(refused.Code), refused.Detail);
        }
    }

    private static AccountCommand CommandOf(StoredEInvoice invoice)
    {
        var (facts, plan) = (invoice.Facts, invoice.Plan);
        if (facts.IsCredit)
        {
            return new PostCreditNote(facts.Number, facts.IssueDate, null, facts.Amount, null, plan.Credits is { } credited ? DocumentNumber.Parse(credited) : null) { NextOpenDay = plan.NextOpenDay };
        }

        var reference = new[] { facts.References.Order, facts.References.Buyer }.FirstOrDefault(text => Text.IsIdentifier(text, MaxReference));
        return new PostInvoice(
            facts.Amount,
            new InvoiceFacts(facts.Number, facts.IssueDate, facts.DueDate, null, facts.TaxWithin, null, [], null, reference, facts.Discount),
            plan.Captures is { } captured ? [new CaptureRequest(DocumentNumber.Parse(captured), null, false)] : [], null, false)
        {
            NextOpenDay = plan.NextOpenDay,
        };
    }

    // Credits what is open of the invoice; that nothing is, is as good.
    private async Task AllocateAsync(StoredEInvoice invoice, DocumentNumber settled, bool bulk, CancellationToken cancellation)
    {
        var answer = await accounts.AskAsync(
            invoice.Account!.Value, new AllocateCredit(CreditKind.CreditNote, invoice.Facts.Number, [new SettlementRequest(settled, null, null)], null) { NextOpenDay = invoice.Plan.NextOpenDay },
            new AskOptions(invoice.DecidedBy, new CommandKey(Route, $"{invoice.Id:N}-settled"), bulk), cancellation);
        if (answer is Answer.Refused refused)
        {
            LogRefused(invoice.Id, refused.Code);
        }
    }

    private async Task<StoredEInvoice> DisputeAsync(StoredEInvoice invoice, bool bulk, CancellationToken cancellation)
    {
        var (account, options) = (invoice.Account!.Value, new AskOptions(invoice.DecidedBy, Bulk: bulk));
        if (invoice.BuyerStatus == BuyerStatus.Rejected)
        {
            var no = invoice.DisputeNo + 1;
            var raised = await accounts.AskAsync(
                account, new RaiseDispute(invoice.DisputeId(no), invoice.Facts.Number, null, RejectedReason, null, null, null, invoice.BuyerReason is { } why ? new FreeText(why) : null), options, cancellation);

            // A dispute that was resolved before this was written down has been there as well.
            var failed = raised is Answer.Refused { Code: not (RefusalCode.DisputeResolved or RefusalCode.NumberConflict) } refused ? refused : null;
            return invoice with { DisputeNo = no, DisputeOpen = true, Reason = failed is null ? null : CodeOf(failed.Code), Detail = failed?.Detail };
        }

        var withdrawn = await accounts.AskAsync(
            account, new ResolveDispute(invoice.DisputeId(invoice.DisputeNo), DisputeOutcome.Rejected, null, null, null, null, null, false, false), options, cancellation);
        if (withdrawn is Answer.Refused ended)
        {
            LogRefused(invoice.Id, ended.Code);
        }

        return invoice with { DisputeOpen = false, Reason = null, Detail = null };
    }

    /// <summary>A refusal's code as the interface writes it: PERIOD_CLOSED.</summary>
    private static string CodeOf(RefusalCode code)
    {
        var text = new StringBuilder();
        foreach (var letter in code.ToString())
        {
            text.Append(char.IsAsciiLetterUpper(letter) && text.Length > 0 ? "_" : string.Empty).Append(char.ToUpperInvariant(letter));
        }

        return text.ToString();
    }

    [LoggerMessage(LogLevel.Information, "The account refused what was decided of e-invoice {Id}: {Code}")]
    private partial void LogRefused(Guid id, RefusalCode code);
}
