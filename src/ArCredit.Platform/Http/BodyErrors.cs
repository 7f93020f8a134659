using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ArCredit.Platform.Http;

/// <summary>
/// The slow path: walks a body that the serializer refused beside the type it should have been and names every bad field,
/// where the serializer names the first.
/// </summary>
internal sealed class BodyErrors
{
    private readonly FieldErrors errors = new();

    /// <summary>All errors, and what is left of the body without the fields they are about.</summary>
    public static FieldErrors Collect<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type, out T? remains)
        where T : notnull
    {
        var walk = new BodyErrors();
        remains = default;
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth });
            walk.Visit(document.RootElement, type, string.Empty);
            if (walk.errors.Any)
            {
                remains = BodyRemains.Read<T>(document.RootElement, walk.errors);
                walk.errors.Close();
            }
        }
        catch (JsonException malformed)
        {
            walk.errors.Add(string.Empty, Malformed(malformed));
        }

        if (!walk.errors.Any)
        {
            walk.errors.Add(string.Empty, "is not acceptable JSON for this call");
        }

        return walk.errors;
    }

    // The parser's own message quotes the input, which may be personal; where it stopped is enough.
    private static string Malformed(JsonException malformed) =>
        malformed.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase)
            ? $"is nested deeper than {ApiJson.MaxDepth} levels"
            : $"is not valid JSON (line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1})";

    private void Visit(JsonElement value, JsonTypeInfo type, string path)
    {
        if (type.Type.IsGivenType())
        {
            type = type.Options.GetTypeInfo(type.Type.GenericTypeArguments[0]);
            if (value.ValueKind == JsonValueKind.Null && (Nullable.GetUnderlyingType(type.Type) is not null || !type.Type.IsValueType))
            {
                return;
            }
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                VisitObject(value, type, path);
                break;
            case JsonTypeInfoKind.Enumerable:
                VisitList(value, type, path);
                break;
            case JsonTypeInfoKind.Dictionary:
                VisitMap(value, type, path);
                break;
            default:
                VisitLeaf(value, type, path);
                break;
        }
    }

    private void VisitObject(JsonElement value, JsonTypeInfo type, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(path, "must be an object");
            return;
        }

        var known = type.Properties.Where(property => property.Set is not null || property.AssociatedParameter is not null)
            .ToDictionary(property => property.Name, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            if (NameOf(field) is not { } name)
            {
                errors.Add(path, "has a field whose name is not valid text");
                continue;
            }

            var at = Join(path, name);
            if (!seen.Add(name))
            {
                errors.Add(at, "is given twice");
            }
            else if (!known.TryGetValue(name, out var property))
            {
                errors.Add(at, "is not a known field");
            }
            else
            {
                VisitField(field.Value, property, at);
            }
        }

        foreach (var missing in known.Values.Where(property => property.IsRequired && !seen.Contains(property.Name)))
        {
            errors.Add(Join(path, missing.Name), "is required");
        }
    }

    private void VisitField(JsonElement value, JsonPropertyInfo property, string path)
    {
        var nullable = property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is not null
            : property.IsSetNullable;
        if (value.ValueKind != JsonValueKind.Null || property.PropertyType.IsGivenType())
        {
            Visit(value, property.Options.GetTypeInfo(property.PropertyType), path);
        }
        else if (!nullable)
        {
            errors.Add(path, property.IsRequired ? "is required" : "must not be null");
        }
    }

    private void VisitList(JsonElement value, JsonTypeInfo type, string path)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(path, "must be a list");
            return;
        }

        var item = type.Options.GetTypeInfo(type.ElementType!);
        var at = 0;
        foreach (var element in value.EnumerateArray())
        {
            VisitItem(element, item, $"{path}[{at++}]");
        }
    }

    private void VisitMap(JsonElement value, JsonTypeInfo type, string path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(path, "must be an object");
            return;
        }

        var item = type.Options.GetTypeInfo(type.ElementType!);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            if (NameOf(field) is not { } name)
            {
                errors.Add(path, "has a field whose name is not valid text");
            }
            else if (!seen.Add(name))
            {
                errors.Add(Join(path, name), "is given twice");
            }
            else
            {
                VisitItem(field.Value, item, Join(path, name));
            }
        }
    }

    private void VisitItem(JsonElement value, JsonTypeInfo item, string path)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            errors.Add(path, "must not be null");
        }
        else
        {
            Visit(value, item, path);
        }
    }

    private void VisitLeaf(JsonElement value, JsonTypeInfo type, string path)
    {
        try
        {
            JsonSerializer.Deserialize(value, type);
        }
        catch (JsonException refused)
        {
            errors.Add(path, LeafRules.For(type.Type) ?? refused.Message);
        }
    }

    // An escaped lone surrogate is valid JSON but no text: reading the name throws.
    private static string? NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    internal static string Join(string path, string name)
    {
        var shown = name.Length <= 64 ? name : string.Concat(name.AsSpan(0, 64), "…");
        return path.Length == 0 ? shown : $"{path}.{shown}";
    }
}
