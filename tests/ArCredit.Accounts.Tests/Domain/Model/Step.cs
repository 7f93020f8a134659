using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>One thing that happens in a run. Steps do not know of each other, so that any of them can be left out.</summary>
internal abstract record Step
{
    public sealed record Ask(AccountCommand Command) : Step
    {
        public override string ToString() =>
            $"{Command.GetType().Name} {JsonSerializer.Serialize(Command, Command.GetType(), EventCodec.Options)}";
    }

    public sealed record Wait(TimeSpan Time) : Step;

    /// <summary>The sweep finds what is due.</summary>
    public sealed record Sweep : Step;

    public sealed record Sleep(bool AllPages) : Step;

    public sealed record Forget : Step;
}
