using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>How somebody was in contact with the customer.</summary>
public enum ContactChannel
{
    /// <summary>By telephone.</summary>
    Call,

    /// <summary>By e-mail.</summary>
    Email,

    /// <summary>By text message.</summary>
    Sms,

    /// <summary>By letter.</summary>
    Letter,

    /// <summary>In person.</summary>
    Visit,

    /// <summary>Nobody was reached: a remark of our own.</summary>
    Note,
}

/// <summary>Who began it.</summary>
public enum ContactDirection
{
    /// <summary>We did.</summary>
    Outgoing,

    /// <summary>The customer did.</summary>
    Incoming,
}

/// <summary>A contact with the customer. What was said is kept beside the journal.</summary>
/// <param name="Id">Unique within the account.</param>
/// <param name="Channel">How.</param>
/// <param name="Direction">Who began it.</param>
/// <param name="HappenedAt">When, at or before it was written down.</param>
/// <param name="Outcome">Code, such as no-answer; null = none.</param>
/// <param name="Invoices">What it was about; they need not be open, or known.</param>
/// <param name="Note">What was said; null = nothing.</param>
public sealed record ContactState(
    DocumentNumber Id, ContactChannel Channel, ContactDirection Direction, DateTimeOffset HappenedAt, string? Outcome, IReadOnlyList<DocumentNumber> Invoices,
    TextRef? Note);

/// <summary>Writes down a contact.</summary>
/// <param name="Id">The caller's own id, unique within the account.</param>
/// <param name="Channel">How.</param>
/// <param name="Direction">Who began it.</param>
/// <param name="HappenedAt">Null = now.</param>
/// <param name="Outcome">Code.</param>
/// <param name="Invoices">What it was about.</param>
/// <param name="Note">What was said.</param>
public sealed record LogContact(
    DocumentNumber Id, ContactChannel Channel, ContactDirection Direction, DateTimeOffset? HappenedAt, string? Outcome, IReadOnlyList<DocumentNumber> Invoices,
    FreeText? Note) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Somebody was in contact with the customer; nothing else changed.</summary>
public sealed record ContactLogged(ContactState Contact) : AccountEvent;
