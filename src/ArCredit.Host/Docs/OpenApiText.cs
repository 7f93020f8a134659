using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ArCredit.Host.Docs;

/// <summary>The document, generated at the first request: anyone may ask for it, and generating it each time would let anyone burn the CPU.</summary>
internal sealed class OpenApiText([FromKeyedServices(OpenApiText.DocumentName)] IOpenApiDocumentProvider documents)
{
    public const string DocumentName = "v1";

    private byte[]? text;

    // Two first requests at once generate it twice and find the same.
    public async Task<byte[]> ReadAsync() => text ??= await GenerateAsync();

    private async Task<byte[]> GenerateAsync()
    {
        var document = await documents.GetOpenApiDocumentAsync();
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1);
        return stream.ToArray();
    }
}
