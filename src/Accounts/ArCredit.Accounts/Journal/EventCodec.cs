using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Journal;

/// <summary>The journal holds an event that a newer version of the product wrote.</summary>
internal sealed class NewerSchemaException(string message) : Exception(message)
{
    public NewerSchemaException(string type, int schema)
        : this($"Event {type} has schema {schema}, which this version does not know.")
    {
    }
}

/// <summary>
/// Events as bytes: JSON without defaults and nulls. A type's schema number rises when old bytes would be read wrongly, and also when
/// an older version would misread new ones: it skips members that it does not know, and runs beside the new one while a cluster is
/// upgraded. A member added since the first release without that is one that may be left out: who does so is still right. Every
/// released schema keeps a sample that a test replays.
/// </summary>
internal static class EventCodec
{
    /// <summary>Options of everything the journal and snapshots hold; changing them changes stored bytes.</summary>
    public static readonly JsonSerializerOptions Options = Build();

    private static readonly FrozenDictionary<string, (Type Type, int Schema)> ByName = new Dictionary<string, (Type, int)>
    {
        ["account-put"] = (typeof(AccountPut), 1),
        ["block-set"] = (typeof(BlockSet), 1),
        ["block-removed"] = (typeof(BlockRemoved), 1),
        ["credit-reserved"] = (typeof(CreditReserved), 1),
        ["credit-refused"] = (typeof(CreditRefused), 1),
        ["reservation-changed"] = (typeof(ReservationChanged), 1),
        ["reservation-delivered"] = (typeof(ReservationDelivered), 1),
        ["reservation-released"] = (typeof(ReservationReleased), 1),
        ["reservation-lapsed"] = (typeof(ReservationLapsed), 1),
        ["invoice-posted"] = (typeof(InvoicePosted), 1),
        ["credit-note-posted"] = (typeof(CreditNotePosted), 1),
        ["payment-received"] = (typeof(PaymentReceived), 1),
        ["payment-reversed"] = (typeof(PaymentReversed), 1),
        ["money-cleared"] = (typeof(MoneyCleared), 1),
        ["credit-allocated"] = (typeof(CreditAllocated), 1),
        ["debit-posted"] = (typeof(DebitPosted), 1),
        ["written-off"] = (typeof(WrittenOff), 1),
        ["write-off-reversed"] = (typeof(WriteOffReversed), 1),
        ["retention-released"] = (typeof(RetentionReleased), 1),
        ["release-reversed"] = (typeof(ReleaseReversed), 1),
        ["dispute-raised"] = (typeof(DisputeRaised), 1),
        ["dispute-changed"] = (typeof(DisputeChanged), 1),
        ["dispute-resolved"] = (typeof(DisputeResolved), 1),
        ["promise-made"] = (typeof(PromiseMade), 1),
        ["promise-changed"] = (typeof(PromiseChanged), 1),
        ["plan-requested"] = (typeof(PlanRequested), 1),
        ["plan-decided"] = (typeof(PlanDecided), 1),
        ["plan-changed"] = (typeof(PlanChanged), 1),
        ["contact-logged"] = (typeof(ContactLogged), 1),
        ["usage-recorded"] = (typeof(UsageRecorded), 1),
        ["usage-released"] = (typeof(UsageReleased), 1),
        ["refund-requested"] = (typeof(RefundRequested), 1),
        ["refund-changed"] = (typeof(RefundChanged), 1),
        ["refund-booked"] = (typeof(RefundBooked), 1),
        ["refund-ended"] = (typeof(RefundEnded), 1),
        ["allocation-undone"] = (typeof(AllocationUndone), 1),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, (string Name, int Schema, JsonTypeInfo Json)> ByType =
        ByName.ToFrozenDictionary(entry => entry.Value.Type, entry => (entry.Key, entry.Value.Schema, Options.GetTypeInfo(entry.Value.Type)));

    /// <summary>All stored names.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The events by stored name.</summary>
    public static IEnumerable<KeyValuePair<string, Type>> Types => ByName.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Type));

    /// <summary>The newest schema of a stored name.</summary>
    public static int SchemaOf(string name) => ByName[name].Schema;

    /// <summary>Name, schema and bytes of an event.</summary>
    public static (string Type, int Schema, byte[] Payload) Encode(AccountEvent happened)
    {
        var (name, schema, json) = ByType[happened.GetType()];
#if PLANTED_BUGS
        if (Planted.Is("pooled-buffer-reused"))
        {
            return (name, schema, Planted.Reuse(JsonSerializer.SerializeToUtf8Bytes(happened, json)));
        }

#endif
        return (name, schema, JsonSerializer.SerializeToUtf8Bytes(happened, json));
    }

    /// <summary>The event of stored bytes. Throws <see cref="NewerSchemaException"/> for what this version does not know.</summary>
    public static AccountEvent Decode(string type, int schema, ReadOnlySpan<byte> payload)
    {
        RequireKnown(type, schema);
        return (AccountEvent)(JsonSerializer.Deserialize(payload, ByType[ByName[type].Type].Json) ?? throw new JsonException("An event is null."));
    }

    /// <summary>For who reads bytes without decoding them all; throws <see cref="NewerSchemaException"/> like <see cref="Decode"/>.</summary>
    public static void RequireKnown(string type, int schema)
    {
        if (!ByName.TryGetValue(type, out var known) || schema > known.Schema)
        {
            throw new NewerSchemaException(type, schema);
        }
    }

    private static JsonSerializerOptions Build()
    {
        var resolver = new DefaultJsonTypeInfoResolver();

        // Defaults are not written, so nothing may be required when reading.
        resolver.Modifiers.Add(static info =>
        {
            foreach (var property in info.Properties)
            {
                property.IsRequired = false;
                if (property is { Set: null, AssociatedParameter: null })
                {
                    // What is worked out from the rest is not stored.
                    property.ShouldSerialize = static (_, _) => false;
                }
            }
        });
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
            TypeInfoResolver = resolver,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new TextConverter<Currency>(Currency.Parse, currency => currency.Code));
        options.Converters.Add(new TextConverter<AccountId>(AccountId.Parse, account => account.Value));
        options.Converters.Add(new TextConverter<DocumentNumber>(DocumentNumber.Parse, number => number.Value));
        return options;
    }

    private sealed class TextConverter<T>(Func<string, T> parse, Func<T, string> format) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            parse(reader.GetString() ?? throw new JsonException($"A {typeof(T).Name} is null."));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(format(value));
    }
}
