using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>Where a document stands when it is checked.</summary>
public enum Checkpoint
{
    /// <summary>The till.</summary>
    Pos,

    /// <summary>Order entry.</summary>
    Order,

    /// <summary>Delivery.</summary>
    Delivery,

    /// <summary>Invoice posting.</summary>
    Invoice,
}

/// <summary>What a reservation earmarks.</summary>
public enum ReservationKind
{
    /// <summary>A sale at a till: bucket reservations, lapses after 15 minutes unless said otherwise.</summary>
    Pos,

    /// <summary>An order: bucket orders until delivered.</summary>
    Order,

    /// <summary>A delivery: bucket deliveries.</summary>
    Delivery,
}

/// <summary>Where a reservation stands.</summary>
public enum ReservationStatus
{
    /// <summary>Earmarks its remaining amount.</summary>
    Active,

    /// <summary>Turned into invoices.</summary>
    Captured,

    /// <summary>Given back.</summary>
    Released,

    /// <summary>Ended by the clock; a capture is still taken as a fact.</summary>
    Lapsed,
}

/// <summary>How money came in.</summary>
public enum PaymentMethod
{
    /// <summary>Bank transfer.</summary>
    Transfer,

    /// <summary>Cash.</summary>
    Cash,

    /// <summary>Card.</summary>
    Card,

    /// <summary>Direct debit.</summary>
    DirectDebit,

    /// <summary>Cheque.</summary>
    Cheque,

    /// <summary>Promissory note.</summary>
    Note,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>Why a payment is taken back.</summary>
public enum ReversalReason
{
    /// <summary>The bank returned it: what it paid counts as returned.</summary>
    Bounced,

    /// <summary>It was posted in error.</summary>
    Mistake,
}

/// <summary>What is bought, as every checkpoint gets it.</summary>
/// <param name="Amount">With VAT.</param>
/// <param name="Paid">Paid on the spot; same currency, at most the amount.</param>
/// <param name="Buyer">Who buys for the customer.</param>
/// <param name="Reference">The customer's own order reference.</param>
/// <param name="Terms">Terms asked for; null = the agreed ones.</param>
public sealed record Purchase(Money Amount, Payment? Paid, string? Buyer, string? Reference, PaymentTerms? Terms = null)
{
    /// <summary>Amount less paid: what credit is asked for, at least 0.</summary>
    [JsonIgnore]
    public Money CreditPart => Amount with { Minor = Amount.Minor - (Paid?.Amount.Minor ?? 0) };
}

/// <summary>Money paid on the spot.</summary>
public sealed record Payment(Money Amount, PaymentMethod Method);

/// <summary>
/// A text that may have to be erased. The journal holds a salted hash of it, a document number nothing; an idempotency key's
/// fingerprint covers it for the 48 hours that the key is kept.
/// </summary>
public sealed record FreeText(string Body)
{
    /// <summary>Where the text is stored.</summary>
    [JsonIgnore]
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Random, so that the hash tells nothing once the text is erased.</summary>
    [JsonIgnore]
    public byte[] Salt { get; } = RandomNumberGenerator.GetBytes(16);

    /// <summary>What the journal keeps of the text.</summary>
    [JsonIgnore]
    public TextRef Reference => new(Id, Convert.ToHexStringLower(SHA256.HashData([.. Salt, .. Encoding.UTF8.GetBytes(Body)])));
}

/// <summary>A text kept beside the journal.</summary>
/// <param name="Id">Where it is stored, until erased.</param>
/// <param name="Hash">Lower-case hex SHA-256 of salt and text.</param>
public sealed record TextRef(Guid Id, string Hash);

/// <summary>Payment terms: the due date of an invoice that names none.</summary>
/// <param name="NetDays">0 to 3650.</param>
/// <param name="EndOfMonth">None, or where the month's end comes in.</param>
/// <param name="DayOfMonth">1 to 31: the due date moves to this day, or the month's last.</param>
/// <param name="Discount">Early-payment steps.</param>
/// <param name="DiscountBase">What their percentages are of.</param>
/// <param name="DiscountGraceDays">Added to their days, 0 to 30.</param>
public sealed record PaymentTerms(
    int NetDays, EndOfMonth EndOfMonth, int? DayOfMonth, IReadOnlyList<DiscountStep> Discount, DiscountBase DiscountBase = DiscountBase.Gross,
    int DiscountGraceDays = 0)
{
    /// <summary>What the product ships with: 30 days net.</summary>
    public static readonly PaymentTerms Shipped = new(30, EndOfMonth.None, null, []);

    /// <summary>The due date of an invoice issued on <paramref name="issueDate"/>.</summary>
    public DateOnly DueDate(DateOnly issueDate)
    {
        var due = EndOfMonth switch
        {
            EndOfMonth.None => issueDate.AddDays(NetDays),
            EndOfMonth.Before => MonthEnd(issueDate).AddDays(NetDays),
            EndOfMonth.After => MonthEnd(issueDate.AddDays(NetDays)),
        };
        if (DayOfMonth is not { } day)
        {
            return due;
        }

        var inMonth = OnDay(due, day);
        return inMonth >= due ? inMonth : OnDay(new DateOnly(due.Year, due.Month, 1).AddMonths(1), day);
    }

    /// <summary>The discount of an invoice under these terms; null = none.</summary>
    public DiscountTerms? DiscountOf(long? taxAmount) =>
        Discount.Count == 0 ? null : new DiscountTerms(Discount, DiscountGraceDays, DiscountBase == DiscountBase.Net ? taxAmount ?? 0 : 0);

    private static DateOnly MonthEnd(DateOnly date) => OnDay(date, 31);

    private static DateOnly OnDay(DateOnly month, int day) =>
        new(month.Year, month.Month, Math.Min(day, DateTime.DaysInMonth(month.Year, month.Month)));
}

/// <summary>Where the end of the month comes into a due date.</summary>
public enum EndOfMonth
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>End of the invoice's month, then the days.</summary>
    Before,

