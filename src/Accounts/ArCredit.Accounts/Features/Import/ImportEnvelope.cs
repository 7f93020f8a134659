using System.Buffers;
using System.Text.Json;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Import;

/// <summary>What a line says besides the document: whose it is.</summary>
internal sealed record AccountEnvelope(AccountId AccountId);

/// <summary>The same of a payment.</summary>
/// <param name="AccountId">Whose it is.</param>
/// <param name="Invoice">Stands for one allocation of the whole amount.</param>
internal sealed record PaymentEnvelope(AccountId AccountId, DocumentNumber? Invoice);

/// <summary>A line cut in two: its own fields, and the body that the document's endpoint would get.</summary>
/// <param name="Envelope">JSON object of the line's own fields; empty when the line could not be cut.</param>
/// <param name="Body">JSON object of the rest.</param>
/// <param name="Id">The text of the field that names the document, if it is one.</param>
internal readonly record struct CutLine(ReadOnlyMemory<byte> Envelope, ReadOnlyMemory<byte> Body, string? Id)
{
    private const int LongestId = 64;

    /// <summary>Cuts a line. What is no JSON object is all body: the body's parser says what is wrong with it.</summary>
    /// <param name="line">The line.</param>
    /// <param name="own">Names of the line's own fields.</param>
    /// <param name="idName">The field that names the document.</param>
    /// <param name="defaults">A field to add to the body where the line has none.</param>
    public static CutLine Of(ReadOnlyMemory<byte> line, ReadOnlySpan<string> own, string idName, (string Name, string Value)? defaults)
    {
        var (envelope, body) = (new ArrayBufferWriter<byte>(64), new ArrayBufferWriter<byte>(line.Length + 32));
        string? id = null;
        var missing = defaults;
        try
        {
            var reader = new Utf8JsonReader(line.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return new CutLine(default, line, null);
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                var from = (int)reader.TokenStartIndex;
                reader.Read();
                if (name == idName && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: <= LongestId } text)
                {
                    id = text;
                }

                reader.Skip();
                Add(own.Contains(name) ? envelope : body, line.Span[from..(int)reader.BytesConsumed]);
                missing = missing?.Name == name ? null : missing;
            }

            // Whatever stands behind the object is for the body's parser to refuse.
            if (line.Span[(int)reader.BytesConsumed..].ContainsAnyExcept(" \t\r\n"u8))
            {
                return new CutLine(default, line, id);
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // A name or id that is not valid text is an InvalidOperationException of the reader.
            return new CutLine(default, line, id);
        }

        if (missing is { } add)
        {
            Add(body, JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { [add.Name] = add.Value }).AsSpan()[1..^1]);
        }

        return new CutLine(Close(envelope), Close(body), id);
    }

    private static void Add(ArrayBufferWriter<byte> json, ReadOnlySpan<byte> member)
    {
        json.Write(json.WrittenCount == 0 ? "{"u8 : ","u8);
        json.Write(member);
    }

    private static ReadOnlyMemory<byte> Close(ArrayBufferWriter<byte> json)
    {
        json.Write(json.WrittenCount == 0 ? "{}"u8 : "}"u8);
        return json.WrittenMemory;
    }
}
