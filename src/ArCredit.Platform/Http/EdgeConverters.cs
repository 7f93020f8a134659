using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Platform.Http;

/// <summary>One word for each value type that crosses the edge; each refuses with a message a caller can act on.</summary>
internal static class EdgeConverters
{
    public static readonly JsonConverter[] All =
    [
        new TextConverter(),
        new DecimalConverter(),
        new DateConverter(),
        new InstantConverter(),
        new EdgeEnumConverterFactory(),
        new GivenConverterFactory(),
        new ParsedTextConverter<Currency>(CurrencyRule, text => Currency.TryParse(text, out var currency) ? currency : null, currency => currency.Code),
        new ParsedValueConverter<AccountId>(AccountRule, AccountId.TryParse, id => id.Value),
        new ParsedValueConverter<DocumentNumber>(NumberRule, DocumentNumber.TryParse, number => number.Value),
    ];

    public const string CurrencyRule = "must be an ISO 4217 currency code in capitals";
    public const string AccountRule = "must be 1 to 64 characters without '/', control characters or surrounding white space";
    public const string NumberRule = "must be 1 to 64 characters without control characters or surrounding white space";

    /// <summary>The text of a string token; other tokens are refused with the rule.</summary>
    public static string ReadText(ref Utf8JsonReader reader, string rule)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException(rule);
        }

        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair is valid JSON, but no text.
            throw new JsonException("must not contain half of a surrogate pair");
        }
    }
}

internal sealed class TextConverter : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Storable(EdgeConverters.ReadText(ref reader, "must be a text"));

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Storable(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    // PostgreSQL has no text with U+0000 in it: let it in and a well-formed request ends as a database error.
    private static string Storable(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw new JsonException("must not contain the character U+0000") : text;
}

internal sealed class DecimalConverter : JsonConverter<decimal>
{
    private const int ExactDigits = 28;

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            throw new JsonException("must be a number");
        }

        if (!reader.TryGetDecimal(out var value))
        {
            throw new JsonException("is beyond the numbers accepted");
        }

        // A decimal rounds what it cannot hold, which would turn 1.00…01 into a valid amount.
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length > ExactDigits || (value == 0m && !IsZero(ref reader)))
        {
            throw new JsonException("has more digits than can be held exactly");
        }

        // 1.70 is 1.7, also to whoever compares or hashes what was asked for. Division by a 1 with all decimals drops trailing zeros.
        return value.Scale > 0 ? value / 1.0000000000000000000000000000m : value;
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    private static bool IsZero(ref Utf8JsonReader reader)
    {
        var mantissa = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        var exponent = mantissa.IndexOfAny((byte)'e', (byte)'E');
        return !(exponent < 0 ? mantissa : mantissa[..exponent]).ContainsAnyInRange((byte)'1', (byte)'9');
    }
}

internal sealed class DateConverter : JsonConverter<DateOnly>
{
    public const string Rule = "must be a date as YYYY-MM-DD";

    public static bool TryParse(string? text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    public override DateOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(EdgeConverters.ReadText(ref reader, Rule), out var date) ? date : throw new JsonException(Rule);

    public override void Write(Utf8JsonWriter writer, DateOnly value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[10];
        value.TryFormat(text, out var written, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..written]);
    }
}

internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    public const string Rule = "must be an instant as YYYY-MM-DDThh:mm:ssZ";

    private static readonly string[] Formats = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK"];

    /// <summary>Takes an instant with Z or an offset and gives it in UTC; local times without either are ambiguous and refused.</summary>
    public static bool TryParse(string? text, out DateTimeOffset instant)
    {
        instant = default;
        var zoned = text is { Length: >= 17 and <= 33 } && (text[^1] == 'Z' || text[^6] is '+' or '-');
        if (!zoned || !DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
        {
            return false;
        }

        instant = parsed.ToUniversalTime();
        return true;
    }

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TryParse(EdgeConverters.ReadText(ref reader, Rule), out var instant) ? instant : throw new JsonException(Rule);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[32];
        value.UtcDateTime.TryFormat(text, out var written, "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..written]);
    }
}
