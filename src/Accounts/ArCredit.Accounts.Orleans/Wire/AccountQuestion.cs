using ArCredit.Accounts.Contracts;
using Orleans;

namespace ArCredit.Accounts.Orleans.Wire;

/// <summary>A command on its way to an account. Within a process it is handed over as it is; only between processes it becomes bytes.</summary>
[Immutable]
internal sealed class AccountQuestion(AccountCommand command, AskOptions options, TimeSpan patience)
{
    public AccountCommand Command { get; } = command;

    public AskOptions Options { get; } = options;

    /// <summary>What is left of the caller's deadline.</summary>
    public TimeSpan Patience { get; } = patience;
}

/// <summary>A question as it goes over the wire: numbers of fields are for ever.</summary>
[GenerateSerializer, Immutable]
[Alias("arcredit.question")]
internal struct QuestionOnWire
{
    [Id(0)]
    public string Command { get; set; }

    [Id(1)]
    public byte[] Body { get; set; }

    [Id(2)]
    public bool MayChangeLimits { get; set; }

    [Id(3)]
    public long? IfVersion { get; set; }

    [Id(4)]
    public string By { get; set; }

    [Id(5)]
    public string? KeyRoute { get; set; }

    [Id(6)]
    public string? KeyValue { get; set; }

    [Id(7)]
    public bool Bulk { get; set; }

    [Id(8)]
    public bool History { get; set; }

    [Id(9)]
    public TimeSpan Patience { get; set; }

    [Id(10)]
    public bool MayApprove { get; set; }

    [Id(11)]
    public bool MayCredit { get; set; }

    [Id(12)]
    public bool MayLift { get; set; }

    /// <summary>Who requests or decides, as the command itself says.</summary>
    [Id(13)]
    public string? CommandBy { get; set; }
}

/// <summary>Between the two.</summary>
[RegisterConverter]
internal sealed class QuestionConverter : IConverter<AccountQuestion, QuestionOnWire>
{
    /// <inheritdoc/>
    public AccountQuestion ConvertFromSurrogate(in QuestionOnWire surrogate)
    {
        // Rights, preconditions and who asks are no part of a command's content, so its bytes leave them out.
        var command = CommandCodec.Decode(surrogate.Command, surrogate.Body) switch
        {
            PutAccount put => put with { MayChangeLimits = surrogate.MayChangeLimits, IfVersion = surrogate.IfVersion },
            ResolveDispute resolve => resolve with { MayApprove = surrogate.MayApprove, MayCredit = surrogate.MayCredit },
            CancelPromise cancel => cancel with { MayLift = surrogate.MayLift },
            CancelPlan cancel => cancel with { MayLift = surrogate.MayLift },
            RequestPlan request => request with { By = surrogate.CommandBy! },
            DecidePlan decide => decide with { By = surrogate.CommandBy! },
            var whole => whole,
        };
        var key = surrogate is { KeyRoute: { } route, KeyValue: { } value } ? new CommandKey(route, value) : null;
        return new AccountQuestion(command, new AskOptions(surrogate.By, key, surrogate.Bulk, surrogate.History), surrogate.Patience);
    }

    /// <inheritdoc/>
    public QuestionOnWire ConvertToSurrogate(in AccountQuestion value)
    {
        var (name, body) = CommandCodec.Encode(value.Command);
        var put = value.Command as PutAccount;
        return new QuestionOnWire
        {
            Command = name,
            Body = body,
            MayChangeLimits = put?.MayChangeLimits ?? false,
            IfVersion = put?.IfVersion,
            By = value.Options.By,
            KeyRoute = value.Options.Key?.Route,
            KeyValue = value.Options.Key?.Value,
            Bulk = value.Options.Bulk,
            History = value.Options.History,
            Patience = value.Patience,
            MayApprove = value.Command is ResolveDispute { MayApprove: true },
            MayCredit = value.Command is ResolveDispute { MayCredit: true },
            MayLift = value.Command is CancelPromise { MayLift: true } or CancelPlan { MayLift: true },
            CommandBy = value.Command switch { RequestPlan request => request.By, DecidePlan decide => decide.By, _ => null },
        };
    }
}
