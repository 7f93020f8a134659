using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using Orleans;

namespace ArCredit.Accounts.Orleans.Wire;

/// <summary>A reply as it goes over the wire: numbers of fields are for ever.</summary>
[GenerateSerializer, Immutable]
[Alias("arcredit.reply")]
internal struct ReplyOnWire
{
    [Id(0)]
    public int Kind { get; set; }

    /// <summary>Of an outage: a sentence.</summary>
    [Id(1)]
    public string? Text { get; set; }

    /// <summary>Decision, reservation, refusal or view.</summary>
    [Id(2)]
    public byte[]? Body { get; set; }

    [Id(3)]
    public EventOnWire[]? Events { get; set; }

    [Id(4)]
    public long Version { get; set; }

    [Id(5)]
    public int Repeat { get; set; }
}

/// <summary>An event as the journal holds it.</summary>
[GenerateSerializer, Immutable]
[Alias("arcredit.event")]
internal struct EventOnWire
{
    [Id(0)]
    public string Type { get; set; }

    [Id(1)]
    public int Schema { get; set; }

    [Id(2)]
    public byte[] Payload { get; set; }
}

/// <summary>Between a reply and its bytes.</summary>
[RegisterConverter]
internal sealed class ReplyConverter : IConverter<AccountReply, ReplyOnWire>
{
    /// <inheritdoc/>
    public AccountReply ConvertFromSurrogate(in ReplyOnWire surrogate)
    {
        try
        {
            return Read(surrogate);
        }
        catch (Exception newer) when (newer is NewerSchemaException or JsonException)
        {
            // The account lives on a node of a newer version, which has events, kinds or values that this one does not know. What
            // it did stands; this node cannot say what it was.
            return AccountReply.Outage(ReplyKind.Unknown, newer.Message);
        }
    }

    /// <inheritdoc/>
    public ReplyOnWire ConvertToSurrogate(in AccountReply value) => value.Content switch
    {
        Answer.Done done => new ReplyOnWire
        {
            Kind = (int)value.Kind, Events = [.. done.Events.Select(Encode)], Version = done.Version, Repeat = (int)done.Repeat,
        },
        Answer.Checked check => WithBody(value.Kind, check.Decision),
        Answer.Unchanged unchanged => WithBody(value.Kind, unchanged.Reservation),
        Answer.Refused refused => WithBody(value.Kind, refused),
        AccountView view => WithBody(value.Kind, view),
        string text => new ReplyOnWire { Kind = (int)value.Kind, Text = text },
        null => new ReplyOnWire { Kind = (int)value.Kind },
        var other => throw new InvariantException($"A reply cannot hold a {other.GetType().Name}."),
    };

    private static AccountReply Read(in ReplyOnWire wire) => (ReplyKind)wire.Kind switch
    {
        ReplyKind.Done => AccountReply.Of(new Answer.Done([.. wire.Events!.Select(Decode)], wire.Version, RepeatOf(wire))),
        ReplyKind.Checked => AccountReply.Of(new Answer.Checked(Body<DecisionRecord>(wire))),
        ReplyKind.Unchanged => AccountReply.Of(new Answer.Unchanged(Body<ReservationState>(wire))),
        ReplyKind.Refused => AccountReply.Of(Body<Answer.Refused>(wire)),
        ReplyKind.View => AccountReply.Of(Body<AccountView>(wire)),
        ReplyKind.NoAccount => AccountReply.Of((AccountView?)null),
        ReplyKind.Busy or ReplyKind.Unknown or ReplyKind.Unavailable => AccountReply.Outage((ReplyKind)wire.Kind, wire.Text),
        _ => throw new JsonException($"Unknown reply {wire.Kind}."),
    };

    private static Repeat RepeatOf(in ReplyOnWire wire) =>
        Enum.IsDefined((Repeat)wire.Repeat) ? (Repeat)wire.Repeat : throw new JsonException($"Unknown repeat {wire.Repeat}.");

    private static ReplyOnWire WithBody<T>(ReplyKind kind, T body) =>
        new() { Kind = (int)kind, Body = JsonSerializer.SerializeToUtf8Bytes(body, EventCodec.Options) };

    private static T Body<T>(in ReplyOnWire wire) =>
        JsonSerializer.Deserialize<T>(wire.Body, EventCodec.Options) ?? throw new JsonException($"A {typeof(T).Name} is null.");

    private static EventOnWire Encode(AccountEvent happened)
    {
        var (type, schema, payload) = EventCodec.Encode(happened);
        return new EventOnWire { Type = type, Schema = schema, Payload = payload };
    }

    private static AccountEvent Decode(EventOnWire wire) => EventCodec.Decode(wire.Type, wire.Schema, wire.Payload);
}
