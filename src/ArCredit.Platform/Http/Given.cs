using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ArCredit.Platform.Http;

/// <summary>A field whose absence says something else than its null ("keep" against "clear").</summary>
/// <typeparam name="T">The field's type, nullable where null is allowed.</typeparam>
[JsonConverter(typeof(GivenConverterFactory))]
public readonly record struct Given<T>
{
    /// <summary>A field that is there, perhaps null.</summary>
    public Given(T value)
    {
        IsGiven = true;
        Value = value;
    }

    /// <summary>True when the body had the field.</summary>
    public bool IsGiven { get; }

    /// <summary>The field's value; default when it was absent.</summary>
    public T Value { get; }
}

internal static class GivenTypes
{
    public static bool IsGivenType(this Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Given<>);
}

internal sealed class GivenConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGivenType();

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(GivenConverter<>).MakeGenericType(typeToConvert.GenericTypeArguments))!;
}

internal sealed class GivenConverter<T> : JsonConverter<Given<T>>
{
    public override bool HandleNull => true;

    public override Given<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = JsonSerializer.Deserialize(ref reader, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        return new Given<T>(value!);
    }

    public override void Write(Utf8JsonWriter writer, Given<T> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
}
