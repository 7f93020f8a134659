using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Orleans;

namespace ArCredit.Accounts.Orleans.Wire;

/// <summary>What a reply is; the numbers go over the wire.</summary>
internal enum ReplyKind
{
    /// <summary><see cref="Answer.Done"/>.</summary>
    Done = 0,

    /// <summary><see cref="Answer.Checked"/>.</summary>
    Checked = 1,

    /// <summary><see cref="Answer.Unchanged"/>.</summary>
    Unchanged = 2,

    /// <summary><see cref="Answer.Refused"/>.</summary>
    Refused = 3,

    /// <summary>The account as committed.</summary>
    View = 4,

    /// <summary>There is no such account.</summary>
    NoAccount = 5,

    /// <summary><see cref="AccountBusyException"/>.</summary>
    Busy = 6,

    /// <summary><see cref="OutcomeUnknownException"/>.</summary>
    Unknown = 7,

    /// <summary><see cref="AccountUnavailableException"/>.</summary>
    Unavailable = 8,
}

/// <summary>What an account says, or why it cannot. Within a process it is handed over as it is.</summary>
[Immutable]
internal sealed class AccountReply
{
    private AccountReply(ReplyKind kind, object? content)
    {
        Kind = kind;
        Content = content;
    }

    public ReplyKind Kind { get; }

    /// <summary>The answer, the view, or a sentence.</summary>
    public object? Content { get; }

    public static AccountReply Of(Answer answer) => new(
        answer switch
        {
            Answer.Done => ReplyKind.Done,
            Answer.Checked => ReplyKind.Checked,
            Answer.Unchanged => ReplyKind.Unchanged,
            Answer.Refused => ReplyKind.Refused,
            _ => throw new InvariantException($"Unknown answer {answer.GetType().Name}."),
        },
        answer);

    public static AccountReply Of(AccountView? view) => new(view is null ? ReplyKind.NoAccount : ReplyKind.View, view);

    /// <summary>What callers know how to take; everything else is a fault and stays an exception.</summary>
    public static bool Tells(Exception outage) =>
        outage is AccountBusyException or OutcomeUnknownException or AccountUnavailableException
        || (DatabaseOutage.Is(outage) && !DatabaseOutage.IsStatementRefused(outage));

    public static AccountReply Of(Exception outage) => outage switch
    {
        AccountBusyException => Outage(ReplyKind.Busy, outage.Message),
        OutcomeUnknownException => Outage(ReplyKind.Unknown, outage.Message),
        _ => Outage(ReplyKind.Unavailable, (outage as AccountUnavailableException)?.InnerException?.Message ?? outage.Message),
    };

    public static AccountReply Outage(ReplyKind kind, string? text) => new(kind, text ?? string.Empty);

    /// <summary>The answer to a command.</summary>
    public Answer ToAnswer() => Content as Answer ?? throw ToException();

    /// <summary>The answer to a read.</summary>
    public AccountView? ToView() => Kind == ReplyKind.NoAccount ? null : Content as AccountView ?? throw ToException();

    private Exception ToException() => Kind switch
    {
        ReplyKind.Busy => new AccountBusyException((string)Content!),
        ReplyKind.Unknown => new OutcomeUnknownException(),
        ReplyKind.Unavailable => new AccountUnavailableException(new IOException((string)Content!)),
        _ => new InvariantException($"A reply {Kind} came where none can."),
    };
}
