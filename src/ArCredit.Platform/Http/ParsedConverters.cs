using System.Text.Json;
using System.Text.Json.Serialization;

namespace ArCredit.Platform.Http;

internal delegate bool TryParseText<T>(string? text, out T value);

/// <summary>A value type of the Kernel that is a text outside.</summary>
internal sealed class ParsedValueConverter<T>(string rule, TryParseText<T> parse, Func<T, string> write) : JsonConverter<T>
    where T : struct
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(EdgeConverters.ReadText(ref reader, rule), out var value) ? value : throw new JsonException(rule);

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(reader.GetString(), out var value) ? value : throw new JsonException(rule);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(write(value));
}

/// <summary>The same for a reference type.</summary>
internal sealed class ParsedTextConverter<T>(string rule, Func<string, T?> parse, Func<T, string> write) : JsonConverter<T>
    where T : class
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(EdgeConverters.ReadText(ref reader, rule)) ?? throw new JsonException(rule);

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(reader.GetString()!) ?? throw new JsonException(rule);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(write(value));
}