    /// <summary>The days, then the end of that month.</summary>
    After,
}

/// <summary>A discount for paying within some days.</summary>
public sealed record DiscountStep(decimal Percent, int Days);

/// <summary>What an invoice says besides its amount.</summary>
/// <param name="Number">Unique within the account.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Null = by the account's terms.</param>
/// <param name="PostedOn">Accounting date; null = today, or the issue date for imported history.</param>
/// <param name="TaxAmount">VAT within the amount, minor units.</param>
/// <param name="FxRate">Units of account currency per unit of the invoice's; null = the newest rate.</param>
/// <param name="Instalments">Empty = one, of the whole amount.</param>
/// <param name="Department">Dimension for reports.</param>
/// <param name="Reference">The customer's own order reference.</param>
/// <param name="Discount">Early-payment steps; null = by the account's terms, empty = none.</param>
/// <param name="Retention">What the customer holds back; the instalments sum up to the rest. Null = nothing.</param>
public sealed record InvoiceFacts(
    DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, DateOnly? PostedOn, long? TaxAmount, decimal? FxRate,
    IReadOnlyList<Instalment> Instalments, string? Department, string? Reference, IReadOnlyList<DiscountStep>? Discount = null,
    RetentionFacts? Retention = null);

/// <summary>A part of an invoice with a due date of its own; amounts in minor units of the invoice's currency.</summary>
/// <param name="DueDate">When it is due.</param>
/// <param name="Amount">With VAT.</param>
/// <param name="Vat">VAT that is settled for itself, where the company splits it; of a command always 0.</param>
public sealed record Instalment(DateOnly DueDate, long Amount, long Vat = 0);

/// <summary>The two parts of an item of a company that splits VAT. Stored: only ever add.</summary>
public enum ItemPart
{
    /// <summary>What is not VAT.</summary>
    Net,

    /// <summary>VAT.</summary>
    Vat,
}

/// <summary>A reservation that an invoice shrinks; amount null = as much as rest and invoice allow.</summary>
public sealed record CaptureRequest(DocumentNumber ReservationId, long? Amount, bool Final);

/// <summary>
/// What a payment shall pay; instalment null = oldest first, part null = net, then VAT. Amount in minor units of the payment's
/// currency.
/// </summary>
public sealed record AllocationRequest(DocumentNumber Invoice, int? Instalment, long Amount, ItemPart? Part = null);

/// <summary>A person who may buy for the customer; the name is kept outside the journal.</summary>
/// <param name="Id">As tills send it.</param>
/// <param name="Limit">Largest credit part of one document, minor units of the account's currency; null = none.</param>
/// <param name="ValidTo">Last valid day.</param>
public sealed record Buyer(string Id, long? Limit, DateOnly? ValidTo);

/// <summary>A limit for some days, both inside, in the company's zone; amount in minor units.</summary>
public sealed record TemporaryLimit(long Amount, DateOnly From, DateOnly To);

/// <summary>The master data that decides; an interest rate is per cent a year, null = by policy.</summary>
public sealed record MasterData(
    Currency Currency, string Company, string? Segment, AccountId? ParentId, Money? GroupLimit, bool ExemptFromGroup,
    PaymentTerms? PaymentTerms, bool ReferenceRequired, IReadOnlyList<Buyer> Buyers, decimal? InterestRate = null);

/// <summary>A field that may be left as it is, cleared or set.</summary>
public readonly record struct Change<T>(bool IsSet, T? Value)
{
    /// <summary>The new value where set, else <paramref name="current"/>.</summary>
    public T? Over(T? current) => IsSet ? Value : current;
}

/// <summary>Limit fields of a PUT: what is not set keeps its value.</summary>
public sealed record LimitChanges(
    Change<long?> CreditLimit, Change<bool?> Unlimited, Change<TemporaryLimit> Temporary, Change<DateOnly?> ExpiresOn)
{
    /// <summary>Nothing changes.</summary>
    public static readonly LimitChanges None = new(default, default, default, default);

    /// <summary>
    /// <paramref name="current"/> with these changes. Naming a number ends "unlimited" and the other way round; clearing both
    /// inherits.
    /// </summary>
    public Limits Over(Limits current)
    {
        var unlimited = Unlimited.IsSet ? Unlimited.Value ?? false : current.Unlimited && CreditLimit is not { IsSet: true, Value: not null };
        return new Limits(unlimited ? null : CreditLimit.Over(current.CreditLimit), unlimited, Temporary.Over(current.Temporary), ExpiresOn.Over(current.ExpiresOn));
    }
}

/// <summary>An account's own limits; all null and false = inherited.</summary>
/// <param name="CreditLimit">Minor units, 0 = no credit, null = not set.</param>
/// <param name="Unlimited">No ceiling of its own.</param>
/// <param name="Temporary">Wins inside its days.</param>
/// <param name="ExpiresOn">Last day the limit is good for.</param>
public sealed record Limits(long? CreditLimit, bool Unlimited, TemporaryLimit? Temporary, DateOnly? ExpiresOn)
{
    /// <summary>Everything inherited.</summary>
    public static readonly Limits Inherited = new(null, false, null, null);
}
