using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Tests.Domain.Model;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>Something one client did to one account, and when.</summary>
/// <param name="Client">Who.</param>
/// <param name="Action">What.</param>
/// <param name="Invoked">Place of its beginning in the order of all beginnings and ends.</param>
internal sealed record Operation(int Client, Operation.Act Action, long Invoked)
{
    /// <summary>Place of its end; a long way off when nobody learned how it ended.</summary>
    public long Returned { get; init; } = long.MaxValue;

    /// <summary>What came back; null = unknown, it may have happened or not.</summary>
    public string? Answer { get; init; }

    public override string ToString() =>
        $"{Invoked,5} .. {(Returned == long.MaxValue ? "?" : Returned),5}  client {Client,2}  {Action}  =>  {Answer ?? "unknown"}";

    /// <summary>What can be done.</summary>
    internal abstract record Act
    {
        /// <summary>False for mere questions.</summary>
        public bool ChangesSomething => this is Pass or Ask { Command: not (CheckCredit or FindReservation or RunDue) };

        /// <summary>True when it did nothing, as its answer tells; what time has ended ends whether it is asked or not.</summary>
        public bool ChangedNothing(string? answer) => !ChangesSomething
            || (answer is not null && (answer == ReferenceAccount.Unchanged || answer.StartsWith("refused", StringComparison.Ordinal)
                || answer.StartsWith(AnswerText.Again, StringComparison.Ordinal)));

        public sealed record Ask(AccountCommand Command, string? Key) : Act
        {
            /// <summary>What tells a repeat of it from something else.</summary>
            public string Content { get; } = $"{Command.GetType().Name} {JsonSerializer.Serialize(Command, Command.GetType(), EventCodec.Options)}";

            public override string ToString() => Key is null ? Content : $"[{Key}] {Content}";
        }

        public sealed record Read : Act
        {
            public override string ToString() => "Read";
        }

        /// <summary>Business time moves on, for all accounts.</summary>
        public sealed record Pass(DateTimeOffset Until) : Act
        {
            public override string ToString() => $"Pass until {Until:MM-dd HH:mm:ss}";
        }
    }
}
