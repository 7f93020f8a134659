using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
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
        ["release-retention"] = typeof(ReleaseRetention),
        ["reverse-release"] = typeof(ReverseRelease),
        ["undo-allocation"] = typeof(UndoAllocation),
        ["raise-dispute"] = typeof(RaiseDispute),
        ["change-dispute"] = typeof(ChangeDispute),
        ["make-promise"] = typeof(MakePromise),
        ["cancel-promise"] = typeof(CancelPromise),
        ["request-plan"] = typeof(RequestPlan),
        ["decide-plan"] = typeof(DecidePlan),
        ["cancel-plan"] = typeof(CancelPlan),
        ["resolve-dispute"] = typeof(ResolveDispute),
        ["request-refund"] = typeof(RequestRefund),
        ["approve-refund"] = typeof(ApproveRefund),
        ["void-refund-approval"] = typeof(VoidRefundApproval),
        ["file-refund"] = typeof(FileRefund),
        ["report-refund"] = typeof(ReportRefund),
        ["end-refund"] = typeof(EndRefund),
        ["reinstate-refund"] = typeof(ReinstateRefund),
        ["find-reservation"] = typeof(FindReservation),
        ["log-contact"] = typeof(LogContact),
        ["record-usage"] = typeof(RecordUsage),
        ["release-usage"] = typeof(ReleaseUsage),
        ["run-due"] = typeof(RunDue),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Stored events may hold what a version does not know, since it cannot undo them; a command half understood is not to be carried out.
    private static readonly JsonSerializerOptions Strict = new(EventCodec.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    private static readonly FrozenDictionary<Type, string> Names = ByName.ToFrozenDictionary(entry => entry.Value, entry => entry.Key);

    /// <summary>Every command that can be sent.</summary>
    public static IReadOnlyCollection<Type> Types => Names.Keys;

    /// <summary>Name and bytes of a command.</summary>
    public static (string Name, byte[] Body) Encode(AccountCommand command) =>
        (Names[command.GetType()], JsonSerializer.SerializeToUtf8Bytes(command, command.GetType(), EventCodec.Options));

    /// <summary>
    /// The command of a name and bytes. One that a node of a newer version sent, with a name, a member or a value that this one
    /// does not know, is kept as its name, for the account to refuse.
    /// </summary>
    public static AccountCommand Decode(string name, byte[] body)
    {
        if (!ByName.TryGetValue(name, out var type))
        {
            return new CommandOfNewerVersion(name);
        }

        try
        {
            return (AccountCommand)(JsonSerializer.Deserialize(body, type, Strict) ?? throw new JsonException("A command is null."));
        }
        catch (JsonException)
        {
            return new CommandOfNewerVersion(name);
        }
    }
}

/// <summary>A command that this version does not know, or not all of it.</summary>
internal sealed record CommandOfNewerVersion(string Name) : AccountCommand;
