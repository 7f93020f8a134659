using System.Text.Json;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.DirectDebits;

/// <summary>Where a collection stands. The names are stored and shown.</summary>
internal enum CollectionState
{
    /// <summary>The customer is told; somebody else has to approve its run.</summary>
    Announced,

    /// <summary>Goes into a file when its notice is over.</summary>
    Approved,

    /// <summary>A file has it; what is still open of it decides its amount.</summary>
    Taken,

    /// <summary>In a file, with an amount that stands.</summary>
    Filed,

    /// <summary>Its day has come: the customer's account is asked.</summary>
    Settling,

    /// <summary>Paid, with money that can still come back.</summary>
    Settled,

    /// <summary>Taken back before the bank had it, its day was missed, or nothing was left of it.</summary>
    Cancelled,

    /// <summary>The bank did not take it; nothing was ever paid.</summary>
    Rejected,

    /// <summary>The money went back.</summary>
    Returned,
}

/// <summary>What a collection takes of one instalment, minor units.</summary>
internal sealed record CollectionItem(DocumentNumber Number, int Instalment, long Amount)
{
    public static string Write(IReadOnlyList<CollectionItem> items) => JsonSerializer.Serialize(items, ApiJson.Options);

    public static IReadOnlyList<CollectionItem> Read(string json) => JsonSerializer.Deserialize<List<CollectionItem>>(json, ApiJson.Options) ?? [];
}

/// <summary>A collection as it is stored. Its id is its EndToEndId and the number of its payment.</summary>
internal sealed class Collection
{
    public string CollectionId { get; init; } = string.Empty;

    public string RunId { get; init; } = string.Empty;

    public string Company { get; init; } = string.Empty;

    public string Currency { get; init; } = string.Empty;

    public string AccountId { get; init; } = string.Empty;

    public string MandateId { get; init; } = string.Empty;

    public DateOnly CollectOn { get; init; }

    /// <summary>First day on which it may be filed: its notice is over.</summary>
    public DateOnly FileFrom { get; init; }

    /// <summary>Settlement days that the bank needs, as its own account is set up now.</summary>
    public long LeadDays { get; init; }

    /// <summary>The last day on which its money can come back.</summary>
    public DateOnly ClearsOn { get; init; }

    /// <summary>Minor units as the customer was told.</summary>
    public long Announced { get; init; }

    /// <summary>Minor units; what was paid meanwhile is left out when it is filed.</summary>
    public long Amount { get; init; }

    public string Items { get; init; } = string.Empty;

    public string State { get; init; } = string.Empty;

    public string? MessageId { get; init; }

    public long? Block { get; init; }

    public string? Wanted { get; init; }

    public string? Reason { get; init; }

    public string? BankStatus { get; init; }

    public string? BankText { get; init; }

    /// <summary>The booking of a statement that credits it by itself.</summary>
    public string? BookedAs { get; init; }

    /// <summary>The booking of a statement that takes it back.</summary>
    public string? ReturnedAs { get; init; }

    /// <summary>Who said what became of it, where it was a person.</summary>
    public string? ToldBy { get; init; }

    /// <summary>Why it could not be worked on, the last time; null = it could.</summary>
    public string? Error { get; init; }

    /// <summary>How often in a row it could not.</summary>
    public long Attempts { get; init; }

    /// <summary>The file that went on without it.</summary>
    public string? MovedFrom { get; init; }

    public Currency Money => Kernel.Currency.Parse(Currency);

    public IReadOnlyList<CollectionItem> AllItems => CollectionItem.Read(Items);

    public bool Is(CollectionState state) => State == EnumNames.Name(state);
}

/// <summary>What was chosen and announced together.</summary>
internal sealed class CollectionRun
{
    public string RunId { get; init; } = string.Empty;

    public string BankAccount { get; init; } = string.Empty;

    public string Company { get; init; } = string.Empty;

    public string Currency { get; init; } = string.Empty;

    public DateOnly CollectOn { get; init; }

    public DateOnly AnnouncedOn { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; init; } = string.Empty;

    public string Request { get; init; } = string.Empty;

    public string? ApprovedBy { get; init; }

    public DateTimeOffset? ApprovedAt { get; init; }

    public string? RejectedBy { get; init; }
}

/// <summary>A block of a file: one scheme, sequence and day.</summary>
internal sealed class CollectionBlock
{
    public string MessageId { get; init; } = string.Empty;

    public long Block { get; init; }

    public string Scheme { get; init; } = string.Empty;

    public string Sequence { get; init; } = string.Empty;

    public DateOnly CollectOn { get; init; }

    /// <summary>The booking of a statement that credits it as one sum.</summary>
    public string? BookedAs { get; init; }

    /// <summary>As the file, the bank's report and its statement name it.</summary>
    public string PaymentId => IdOf(MessageId, Block);

    public static string IdOf(string messageId, long block) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{messageId}-{block}");
}

/// <summary>An instalment, or a customer, that is not collected, with the reason.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Invoice">Null = the customer as a whole.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Reason">
/// NO_MANDATE, MANDATE_SUSPENDED, MANDATE_LAPSED, MANDATE_USED, MANDATE_OTHER_CREDITOR (signed for another creditor identifier), NOTICE_TOO_SHORT, DATE_TAKEN (the mandate is collected under on that day already),
/// ITEM_DISPUTED, ITEM_IN_PLAN, IN_COLLECTION, COVERED_BY_CREDIT, TOO_MANY_ITEMS, RUN_FULL; of a file NOTICE_RUNNING, MANDATE_CANCELLED, DATE_MISSED.
/// </param>
internal sealed record NotCollected(AccountId Account, DocumentNumber? Invoice, int? Instalment, string Reason);
