using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;

namespace ArCredit.Accounts.Actors;

/// <summary>Tells a repeated command from another one under the same key or number: a hash over the parsed command.</summary>
internal static class Fingerprint
{
    private static readonly JsonSerializerOptions WithoutTexts = new(EventCodec.Options)
    {
        TypeInfoResolver = EventCodec.Options.TypeInfoResolver!.WithAddedModifier(LeaveTextsOut),
    };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? pooled;

    /// <summary>
    /// The same without erasable texts, for what is kept for ever: a text that was erased could still be guessed by its hash.
    /// Whether posting was to be a checkpoint, or might go to another day, is no fact of a document either. <paramref name="whole"/> is returned where the
    /// command has nothing to leave out.
    /// </summary>
    public static byte[] OfFacts(AccountCommand command, byte[] whole) =>
        command.NextOpenDay ? OfFacts(command with { NextOpenDay = false }, Of(command with { NextOpenDay = false }))
        : command is PostInvoice { Enforce: true } enforced ? Of(enforced with { Enforce = false }, WithoutTexts)
        : command.Texts.Any() ? Of(command, WithoutTexts)
        : whole;

    /// <summary>Of everything the command says.</summary>
    public static byte[] Of(AccountCommand command) => Of(command, EventCodec.Options);

    private static byte[] Of(AccountCommand command, JsonSerializerOptions options)
    {
        var (buffer, writer) = pooled ?? New();
        pooled = null;
        Encoding.UTF8.GetBytes(command.GetType().Name, buffer);
        JsonSerializer.Serialize(writer, command, command.GetType(), options);
        writer.Flush();
        var hash = SHA256.HashData(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
        writer.Reset();
        pooled = (buffer, writer);
        return hash;
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) New()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        return (buffer, new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = EventCodec.Options.Encoder, SkipValidation = true }));
    }

    private static void LeaveTextsOut(JsonTypeInfo info)
    {
        foreach (var property in info.Properties)
        {
            if (property.PropertyType == typeof(FreeText))
            {
                property.ShouldSerialize = static (_, _) => false;
            }
        }
    }
}
