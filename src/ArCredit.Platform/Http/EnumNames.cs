using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ArCredit.Platform.Http;

/// <summary>The names of an enumeration at the edge: camelCase, exact, one at a time.</summary>
public static class EnumNames
{
    /// <summary>All names of an enumeration in the order of its values.</summary>
    public static IReadOnlyList<string> Of(Type enumeration) =>
        [.. Enum.GetNames(enumeration).Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>The edge's name of a value.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => Cache<T>.Names.TryGetValue(value, out var name) ? name : throw new ArgumentOutOfRangeException(nameof(value), value, null);

    /// <summary>False when the text is none of the names.</summary>
    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text is not null && Cache<T>.Values.TryGetValue(text, out value);
    }

    internal static string Rule<T>()
        where T : struct, Enum => Cache<T>.Rule;

    private static class Cache<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<string, T> Values =
            Enum.GetNames<T>().ToFrozenDictionary(JsonNamingPolicy.CamelCase.ConvertName, Enum.Parse<T>, StringComparer.Ordinal);

        public static readonly FrozenDictionary<T, string> Names =
            Enum.GetValues<T>().Distinct().ToFrozenDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));

        public static readonly string Rule = "must be one of: " + string.Join(", ", Of(typeof(T)));
    }
}

// The serializer's own converter takes "order,delivery" and any case, and gives an undefined value for the first.
internal sealed class EdgeEnumConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(EdgeEnumConverter<>).MakeGenericType(typeToConvert))!;
}

internal sealed class EdgeEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EnumNames.TryParse<T>(EdgeConverters.ReadText(ref reader, EnumNames.Rule<T>()), out var value) ? value : throw new JsonException(EnumNames.Rule<T>());

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EnumNames.TryParse<T>(reader.GetString(), out var value) ? value : throw new JsonException(EnumNames.Rule<T>());

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(EnumNames.Name(value));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(EnumNames.Name(value));
}
