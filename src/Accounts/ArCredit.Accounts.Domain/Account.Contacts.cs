using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Domain;

/// <summary>The contacts with the customer: written down, never decided on.</summary>
public sealed partial class Account
{
    private static Verdict DecideContact(LogContact command, Standing stand)
    {
        var at = command.HappenedAt ?? stand.Context.Now;
        return at > stand.Context.Now
            ? new Verdict.Refuse(RefusalCode.ContactInFuture, "The contact has not happened yet.")
            : new Verdict.Append(
                [new ContactLogged(new ContactState(
                    command.Id, command.Channel, command.Direction, at, command.Outcome, command.Invoices, command.Note?.Reference))],
                [new NumberKey(NumberKind.Contact, command.Id.Value)]);
    }
}
