using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ArCredit.Platform.Http;

/// <summary>
/// What is left of a body without the fields that could not be read: the values of the others can still be judged, so that
/// one answer names them all.
/// </summary>
internal static class BodyRemains
{
    private static readonly JsonSerializerOptions Lenient = Build();

    /// <summary>Null when nothing useful is left. Required members of the value may be missing: null or zero.</summary>
    public static T? Read<T>(JsonElement body, FieldErrors errors)
        where T : notnull
    {
        var bad = errors.ByPath;
        if (bad.ContainsKey(string.Empty))
        {
            return default;
        }

        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            Copy(body, Lenient.GetTypeInfo(typeof(T)), string.Empty, bad, writer);
        }

        try
        {
            return JsonSerializer.Deserialize<T>(bytes.WrittenSpan, Lenient);
        }
        catch (JsonException)
        {
            // More is wrong than could be named; the errors at hand are the answer.
            return default;
        }
    }

    private static void Copy(
        JsonElement value, JsonTypeInfo type, string path, IReadOnlyDictionary<string, IReadOnlyList<string>> bad, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in value.EnumerateObject())
                {
                    var at = BodyErrors.Join(path, field.Name);
                    if (!bad.ContainsKey(at))
                    {
                        writer.WritePropertyName(field.Name);
                        Copy(field.Value, Within(type, field.Name), at, bad, writer);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                var item = Within(type, string.Empty);
                var index = 0;
                foreach (var element in value.EnumerateArray())
                {
                    var at = $"{path}[{index++}]";
                    if (bad.ContainsKey(at))
                    {
                        // Holds its place, so that the items behind it keep their numbers.
                        writer.WriteRawValue(Blank(item));
                    }
                    else
                    {
                        Copy(element, item, at, bad, writer);
                    }
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    // The type of a field, an item or an entry. Where a converter hides what is within, its own: nothing below it is named bad.
    private static JsonTypeInfo Within(JsonTypeInfo type, string name) => type switch
    {
        { ElementType: { } element } => Lenient.GetTypeInfo(element),
        { Kind: JsonTypeInfoKind.Object } when type.Properties.FirstOrDefault(property => property.Name == name) is { } property =>
            Lenient.GetTypeInfo(property.PropertyType.IsGivenType() ? property.PropertyType.GenericTypeArguments[0] : property.PropertyType),
        _ => type,
    };

    private static string Blank(JsonTypeInfo item) =>
        item.Kind == JsonTypeInfoKind.Object ? "{}"
        : item.Type.IsValueType ? JsonSerializer.Serialize(Activator.CreateInstance(item.Type), item)
        : "null";

    private static JsonSerializerOptions Build()
    {
        var options = new JsonSerializerOptions();
        ApiJson.Apply(options);
        options.RespectNullableAnnotations = false;
        options.RespectRequiredConstructorParameters = false;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver
        {
            Modifiers =
            {
                static type =>
                {
                    foreach (var property in type.Properties)
                    {
                        property.IsRequired = false;
                    }
                },
            },
        };
        options.MakeReadOnly(populateMissingResolver: false);
        return options;
    }
}
