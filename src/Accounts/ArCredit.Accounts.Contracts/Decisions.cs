using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>What a decision says.</summary>
public enum DecisionOutcome
{
    /// <summary>Yes; reasons, if any, are warnings.</summary>
    Approved,

    /// <summary>No.</summary>
    Declined,

    /// <summary>A person must decide.</summary>
    Referred,
}

/// <summary>What a rule that does not pass asks for; the worst wins.</summary>
public enum RuleAction
{
    /// <summary>The rule is not tested.</summary>
    Off,

    /// <summary>Approved, with the reason shown.</summary>
    Warn,

    /// <summary>A person must decide.</summary>
    Refer,

    /// <summary>No.</summary>
    Decline,
}

/// <summary>A rule that did not pass, with the numbers compared.</summary>
/// <param name="Code">Stable code, e.g. LIMIT_EXCEEDED.</param>
/// <param name="Action">What it asked for.</param>
/// <param name="Message">A sentence with the numbers.</param>
/// <param name="Actual">What was found: an amount of the account's currency, days or a share (0.95 = 95 %); null where the rule compares no number.</param>
/// <param name="Threshold">What it was held against.</param>
/// <param name="Scope">Where the rule or limit comes from: account, temporary, buyer, segment:NAME, company:NAME, shipped.</param>
public sealed record RuleReason(string Code, RuleAction Action, string Message, decimal? Actual, decimal? Threshold, string Scope);

/// <summary>What the customer could cost now, minor units of the account's currency; a line is in exactly one bucket.</summary>
public sealed record Exposure(
    long OpenInvoices, long ReturnedPayments, long Uncleared, long Orders, long Deliveries, long Reservations, long UnappliedCredits)
{
    /// <summary>The sum; <see cref="UnappliedCredits"/> is negative or 0.</summary>
    [JsonIgnore]
    public long Total => OpenInvoices + ReturnedPayments + Uncleared + Orders + Deliveries + Reservations + UnappliedCredits;
}

/// <summary>
/// The oldest overdue day on which an item at least this large is due: a stair of growing amounts, so that a rule can ignore
/// small items without looking at all of them.
/// </summary>
public sealed record OverdueStep(DateOnly DueDate, long LargestItem);

/// <summary>What is overdue after unapplied credits are set against the oldest due items.</summary>
/// <param name="Amount">Minor units of the account's currency.</param>
/// <param name="OldestDueDate">Null when nothing is overdue.</param>
/// <param name="Steps">At most 32, oldest first, amounts growing.</param>
public sealed record OverdueFacts(long Amount, DateOnly? OldestDueDate, IReadOnlyList<OverdueStep> Steps)
{
    /// <summary>Nothing overdue.</summary>
    public static readonly OverdueFacts None = new(0, null, []);
}

/// <summary>What is overdue when claims or retentions count.</summary>
/// <param name="Disputed">What is disputed counts.</param>
/// <param name="Planned">What is in a payment plan counts.</param>
/// <param name="Claims">Claims for interest and fees count.</param>
/// <param name="Retained">Retentions count that are not released, once they would be due had they been released when expected.</param>
/// <param name="Overdue">All of that.</param>
public sealed record OverdueWith(bool Disputed, bool Planned, bool Claims, bool Retained, OverdueFacts Overdue);

/// <summary>A block as a decision sees it.</summary>
public sealed record BlockFacts(string Name, bool AllSales);

/// <summary>What one buyer has of an invoice: the part that captures reservations of theirs.</summary>
/// <param name="BuyerId">Who bought.</param>
/// <param name="Buyer">The buyer as the account knows it; null = unknown.</param>
/// <param name="Credit">The credit part of it, minor units of the account's currency.</param>
public sealed record BuyerPart(string BuyerId, Buyer? Buyer, long Credit);

/// <summary>
/// Every fact that any rule code reads, also for rules that are off, so that a later policy can be tried on a stored
/// decision. Null = unknown when the decision was made. Amounts are minor units of the account's currency unless said otherwise.
/// </summary>
public sealed record DecisionFacts
{
    /// <summary>Schema of this record.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>Business instant.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>That instant's date in the company's zone.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>Where the document stands.</summary>
    public required Checkpoint Checkpoint { get; init; }

    /// <summary>The company.</summary>
    public required string Company { get; init; }

    /// <summary>The segment, if any.</summary>
    public string? Segment { get; init; }

    /// <summary>The account's currency.</summary>
    public required Currency Currency { get; init; }

    /// <summary>The document's currency.</summary>
    public required Currency DocumentCurrency { get; init; }

    /// <summary>The document's amount, its currency.</summary>
    public required long Amount { get; init; }

    /// <summary>Paid on the spot, the document's currency.</summary>
    public long Paid { get; init; }

    /// <summary>Units of account currency per unit of the document's; null = none published.</summary>
    public decimal? Rate { get; init; }

    /// <summary>The day it was published for; null for the same currency and for a rate that the document has of its own.</summary>
    public DateOnly? RateDate { get; init; }

    /// <summary>Amount less paid; null without a rate.</summary>
    public long? Credit { get; init; }

