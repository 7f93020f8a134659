using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ArCredit.Host.Docs;

/// <summary>How the value types look outside: their converters are opaque to the generator.</summary>
internal static class SchemaShapes
{
    private static readonly Dictionary<Type, TextShape> Texts = new()
    {
        [typeof(string)] = new(),
        [typeof(DateOnly)] = new(Format: "date"),
        [typeof(DateTimeOffset)] = new(Format: "date-time"),
        [typeof(Currency)] = new(Pattern: "^[A-Z]{3}$", Description: "ISO 4217 code."),
        [typeof(AccountId)] = new(
            Pattern: "^[^/]+$", MinLength: 1, MaxLength: 64, Description: "Customer number: case-sensitive, leading zeros kept, no '/', no control characters."),
        [typeof(DocumentNumber)] = new(MinLength: 1, MaxLength: 64, Description: "Document number, unique within the account and kind."),
    };

    public static string? ReferenceId(JsonTypeInfo type) =>
        IsInline(Underlying(type.Type)) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public static async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        var declared = context.JsonTypeInfo.Type;
        var type = Underlying(declared);
        if (IsGiven(type))
        {
            var inner = await context.GetOrCreateSchemaAsync(type.GenericTypeArguments[0], null, cancellation);
            Copy(inner, schema);
            return;
        }

        if (type.GetCustomAttribute<ReadsEitherAttribute>() is { } either)
        {
            schema.OneOf =
            [
                await context.GetOrCreateSchemaAsync(either.Plain, null, cancellation),
                await context.GetOrCreateSchemaAsync(either.Full, null, cancellation),
            ];
            return;
        }

        if (schema.Properties is { Count: > 0 } && ApiJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } fields)
        {
            // The generator takes every parameter of the constructor for required; the edge does not.
            schema.Required = fields.Properties.Where(field => field.IsRequired).Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
            Describe(schema.Properties, fields);
        }

        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && schema.Items is null)
        {
            schema.Items = await context.GetOrCreateSchemaAsync(element, null, cancellation);
        }

        var shaped = type.IsEnum ? ShapeEnum(schema, type) : ShapeValue(schema, type);
        if (shaped && (declared != type || (!type.IsValueType && context.JsonPropertyInfo is { IsSetNullable: true })))
        {
            schema.Type |= JsonSchemaType.Null;
        }
    }

    // What is said of the field goes before what is said of its type.
    private static void Describe(IDictionary<string, IOpenApiSchema> properties, JsonTypeInfo fields)
    {
        foreach (var field in fields.Properties)
        {
            if (FieldTexts.Of(field) is { } text && properties.TryGetValue(field.Name, out var property))
            {
                property.Description = text;
            }
        }
    }

    private static bool ShapeEnum(OpenApiSchema schema, Type type)
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = [.. EnumNames.Of(type).Select(name => (JsonNode)name)];
        return true;
    }

    private static bool ShapeValue(OpenApiSchema schema, Type type)
    {
        if (type == typeof(decimal))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.Number, "decimal");
            return true;
        }

        if (!Texts.TryGetValue(type, out var text))
        {
            return false;
        }

        schema.Type = JsonSchemaType.String;
        (schema.Format, schema.Pattern, schema.MinLength, schema.MaxLength) = (text.Format, text.Pattern, text.MinLength, text.MaxLength);
        schema.Description ??= text.Description;
        return true;
    }

    private static void Copy(OpenApiSchema from, OpenApiSchema to)
    {
        (to.Type, to.Format, to.Pattern, to.Description) = (from.Type, from.Format, from.Pattern, from.Description);
        (to.MinLength, to.MaxLength, to.Enum, to.Items) = (from.MinLength, from.MaxLength, from.Enum, from.Items);
        (to.Properties, to.Required, to.AdditionalProperties) = (from.Properties, from.Required, from.AdditionalProperties);
    }

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static bool IsGiven(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Given<>);

    private static bool IsInline(Type type) =>
        IsGiven(type) || type == typeof(Currency) || type == typeof(AccountId) || type == typeof(DocumentNumber) || type == typeof(decimal);

    private sealed record TextShape(string? Format = null, string? Pattern = null, int? MinLength = null, int? MaxLength = null, string? Description = null);
}
