using ArCredit.Platform.Http;

namespace ArCredit.Host.Docs;

/// <summary>The OpenAPI document, generated from the endpoints, and a page to try it.</summary>
internal static class DocsSetup
{
    private const string DocumentUrl = "/openapi/v1.json";

    public static void AddArCreditDocs(this IServiceCollection services)
    {
        services.AddOpenApi(OpenApiText.DocumentName, options =>
        {
            options.CreateSchemaReferenceId = SchemaShapes.ReferenceId;
            options.AddSchemaTransformer(SchemaShapes.TransformAsync);
            options.AddOperationTransformer(OperationShapes.TransformAsync);
            options.AddDocumentTransformer(DocumentShape.TransformAsync);
        });
        services.AddSingleton<OpenApiText>();
    }

    public static void UseArCreditDocs(this WebApplication app) =>
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "ArCredit";
            page.SwaggerEndpoint(DocumentUrl, "ArCredit v1");
        });

    public static void MapArCreditDocs(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(DocumentUrl, async (HttpContext http, OpenApiText text) => await Reply.Bytes(http, 200, "application/json", await text.ReadAsync()))
            .AllowWithoutKey()
            .ExcludeFromDescription();
}
