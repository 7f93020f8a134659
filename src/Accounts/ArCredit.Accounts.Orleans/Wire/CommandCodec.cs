using System.Collections.Frozen;
using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;

namespace ArCredit.Accounts.Orleans.Wire;

/// <summary>Commands as bytes, by the codec of the journal's events. Ids and salts of texts are made where the account lives.</summary>
internal static class CommandCodec
{
    private static readonly FrozenDictionary<string, Type> ByName = new Dictionary<string, Type>
    {
        ["put-account"] = typeof(PutAccount),
        ["set-block"] = typeof(SetBlock),
        ["remove-block"] = typeof(RemoveBlock),
        ["check-credit"] = typeof(CheckCredit),
        ["reserve-credit"] = typeof(ReserveCredit),
        ["change-reservation"] = typeof(ChangeReservation),
        ["deliver-reservation"] = typeof(DeliverReservation),
        ["release-reservation"] = typeof(ReleaseReservation),
        ["capture-reservation"] = typeof(CaptureReservation),
        ["post-invoice"] = typeof(PostInvoice),
        ["post-credit-note"] = typeof(PostCreditNote),
        ["post-payment"] = typeof(PostPayment),
        ["reverse-payment"] = typeof(ReversePayment),
        ["allocate-credit"] = typeof(AllocateCredit),
        ["post-debit"] = typeof(PostDebit),
        ["bill-interest"] = typeof(BillInterest),
        ["write-off"] = typeof(WriteOff),
        ["reverse-write-off"] = typeof(ReverseWriteOff),
        ["undo-allocation"] = typeof(UndoAllocation),
        ["raise-dispute"] = typeof(RaiseDispute),
        ["change-dispute"] = typeof(ChangeDispute),
        ["make-promise"] = typeof(MakePromise),
        ["cancel-promise"] = typeof(CancelPromise),
        ["request-plan"] = typeof(RequestPlan),
        ["decide-plan"] = typeof(DecidePlan),
        ["cancel-plan"] = typeof(CancelPlan),
        ["resolve-dispute"] = typeof(ResolveDispute),
        ["find-reservation"] = typeof(FindReservation),
        ["log-contact"] = typeof(LogContact),
        ["run-due"] = typeof(RunDue),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<Type, string> Names = ByName.ToFrozenDictionary(entry => entry.Value, entry => entry.Key);

    /// <summary>Every command that can be sent.</summary>
    public static IReadOnlyCollection<Type> Types => Names.Keys;

    /// <summary>Name and bytes of a command.</summary>
    public static (string Name, byte[] Body) Encode(AccountCommand command) =>
        (Names[command.GetType()], JsonSerializer.SerializeToUtf8Bytes(command, command.GetType(), EventCodec.Options));

    /// <summary>The command of a name and bytes; what a node of a newer version sent is kept as its name, for the account to refuse.</summary>
    public static AccountCommand Decode(string name, byte[] body) => ByName.TryGetValue(name, out var type)
        ? (AccountCommand)(JsonSerializer.Deserialize(body, type, EventCodec.Options) ?? throw new JsonException("A command is null."))
        : new CommandOfNewerVersion(name);
}

/// <summary>A command that this version does not know.</summary>
internal sealed record CommandOfNewerVersion(string Name) : AccountCommand;
