using ArCredit.Platform.Http;

namespace ArCredit.Banking.DirectDebits;

/// <summary>Rule book that a mandate was signed under. The names are stored and shown.</summary>
internal enum MandateScheme
{
    /// <summary>The debtor may take the money back within eight weeks.</summary>
    Core,

    /// <summary>Between companies: the debtor has no refund right.</summary>
    B2b,
}

/// <summary>How often a mandate may be used. The names are stored and shown.</summary>
internal enum MandateKind
{
    /// <summary>Again and again (RCUR).</summary>
    Recurring,

    /// <summary>Once (OOFF).</summary>
    OneOff,
}

/// <summary>Where a mandate stands. The names are stored and shown; lapsed and used are told by its collections.</summary>
internal enum MandateStatus
{
    /// <summary>May be collected under.</summary>
    Active,

    /// <summary>Not for now: somebody said so, or the bank returned a collection for a reason of the mandate or account.</summary>
    Suspended,

    /// <summary>For ever.</summary>
    Cancelled,

    /// <summary>36 months without a collection: a new one has to be signed.</summary>
    Lapsed,

    /// <summary>A one-off that was collected.</summary>
    Used,
}

/// <summary>One version of a mandate.</summary>
internal sealed record Mandate
{
    /// <summary>Months without a collection after which a mandate must not be used any more, by both rule books.</summary>
    public const int LapseMonths = 36;

    public string Company { get; init; } = string.Empty;

    public string MandateId { get; init; } = string.Empty;

    public long Version { get; init; }

    public string AccountId { get; init; } = string.Empty;

    /// <summary>The id that an amendment gave it; null = the one it was signed under.</summary>
    public string? Reference { get; init; }

    /// <summary>As files name it.</summary>
    public string ToldAs => Reference ?? MandateId;

    /// <summary>The creditor identifier that the debtor signed for; null = none was known, and nothing is collected.</summary>
    public string? CreditorId { get; init; }

    public string Iban { get; init; } = string.Empty;

    public string Holder { get; init; } = string.Empty;

    public string? Bic { get; init; }

    public DateOnly SignedOn { get; init; }

    public string Scheme { get; init; } = string.Empty;

    public string Kind { get; init; } = string.Empty;

    public long? NoticeDays { get; init; }

    public string Status { get; init; } = string.Empty;

    public string? Reason { get; init; }

    public string ChangedBy { get; init; } = string.Empty;

    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Day of the newest collection that was filed, rejected and returned ones included; null = none.</summary>
    public DateOnly? LastCollectedOn { get; init; }

    /// <summary>Collections that are under way or were paid.</summary>
    public long Uses { get; init; }

    public MandateScheme Rules => Parse<MandateScheme>(Scheme);

    public MandateKind Type => Parse<MandateKind>(Kind);

    /// <summary>As the file names it: a first collection need not be told apart any more.</summary>
    public string Sequence => Type == MandateKind.OneOff ? "OOFF" : "RCUR";

    /// <summary>The last day on which it may be collected under.</summary>
    public DateOnly UsableUntil => (LastCollectedOn ?? SignedOn).AddMonths(LapseMonths);

    /// <summary>Where it stands on a day.</summary>
    public MandateStatus StandsOn(DateOnly day) => Parse<MandateStatus>(Status) switch
    {
        MandateStatus.Cancelled => MandateStatus.Cancelled,
        _ when day > UsableUntil => MandateStatus.Lapsed,
        MandateStatus.Active when Type == MandateKind.OneOff && Uses > 0 => MandateStatus.Used,
        var stored => stored,
    };

    private static T Parse<T>(string name)
        where T : struct, Enum => EnumNames.TryParse<T>(name, out var value) ? value : throw new ArCredit.Kernel.InvariantException($"No mandate is {name}.");
}
