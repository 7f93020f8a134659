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
            Copy(body, string.Empty, bad, writer);
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

    private static void Copy(JsonElement value, string path, IReadOnlyDictionary<string, IReadOnlyList<string>> bad, Utf8JsonWriter writer)
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
                        Copy(field.Value, at, bad, writer);
                    }
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    var at = $"{path}[{index++}]";
                    if (bad.ContainsKey(at))
                    {
                        // Holds its place, so that the items behind it keep their numbers.
                        writer.WriteStartObject();
                        writer.WriteEndObject();
                    }
                    else
                    {
                        Copy(item, at, bad, writer);
                    }
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

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
