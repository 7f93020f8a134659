using System.Security.Cryptography;
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

    /// <summary>
    /// The same without erasable texts, for what is kept for ever: a text that was erased could still be guessed by its hash.
    /// <paramref name="whole"/> is returned where the command has no texts.
    /// </summary>
    public static byte[] OfFacts(AccountCommand command, byte[] whole) => command.Texts.Any() ? Of(command, WithoutTexts) : whole;

    /// <summary>Of everything the command says.</summary>
    public static byte[] Of(AccountCommand command) => Of(command, EventCodec.Options);

    private static byte[] Of(AccountCommand command, JsonSerializerOptions options) =>
        SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(command.GetType().Name), .. JsonSerializer.SerializeToUtf8Bytes(command, command.GetType(), options)]);

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
