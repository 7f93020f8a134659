using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.DirectDebits;

/// <summary>Where an amendment stands. The names are stored and shown.</summary>
internal enum AmendmentStatus
{
    /// <summary>Somebody else has to confirm it.</summary>
    Pending,

    /// <summary>Counts from its day on.</summary>
    Confirmed,

    /// <summary>Never counted.</summary>
    Withdrawn,
}

/// <summary>What debtors' banks know of an amendment. The names are shown.</summary>
internal enum AmendmentReport
{
    /// <summary>No file tells them, or only collections that were rejected.</summary>
    None,

    /// <summary>A file does, and nothing was heard of it yet.</summary>
    Filed,

    /// <summary>A collection with it was accepted: it is not told again.</summary>
    Accepted,
}

/// <summary>A change of a mandate that its debtor agreed to or was told: absent members stay as they are.</summary>
internal sealed class MandateAmendment
{
    public string Company { get; init; } = string.Empty;

    public string MandateId { get; init; } = string.Empty;

    public string AmendmentId { get; init; } = string.Empty;

    /// <summary>In the order in which they were asked for.</summary>
    public long Number { get; init; }

    public string? Iban { get; init; }

    /// <summary>Of the new account; null with an IBAN = found by it.</summary>
    public string? Bic { get; init; }

    /// <summary>The id under which banks know the mandate from then on.</summary>
    public string? Reference { get; init; }

    public string? CreditorId { get; init; }

    /// <summary>The creditor's name that the debtor signed for, where it is another now.</summary>
    public string? FormerCreditorName { get; init; }

    /// <summary>First day of collection that it counts for: asked for, and from the confirmation on not before that.</summary>
    public DateOnly EffectiveOn { get; init; }

    /// <summary>The day that was asked for; null = none was named.</summary>
    public DateOnly? AskedOn { get; init; }

    /// <summary>First day on which a file may rest on it; null until it is confirmed.</summary>
    public DateOnly? UsableFrom { get; init; }

    public string Status { get; init; } = string.Empty;

    public string? Reason { get; init; }

    public string RequestedBy { get; init; } = string.Empty;

    public DateTimeOffset RequestedAt { get; init; }

    public string? ConfirmedBy { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    public string? WithdrawnBy { get; init; }

    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Collections that tell it and were not rejected.</summary>
    public long Filed { get; init; }

    /// <summary>Of these, accepted ones.</summary>
    public long Accepted { get; init; }

    public bool Is(AmendmentStatus status) => Status == EnumNames.Name(status);

    public AmendmentStatus Stands => EnumNames.TryParse<AmendmentStatus>(Status, out var status) ? status : throw new InvariantException($"No amendment is {Status}.");

    public AmendmentReport Report => Accepted > 0 ? AmendmentReport.Accepted : Filed > 0 ? AmendmentReport.Filed : AmendmentReport.None;

    /// <summary>The mandate with it.</summary>
    public Mandate Amend(Mandate mandate) => mandate with
    {
        Iban = Iban ?? mandate.Iban,
        Bic = Iban is null ? mandate.Bic : Bic,
        Reference = Reference ?? mandate.Reference,
        CreditorId = CreditorId ?? mandate.CreditorId,
    };

    /// <summary>True when both ask for the same. A day that was not named is any.</summary>
    public bool IsSameAs(MandateAmendment other) => (Iban, Bic, Reference, CreditorId, FormerCreditorName)
        == (other.Iban, other.Bic, other.Reference, other.CreditorId, other.FormerCreditorName) && (other.AskedOn is null || other.AskedOn == (AskedOn ?? EffectiveOn));
}

/// <summary>What a file tells the debtor's bank of a mandate before its amendments; null = as it was.</summary>
/// <param name="MandateId">The id before.</param>
/// <param name="CreditorId">The creditor identifier before.</param>
/// <param name="CreditorName">The creditor's name before.</param>
/// <param name="Account">The debtor's IBAN before at the same bank; for an account at another one <see cref="OtherBank"/>.</param>
internal sealed record Originals(string? MandateId, string? CreditorId, string? CreditorName, string? Account)
{
    /// <summary>"Same mandate, new debtor account": the new bank cannot know the old account.</summary>
    public const string OtherBank = "SMNDA";

    public bool IsAny => MandateId is not null || CreditorId is not null || CreditorName is not null || Account is not null;
}

/// <summary>A mandate as it counts on a day.</summary>
/// <param name="Mandate">With every amendment that counts then.</param>
/// <param name="Originals">What no accepted file has told yet; null = nothing.</param>
/// <param name="Untold">The amendments behind that.</param>
/// <param name="UsableFrom">Before this day no file may rest on it; null = there is no such day.</param>
internal sealed record AmendedMandate(Mandate Mandate, Originals? Originals, IReadOnlyList<MandateAmendment> Untold, DateOnly? UsableFrom)
{
    public static AmendedMandate On(DateOnly day, Mandate signed, IEnumerable<MandateAmendment> amendments)
    {
        var counting = amendments.Where(amendment => amendment.Is(AmendmentStatus.Confirmed) && amendment.EffectiveOn <= day)
            .OrderBy(amendment => amendment.EffectiveOn).ThenBy(amendment => amendment.Number).ToList();
        var untold = counting.Where(amendment => amendment.Accepted == 0).ToList();
        var before = counting.Where(amendment => amendment.Accepted > 0).Aggregate(signed, (mandate, amendment) => amendment.Amend(mandate));
        var now = counting.Aggregate(signed, (mandate, amendment) => amendment.Amend(mandate));
        var originals = new Originals(
            before.ToldAs == now.ToldAs ? null : before.ToldAs,
            before.CreditorId == now.CreditorId ? null : before.CreditorId,
            untold.Find(amendment => amendment.FormerCreditorName is not null)?.FormerCreditorName,
            before.Iban == now.Iban ? null : IbanBank.IsSame(before.Iban, now.Iban) ? before.Iban : Originals.OtherBank);
        return new AmendedMandate(now, originals.IsAny ? originals : null, originals.IsAny ? untold : [], untold.Max(amendment => amendment.UsableFrom));
    }
}
