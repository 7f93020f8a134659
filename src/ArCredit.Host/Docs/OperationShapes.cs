using System.Globalization;
using System.Text.Json.Nodes;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;

namespace ArCredit.Host.Docs;

/// <summary>What endpoints say of themselves by metadata: roles, query parameters, the idempotency key.</summary>
internal static class OperationShapes
{
    public static async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters ??= [];
        AddPath(operation, context.Description.RelativePath);
        foreach (var query in metadata.OfType<QueryParameter>())
        {
            var schema = await context.GetOrCreateSchemaAsync(query.Type, null, cancellation);
            operation.Parameters.Add(new OpenApiParameter { Name = query.Name, In = ParameterLocation.Query, Description = query.Description, Schema = schema });
        }

        if (metadata.OfType<NeedsIdempotencyKey>().Any())
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Required = true,
                Description = "1 to 255 printable ASCII characters. The same key and body again gives the first answer with Idempotency-Replayed: true.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
            });
        }

        foreach (var answer in metadata.OfType<IProducesResponseTypeMetadata>().Where(answer => answer.Description is not null))
        {
            if (operation.Responses?.GetValueOrDefault(answer.StatusCode.ToString(CultureInfo.InvariantCulture)) is { } response)
            {
                response.Description = answer.Description;
            }
        }

        if (metadata.OfType<RequiredRoles>().LastOrDefault() is { } required)
        {
            AddRoles(operation, required.Roles, context.Document);
        }
    }

    private static void AddRoles(OpenApiOperation operation, Roles roles, OpenApiDocument? document)
    {
        var names = roles == Roles.Any ? "any" : string.Join(", ", RoleNames.Of(roles | Roles.Admin).Select(name => $"`{name}`"));
        operation.Description = $"{operation.Description}\n\nRoles: {names}.".Trim();
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions["x-roles"] = new JsonNodeExtension(new JsonArray([.. RoleNames.Of(roles | Roles.Admin).Select(name => (JsonNode)name)]));
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentShape.Scheme, document)] = [] }];
        operation.Responses ??= [];
        operation.Responses.TryAdd("401", new OpenApiResponse { Description = "No valid key." });
        operation.Responses.TryAdd("403", new OpenApiResponse { Description = "The key has none of the roles." });
    }

    // Handlers that read the request themselves have no parameter that the generator could see.
    private static void AddPath(OpenApiOperation operation, string? path)
    {
        foreach (var part in RoutePatternFactory.Parse(path ?? string.Empty).Parameters)
        {
            if (operation.Parameters!.All(known => known.Name != part.Name))
            {
                operation.Parameters!.Add(new OpenApiParameter
                {
                    Name = part.Name,
                    In = ParameterLocation.Path,
                    Required = true,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }
        }
    }
}
