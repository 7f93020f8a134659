using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Parties;
using ArCredit.Sync.Posting;
using ArCredit.Sync.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Sync.Features;

/// <summary>What an e-invoice is asked for in.</summary>
internal enum ExportFormat
{
    /// <summary>Peppol BIS Billing 3.</summary>
    Ubl,

    /// <summary>Azerbaijan's electronic qaimə.</summary>
    Eqaime,
}

/// <summary><c>/accounts/{accountId}/invoices/{number}/einvoice</c>, and the same of credit notes.</summary>
internal sealed class EInvoiceExport(IPostedDocuments posted, IParties parties, CompanyPartyStore companies, EInvoiceStore store)
{
    private static readonly ProblemResult NotFound = Problems.NotFound("INVOICE_NOT_FOUND", "The account has no such document.");

    /// <summary>The document's bytes, or why there are none.</summary>
    public async Task<(byte[]? File, ProblemResult? Problem)> ReadAsync(AccountId account, EInvoiceKind kind, DocumentNumber number, ExportFormat? format, CancellationToken cancellation)
    {
        var received = await store.PostedAsync(account, kind, number, cancellation);
        if (received.FirstOrDefault(each => format is null || each.Facts.Format == FormatOf(format.Value)) is { } original)
        {
            return (await store.FileAsync(original.Id, cancellation), null);
        }

        if (await parties.ReadAsync(account, cancellation) is not { } buyer)
        {
            return (null, Problems.NotFound("ACCOUNT_NOT_FOUND", "There is no such account."));
        }

        try
        {
            return await MakeAsync(buyer, received.Count > 0 ? received[0] : null, kind, number, FormatOf(format ?? ExportFormat.Ubl), cancellation);
        }
        catch (EInvoiceIncompleteException incomplete)
        {
            return (null, Problems.Unprocessable("EINVOICE_INCOMPLETE", "Facts that the e-invoice has to say are missing.", $"Missing: {incomplete.Message}.").With("missing", incomplete.Missing));
        }
    }

    private async Task<(byte[]? File, ProblemResult? Problem)> MakeAsync(
        PartyDetails buyer, StoredEInvoice? original, EInvoiceKind kind, DocumentNumber number, EInvoiceFormat format, CancellationToken cancellation)
    {
        var company = await companies.FindAsync(buyer.Company, cancellation);

        // What came as another format's document has more facts than the ledger.
        if (format == EInvoiceFormat.Ubl && original?.Facts is { Format: EInvoiceFormat.Cii } received && received.Vat.Count > 0 && received.Vat.Sum(vat => vat.Taxable) == received.Totals.Net)
        {
            return (UblWriter.Write(received, company), null);
        }

        var facts = new EInvoiceFacts(company, buyer);
        EInvoice made;
        if (kind == EInvoiceKind.Invoice)
        {
            if (await posted.InvoiceAsync(buyer.Account, number, cancellation) is not { } invoice)
            {
                return (null, NotFound);
            }

            made = facts.Of(invoice, format);
        }
        else
        {
            if (await posted.CreditNoteAsync(buyer.Account, number, cancellation) is not { } note)
            {
                return (null, NotFound);
            }

            if (format == EInvoiceFormat.Eqaime)
            {
                return (null, Problems.Unprocessable("EINVOICE_FORMAT_UNKNOWN", "Credit notes are not made as e-qaimə: goods that come back are told to the tax portal in another way."));
            }

            made = facts.Of(note, note.Invoice is { } credited ? await posted.InvoiceAsync(buyer.Account, credited, cancellation) : null, format);
        }

        return (format == EInvoiceFormat.Eqaime ? EqaimeWriter.Write(made, company!.EqaimeGoods!) : UblWriter.Write(made, company), null);
    }

    private static EInvoiceFormat FormatOf(ExportFormat format) => format switch
    {
        ExportFormat.Ubl => EInvoiceFormat.Ubl,
        ExportFormat.Eqaime => EInvoiceFormat.Eqaime,
    };
}

/// <summary>The endpoints of <see cref="EInvoiceExport"/>.</summary>
internal static class ExportEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var account = endpoints.MapGroup("/api/v1/accounts/{accountId}").WithTags("E-invoices");
        Document(account.MapGet("invoices/{number}/einvoice", (HttpContext http, EInvoiceExport export) => HandleAsync(http, export, EInvoiceKind.Invoice)), "An invoice as e-invoice");
        Document(account.MapGet("credit-notes/{number}/einvoice", (HttpContext http, EInvoiceExport export) => HandleAsync(http, export, EInvoiceKind.CreditNote)), "A credit note as e-invoice");
    }

    private static void Document(RouteHandlerBuilder endpoint, string summary) => endpoint
        .RequireRoles(EInvoiceEndpoints.Readers | Roles.Sales)
        .WithSummary(summary)
        .WithDescription(
            "What came as an e-invoice is given back byte for byte in its own format, which is also what is given where none is named. Else it is made of the ledger, of what "
            + "/einvoices/companies says of the company, and of the account's name, country, address, tax id and first endpoint id; EINVOICE_INCOMPLETE lists all that is missing.")
        .HasQuery("format", typeof(ExportFormat), "ubl (Peppol BIS Billing 3) or eqaime; absent = as it came, else ubl.")
        .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(string), ["application/xml"]))
        .Refuses(400, 404, 422, 503);

    private static async Task HandleAsync(HttpContext http, EInvoiceExport export, EInvoiceKind kind)
    {
        var query = new QueryReader(http);
        var format = query.OneOf<ExportFormat>("format");
        DocumentNumber number = default;
        if (!RouteReader.TryAccount(http, out var account, out var problem) || !RouteReader.TryNumber(http, "number", out number, out problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        try
        {
            var (file, refused) = await export.ReadAsync(account, kind, number, format, http.RequestAborted);
            await (file is null ? (refused ?? EInvoiceEndpoints.NotFound).ExecuteAsync(http) : Reply.Bytes(http, 200, "application/xml", file));
        }
        catch (Exception held) when (AccountHeld.Is(held))
        {
            await AccountHeld.ToProblem(held).ExecuteAsync(http);
        }
    }
}