    /// <summary>Exposure that this document already has and that the new amount replaces.</summary>
    public long Replaced { get; init; }

    /// <summary>Credit part of the whole document, where less than that is asked for now; null = <see cref="Credit"/>.</summary>
    public long? DocumentCredit { get; init; }

    /// <summary>Credit part of the whole document: what rules on a document's size compare; null without a rate.</summary>
    [JsonIgnore]
    public long? WholeCredit => DocumentCredit ?? Credit;

    /// <summary>False for a question only: an approval takes nothing from what is available.</summary>
    public bool Earmarks { get; init; }

    /// <summary>Units of account currency per unit of the company's, for amounts in policies; null = none published.</summary>
    public decimal? PolicyRate { get; init; }

    /// <summary>The account is closed.</summary>
    public bool Closed { get; init; }

    /// <summary>All blocks.</summary>
    public IReadOnlyList<BlockFacts> Blocks { get; init; } = [];

    /// <summary>The account's own limits.</summary>
    public required Limits Limits { get; init; }

    /// <summary>Before this document.</summary>
    public required Exposure Exposure { get; init; }

    /// <summary>As of today.</summary>
    public required OverdueFacts Overdue { get; init; }

    /// <summary>The same with what is disputed, for policies that count it; null = nothing is disputed.</summary>
    public OverdueFacts? OverdueWithDisputed { get; init; }

    /// <summary>The same with what is in a payment plan, for policies that count it; null = nothing is.</summary>
    public OverdueFacts? OverdueWithPlanned { get; init; }

    /// <summary>The same with both; null = nothing is disputed, or nothing is in a plan.</summary>
    public OverdueFacts? OverdueWithAll { get; init; }

    /// <summary>
    /// The same with claims or retentions that are past their days, each with all that a policy may count beside them; null = there are none.
    /// </summary>
    public IReadOnlyList<OverdueWith>? OverdueWithMore { get; init; }

    /// <summary>True when the account names the people who may buy.</summary>
    public bool BuyersNamed { get; init; }

    /// <summary>Who buys.</summary>
    public string? BuyerId { get; init; }

    /// <summary>The buyer as the account knows it; null = unknown.</summary>
    public Buyer? Buyer { get; init; }

    /// <summary>
    /// Of an invoice that captures reservations of buyers: each is held to their own part, in the order of the captures. Null for
    /// all others, and in decisions of before it was kept.
    /// </summary>
    public IReadOnlyList<BuyerPart>? BuyerParts { get; init; }

    /// <summary>The account asks for a reference.</summary>
    public bool ReferenceRequired { get; init; }

    /// <summary>The customer's own order reference.</summary>
    public string? Reference { get; init; }

    /// <summary>Group limit; unknown until groups are decided.</summary>
    public long? GroupLimit { get; init; }

    /// <summary>Group exposure; unknown until groups are decided.</summary>
    public long? GroupExposure { get; init; }

    /// <summary>Highest dunning level on open lines; unknown until dunning runs.</summary>
    public int? DunningLevel { get; init; }

    /// <summary>Promises and payment plans that were not kept while something of them is still open; null = none.</summary>
    public int? BrokenPromises { get; init; }

    /// <summary>Average days beyond terms; unknown until it is computed.</summary>
    public decimal? DaysBeyondTerms { get; init; }

    /// <summary>Risk class; unknown until scored.</summary>
    public string? RiskClass { get; init; }

    /// <summary>Terms asked for by the document; null = the agreed ones.</summary>
    public PaymentTerms? Terms { get; init; }

    /// <summary>Approved less released in the sliding window; unknown until measured.</summary>
    public long? Velocity { get; init; }

    /// <summary>Largest of the last documents; unknown until measured.</summary>
    public long? LargestDocument { get; init; }

    /// <summary>The account's own terms, else its policy's: what <see cref="Terms"/> is held against. Null in decisions of before they were kept.</summary>
    public PaymentTerms? AgreedTerms { get; init; }

    /// <summary>Of an order; null = none named.</summary>
    public DateOnly? DeliveryDate { get; init; }

    /// <summary>Bad debt written off and not recovered while its block stands: it makes nothing available.</summary>
    public long WrittenOff { get; init; }
}

/// <summary>A decision with all it stood on.</summary>
/// <param name="Id">Public id.</param>
/// <param name="Outcome">What it says.</param>
/// <param name="Reasons">Every rule that did not pass, in order of precedence.</param>
/// <param name="Limit">Effective limit without tolerance; null = no ceiling, or not known for want of a rate (<c>NO_RATE</c>).</param>
/// <param name="LimitScope">Where the limit comes from.</param>
/// <param name="ExposureAfter">Exposure with the document, whether approved or not; null without a rate.</param>
/// <param name="Available">Limit less the exposure that stands after the answer; null as the limit is.</param>
/// <param name="PolicyVersion">The policies in force.</param>
/// <param name="Facts">The inputs.</param>
public sealed record DecisionRecord(
    string Id, DecisionOutcome Outcome, IReadOnlyList<RuleReason> Reasons, long? Limit, string LimitScope, long? ExposureAfter,
    long? Available, long PolicyVersion, DecisionFacts Facts);
