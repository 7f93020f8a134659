using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ArCredit.Host.Docs;

/// <summary>Title and the bearer key.</summary>
internal static class DocumentShape
{
    public const string Scheme = "bearer";

    public static Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "ArCredit",
            Version = "v1",
            Description = "Credit decisions for sales on account. Amounts are JSON numbers with at most the currency's decimals; "
                + "instants are ISO 8601 in UTC, dates YYYY-MM-DD; null means absent; unknown fields are refused. "
                + "Errors are application/problem+json with a stable `code`.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key: `ark_…`.",
        };

        // Paths are absolute and the page is served by the same host: a fixed address would be wrong behind any proxy.
        document.Servers = [new OpenApiServer { Url = "/" }];
        return Task.CompletedTask;
    }
}
