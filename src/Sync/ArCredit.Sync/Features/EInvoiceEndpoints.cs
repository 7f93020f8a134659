using ArCredit.Platform.Http;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Posting;
using ArCredit.Sync.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Sync.Features;

/// <summary><c>/einvoices</c>: taking them and reading them.</summary>
internal static class EInvoiceEndpoints
{
    /// <summary>Who reads e-invoices.</summary>
    public const Roles Readers = Roles.Billing | Roles.Finance | Roles.CreditController | Roles.CreditManager | Roles.Collector | Roles.Auditor;

    /// <summary>Who sends e-invoices and decides about them.</summary>
    public const Roles Writers = Roles.Billing | Roles.Finance;

    /// <summary>Longest name of a company.</summary>
    public const int MaxCompany = 64;

    public static readonly ProblemResult NotFound = Problems.NotFound("EINVOICE_NOT_FOUND", "There is no e-invoice of this id.");

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var invoices = endpoints.MapGroup("/api/v1/einvoices").WithTags("E-invoices");
        invoices.MapPost(string.Empty, PostAsync)
            .RequireRoles(Writers)
            .WithSummary("Takes an e-invoice: UBL 2.1 (Peppol BIS 3), CII (D16B) or e-qaimə, told by its content")
            .WithDescription(
                "The body is the file as it is, at most 16 MiB, one invoice or credit note. Its content is its key: the same file again changes nothing and answers with the "
                + "document as it stands, so no Idempotency-Key is needed. The seller's ids name the company, the buyer's the account; where they name exactly one it is posted, "
                + "else it waits for somebody to name it. What is not taken is not stored: no XML, another format, a type that is not owed, totals that do not add up. The status "
                + "of an e-qaimə is taken here as well.")
            .WithMetadata(new AcceptsMetadata(XmlBody.Types, typeof(string)))
            .Answers(201, typeof(EInvoiceView), "Stored, and posted as far as it goes by itself.")
            .Answers(200, typeof(EInvoiceView), "The file was taken before, or it is the status of an e-qaimə: the document as it stands.")
            .Refuses(400, 404, 413, 415, 422, 503);
        invoices.MapGet(string.Empty, ListAsync)
            .RequireRoles(Readers)
            .WithSummary("E-invoices in the order in which they came")
            .HasQuery("status", typeof(EInvoiceStatus), "waiting is the worklist.")
            .HasQuery("company", typeof(string), "Of one company.")
            .HasQuery("account", typeof(string), "Of one account.")
            .HasQuery("number", typeof(string), "Of this number, exactly.")
            .HasPaging()
            .Answers(200, typeof(ListPage<EInvoiceView>), "A page of e-invoices.")
            .Refuses(400, 503);
        invoices.MapGet("{id}", GetAsync)
            .RequireRoles(Readers)
            .WithSummary("An e-invoice and what became of it")
            .Answers(200, typeof(EInvoiceView), "As it stands.")
            .Refuses(400, 404, 503);
        invoices.MapGet("{id}/content", ContentAsync)
            .RequireRoles(Readers)
            .WithSummary("The file as it was received, byte for byte")
            .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(string), ["application/xml"]))
            .Refuses(400, 404, 503);
    }

    /// <summary>The document named in the path, or the answer that there is none was given.</summary>
    public static async Task<StoredEInvoice?> FindAsync(HttpContext http, string id, EInvoiceStore store)
    {
        if (Guid.TryParseExact(id, "D", out var key) && await store.FindAsync(key, http.RequestAborted) is { } invoice)
        {
            return invoice;
        }

        await NotFound.ExecuteAsync(http);
        return null;
    }

    private static async Task PostAsync(HttpContext http, EInvoiceIntake intake)
    {
        if (new QueryReader(http).Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var (body, refused) = await XmlBody.ReadAsync(http);
        if (body is null)
        {
            await refused!.ExecuteAsync(http);
            return;
        }

        try
        {
            var taken = await intake.TakeAsync(body, http.Caller().Id, http.RequestAborted);
            await (taken.Problem?.ExecuteAsync(http) ?? Reply.Json(http, taken.IsNew ? 201 : 200, EInvoiceView.Of(taken.Invoice!)));
        }
        catch (EInvoiceRefusedException wrong)
        {
            await Refuse(wrong).ExecuteAsync(http);
        }
    }

    private static ProblemResult Refuse(EInvoiceRefusedException wrong)
    {
        var problem = Problems.Unprocessable(wrong.Code, "The file was not taken; nothing was changed.", wrong.Message);
        foreach (var (name, value) in new (string, object?)[] { ("line", wrong.Line), ("position", wrong.Position), ("term", wrong.Term), ("rule", wrong.Rule) })
        {
            problem = value is null ? problem : problem.With(name, value);
        }

        return wrong.Broken.Count == 0 ? problem : problem.With("broken", wrong.Broken);
    }

    private static async Task ListAsync(HttpContext http, EInvoiceStore store)
    {
        var query = new QueryReader(http);
        var filter = new EInvoiceFilter(query.OneOf<EInvoiceStatus>("status"), query.Text("company", MaxCompany), query.Text("account", 64), query.Text("number", 64));
        var paging = query.Paging(cursorKeys: 1);
        var after = Guid.Empty;
        if (paging.After is [var key] && !Guid.TryParseExact(key, "D", out after))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var page = await store.PageAsync(filter, after, paging.Limit + 1, http.RequestAborted);
        await Reply.Json(http, 200, paging.Page([.. page.Select(EInvoiceView.Of)], view => [view.Id.ToString("D")]));
    }

    private static async Task GetAsync(HttpContext http, string id, EInvoiceStore store)
    {
        if (new QueryReader(http).Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
        }
        else if (await FindAsync(http, id, store) is { } invoice)
        {
            await Reply.Json(http, 200, EInvoiceView.Of(invoice));
        }
    }

    private static async Task ContentAsync(HttpContext http, string id, EInvoiceStore store)
    {
        if (new QueryReader(http).Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var file = Guid.TryParseExact(id, "D", out var key) ? await store.FileAsync(key, http.RequestAborted) : null;
        await (file is null ? NotFound.ExecuteAsync(http) : Reply.Bytes(http, 200, "application/xml", file));
    }
}
