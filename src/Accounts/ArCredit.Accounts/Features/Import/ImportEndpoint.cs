using System.IO.Pipelines;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ArCredit.Accounts.Features.Import;

/// <summary><c>POST /import/{kind}</c>: as many lines as the caller has, an answer per line while they come.</summary>
internal static class ImportEndpoint
{
    private const string Ndjson = "application/x-ndjson";
    private const string Csv = "text/csv";

    // As the endpoints of single documents.
    private const Roles DocumentWriters = Roles.Billing | Roles.Finance;

    // A client that sends everything before it reads must not be waited for: its answers are kept for it, up to here.
    private const long MaxUnread = 256 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var import = routes.MapGroup("/api/v1/import").WithTags("Import");
        foreach (var (name, kind, roles, what) in new[]
        {
            ("customers", ImportKind.Customers, PutAccountEndpoint.Writers, "accountId and the fields of PUT /accounts/{accountId}"),
            ("invoices", ImportKind.Invoices, DocumentWriters, "accountId and the fields of an invoice"),
            ("credit-notes", ImportKind.CreditNotes, DocumentWriters, "accountId and the fields of a credit note"),
            ("payments", ImportKind.Payments, DocumentWriters, "accountId and the fields of a payment; invoice stands for one allocation of the whole amount"),
            ("debit-notes", ImportKind.DebitNotes, DocumentWriters, "accountId and the fields of a debit note"),
            ("claims", ImportKind.Claims, DocumentWriters, "accountId and the fields of a claim"),
            ("usage", ImportKind.Usage, DocumentWriters, "accountId and the fields of metered usage"),
            ("contacts", ImportKind.Contacts, LogContactEndpoint.Writers, "accountId and the fields of a contact"),
        })
        {
            import.MapPost(name, (HttpContext http, IAccountImport importer) => HandleAsync(http, importer, kind))
                .RequireRoles(roles)
                .WithSummary($"Imports {name}, one per line, and answers per line")
                .WithDescription(
                    $"Each line holds {what}. NDJSON, or CSV with a header of field names (a.b reaches inside, lists are JSON in a cell). "
                    + "The answer has one object per line in their order, {line, id, outcome: created|updated|unchanged|conflict|refused, error?, "
                    + "warnings?}, and a last one with the sums. The same line again changes nothing, so a broken import is run again.")
                .WithMetadata(new AcceptsMetadata([Ndjson, Csv], typeof(string)))
                .WithMetadata(new ProducesResponseTypeMetadata(200, typeof(string), [Ndjson]))
                .HasQuery("mode", typeof(string), "history = facts of the past: nothing is checked, documents are posted at their own date.")
                .HasQuery("company", typeof(string), "The company of customers that name none; documents of other companies' customers are refused.")
                .HasQuery("existing", typeof(string), "replace = customers that differ are replaced; keep (default) = they are conflicts.")
                .Refuses(400, 415);
        }
    }

    private static async Task HandleAsync(HttpContext http, IAccountImport importer, ImportKind kind)
    {
        if (Read(http, kind, out var request) is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        Unbind(http);
        http.Response.StatusCode = 200;
        http.Response.ContentType = Ndjson;
        await http.Response.StartAsync(http.RequestAborted);
        var unread = new Pipe(new PipeOptions(pauseWriterThreshold: MaxUnread, resumeWriterThreshold: MaxUnread / 2));
        var sending = SendAsync(unread.Reader, http);
        try
        {
            await ImportAsync(importer, request!, http, unread.Writer);
            await unread.Writer.CompleteAsync();
        }
        catch (Exception failure)
        {
            await unread.Writer.CompleteAsync(failure);
            throw;
        }
        finally
        {
            await sending;
        }
    }

    private static async Task ImportAsync(IAccountImport importer, ImportRequest request, HttpContext http, PipeWriter answers)
    {
        using var writer = new ResultWriter(answers);
        await foreach (var line in importer.RunAsync(request, http.Request.Body, http.RequestAborted))
        {
            writer.Write(line);
            await answers.FlushAsync(http.RequestAborted);
        }

        writer.WriteSummary();
        await answers.FlushAsync(http.RequestAborted);
    }

    private static async Task SendAsync(PipeReader answers, HttpContext http)
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await answers.ReadAsync(http.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // The caller is gone; the importer learns it by itself.
                break;
            }

            foreach (var segment in read.Buffer)
            {
                await http.Response.BodyWriter.WriteAsync(segment, http.RequestAborted);
            }

            answers.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await answers.CompleteAsync();
    }

    private static ProblemResult? Read(HttpContext http, ImportKind kind, out ImportRequest? request)
    {
        request = null;
        var query = new QueryReader(http);
        var mode = query.Text("mode");
        if (mode is not (null or "history"))
        {
            query.Refuse("mode", "must be history or absent");
        }

        var existing = query.Text("existing");
        if (existing is not (null or "keep" or "replace"))
        {
            query.Refuse("existing", "must be keep or replace");
        }

        var company = query.Text("company", 64);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        if (FormatOf(http.Request.ContentType) is not { } format)
        {
            return new ProblemResult(415, "UNSUPPORTED_MEDIA_TYPE", $"The body must be {Ndjson} or {Csv} in UTF-8.");
        }

        var caller = http.Caller();
        request = new ImportRequest(kind, format, caller.Id)
        {
            History = mode is not null,
            Company = company,
            MayChangeLimits = caller.Has(PutAccountEndpoint.LimitWriters),
            Replace = existing == "replace",
        };
        return null;
    }

    private static ImportFormat? FormatOf(string? contentType)
    {
        if (!System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var type)
            || type.CharSet?.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase) == false)
        {
            return null;
        }

        return type.MediaType?.ToLowerInvariant() switch
        {
            Ndjson => ImportFormat.Ndjson,
            Csv => ImportFormat.Csv,
            _ => null,
        };
    }

    /// <summary>An import takes as long and is as large as it is: the server's limits are for requests that a person waits for.</summary>
    private static void Unbind(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } reading)
        {
            reading.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } writing)
        {
            writing.MinDataRate = null;
        }
    }
}
