using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Policies;

/// <summary>
/// The credit policy of one scope (a company or a segment). Absent fields are inherited: segment over company over shipped.
/// Amounts are major units of the account's company currency and are converted for accounts in another.
/// </summary>
public sealed record CreditPolicy
{
    /// <summary>Everything inherited.</summary>
    public static readonly CreditPolicy Empty = new();

    /// <summary>Default limit; 0 = no credit.</summary>
    public decimal? CreditLimit { get; init; }

    /// <summary>True = no ceiling by default; false = a ceiling, also where a wider scope has none: the number is inherited.</summary>
    public bool? Unlimited { get; init; }

    /// <summary>Percentage over own and temporary limits, 0 to 1000.</summary>
    public decimal? TolerancePercent { get; init; }

    /// <summary>Largest credit part of one document.</summary>
    public AmountRule? MaxDocument { get; init; }

    /// <summary>Oldest overdue item.</summary>
    public OverdueDaysRule? OverdueDays { get; init; }

    /// <summary>Overdue amount.</summary>
    public OverdueAmountRule? OverdueAmount { get; init; }

    /// <summary>Overdue and near the limit at once.</summary>
    public NearLimitRule? NearLimit { get; init; }

    /// <summary>Currencies that documents may have.</summary>
    public CurrencyRule? Currencies { get; init; }

    /// <summary>Terms of invoices that name no due date.</summary>
    public PaymentTerms? PaymentTerms { get; init; }

    /// <summary>Small differences that are written off when money is applied; null = none.</summary>
    public SmallDifferenceRule? SmallDifference { get; init; }

    /// <summary>In which order money settles items; null = as a wider scope says.</summary>
    public SettlementRule? Settlement { get; init; }

    /// <summary>Disputes; null = as a wider scope says.</summary>
    public DisputeRule? Disputes { get; init; }

    /// <summary>Promises to pay; null = as a wider scope says.</summary>
    public PromiseRule? Promises { get; init; }

    /// <summary>Interest for late payment; null = as a wider scope says.</summary>
    public InterestRule? Interest { get; init; }

    /// <summary>Payment plans; null = as a wider scope says.</summary>
    public PlanRule? Plans { get; init; }

    /// <summary>Claims for interest and fees; null = as a wider scope says.</summary>
    public ClaimRule? Claims { get; init; }

    /// <summary>Retentions; null = as a wider scope says.</summary>
    public RetentionRule? Retentions { get; init; }

    /// <summary>Actions of codes that have no field above, or other than that field's.</summary>
    public IReadOnlyDictionary<string, RuleAction>? Actions { get; init; }
}

/// <summary>Fails above the amount.</summary>
public sealed record AmountRule(decimal Amount, RuleAction Action);

/// <summary>Fails when an item of at least <paramref name="IgnoreBelow"/> is overdue for more than <paramref name="Days"/> days.</summary>
public sealed record OverdueDaysRule(int Days, decimal? IgnoreBelow, RuleAction Action);

/// <summary>Fails when more than <paramref name="Amount"/> is overdue and, if set, more than this percentage of the limit.</summary>
public sealed record OverdueAmountRule(decimal Amount, decimal? ShareOfLimit, RuleAction Action);

/// <summary>Fails when an item is overdue for at least <paramref name="Days"/> days and utilization is at least <paramref name="Utilization"/> per cent.</summary>
public sealed record NearLimitRule(int Days, decimal Utilization, RuleAction Action);

/// <summary>Written off without a block: up to so much of an item, and of all of a customer's items in a calendar year.</summary>
public sealed record SmallDifferenceRule(decimal PerItem, decimal PerYear);

/// <summary>What an item is when money settles by order.</summary>
public enum SettlementKind
{
    /// <summary>Invoices and debit notes.</summary>
    Invoice,

    /// <summary>Interest claims.</summary>
    Interest,

    /// <summary>Fee claims.</summary>
    Fee,
}

/// <summary>The date that puts items of a kind in order.</summary>
public enum SettlementDate
{
    /// <summary>Due date, then issue date.</summary>
    DueDate,

    /// <summary>Issue date, then due date.</summary>
    IssueDate,
}

/// <summary>
/// In which order money without an allocation settles items, after what its payer named and an exact match; disputed amounts
/// come last. Items that are equal in it follow by number and instalment.
/// </summary>
/// <param name="Kinds">Every kind once, the first settled first.</param>
/// <param name="By">Within a kind.</param>
/// <param name="DueFirst">What is due goes before what is not, whatever its kind.</param>
public sealed record SettlementRule(IReadOnlyList<SettlementKind> Kinds, SettlementDate By, bool DueFirst)
{
    /// <summary>What ships.</summary>
    public static readonly SettlementRule Shipped = new([SettlementKind.Invoice, SettlementKind.Interest, SettlementKind.Fee], SettlementDate.DueDate, true);
}

/// <summary>What disputes do and who may grant them.</summary>
/// <param name="CountAsOverdue">Disputed amounts count as overdue like all others.</param>
/// <param name="ApproveAbove">Crediting more needs a credit manager or finance; null = anybody who may resolve.</param>
public sealed record DisputeRule(bool CountAsOverdue, decimal? ApproveAbove)
{
    /// <summary>What ships.</summary>
    public static readonly DisputeRule Shipped = new(false, null);
}

/// <summary>When a promise to pay counts as kept.</summary>
/// <param name="GraceDays">Business days after a promised day that are still in time, 0 to 30.</param>
/// <param name="Tolerance">So much less is still kept.</param>
public sealed record PromiseRule(int GraceDays, decimal Tolerance)
{
    /// <summary>What ships.</summary>
    public static readonly PromiseRule Shipped = new(2, 0);
}

/// <summary>Interest for late payment.</summary>
/// <param name="Unit">What the rates are per.</param>
/// <param name="GraceDays">Who pays so many days after the due date at the latest pays none, 0 to 365.</param>
/// <param name="Rates">Each holds from its day on; before the first none accrues.</param>
public sealed record InterestRule(InterestUnit Unit, int GraceDays, IReadOnlyList<InterestRate> Rates);

/// <summary>A rate of interest from a day on.</summary>
public sealed record InterestRate(DateOnly From, decimal Percent);

/// <summary>When a payment plan counts as kept, and who may grant it.</summary>
/// <param name="GraceDays">Business days after an instalment's date that are still in time, 0 to 30.</param>
/// <param name="Tolerance">So much less is still kept.</param>
/// <param name="CountAsOverdue">What is in a kept plan counts as overdue like all else, by its own due date.</param>
/// <param name="WithoutApprovalUpTo">All of a customer's plans that nobody approved come to at most this; null = each needs approval.</param>
public sealed record PlanRule(int GraceDays, decimal Tolerance, bool CountAsOverdue, decimal? WithoutApprovalUpTo)
{
    /// <summary>What ships.</summary>
    public static readonly PlanRule Shipped = new(2, 0, false, null);
}

/// <summary>What claims for interest and fees do.</summary>
/// <param name="CountAsOverdue">They are overdue past their due date like all else.</param>
public sealed record ClaimRule(bool CountAsOverdue)
{
    /// <summary>What ships.</summary>
    public static readonly ClaimRule Shipped = new(false);
}

/// <summary>What retentions do.</summary>
/// <param name="CountAsOverdue">What is not released is overdue once it would be, had it been released when that was expected.</param>
public sealed record RetentionRule(bool CountAsOverdue)
{
    /// <summary>What ships.</summary>
    public static readonly RetentionRule Shipped = new(false);
}

/// <summary>Fails for any other currency.</summary>
public sealed record CurrencyRule(IReadOnlyList<Currency> Allowed, RuleAction Action);

/// <summary>A policy field and the scope it comes from.</summary>
public readonly record struct Scoped<T>(T Value, string Scope);

/// <summary>What holds for an account's decisions: the policies of its scopes laid over each other.</summary>
public sealed class EffectivePolicy
{
    private readonly Dictionary<string, Scoped<RuleAction>> actions = new(StringComparer.Ordinal);

    /// <summary>Lays policies over each other, widest scope first.</summary>
    public EffectivePolicy(IEnumerable<(string Scope, CreditPolicy Policy)> scopes)
    {
        var number = CreditLimit;
        string? unlimitedBy = null;
        foreach (var (scope, policy) in scopes)
        {
            number = policy.CreditLimit is { } limit ? new(limit, scope) : number;
            if (policy.Unlimited is true)
            {
                unlimitedBy = scope;
            }
            else if (policy.Unlimited is false || policy.CreditLimit is not null)
            {
                // Saying no, or a number, ends that a wider scope has no ceiling.
                unlimitedBy = null;
            }

            TolerancePercent = policy.TolerancePercent is { } tolerance ? new(tolerance, scope) : TolerancePercent;
            MaxDocument = policy.MaxDocument is { } document ? new(document, scope) : MaxDocument;
            OverdueDays = policy.OverdueDays is { } days ? new(days, scope) : OverdueDays;
            OverdueAmount = policy.OverdueAmount is { } amount ? new(amount, scope) : OverdueAmount;
            NearLimit = policy.NearLimit is { } near ? new(near, scope) : NearLimit;
            Currencies = policy.Currencies is { } currencies ? new(currencies, scope) : Currencies;
            PaymentTerms = policy.PaymentTerms ?? PaymentTerms;
            SmallDifference = policy.SmallDifference ?? SmallDifference;
            Settlement = policy.Settlement ?? Settlement;
            Disputes = policy.Disputes ?? Disputes;
            Promises = policy.Promises ?? Promises;
            Interest = policy.Interest ?? Interest;
            Plans = policy.Plans ?? Plans;
            Claims = policy.Claims ?? Claims;
            Retentions = policy.Retentions ?? Retentions;
            foreach (var (code, action) in policy.Actions ?? new Dictionary<string, RuleAction>())
            {
                actions[code] = new(action, scope);
            }
        }

        CreditLimit = unlimitedBy is null ? number : new(null, unlimitedBy);
    }

    /// <summary>Default limit in company currency; a null value = no ceiling. Shipped: 0.</summary>
    public Scoped<decimal?> CreditLimit { get; } = new(0m, RuleScopes.Shipped);

    /// <summary>Percentage; shipped: 0.</summary>
    public Scoped<decimal> TolerancePercent { get; } = new(0m, RuleScopes.Shipped);

    /// <summary>Null = not tested.</summary>
    public Scoped<AmountRule>? MaxDocument { get; }

    /// <summary>Null = not tested.</summary>
    public Scoped<OverdueDaysRule>? OverdueDays { get; }

    /// <summary>Null = not tested.</summary>
    public Scoped<OverdueAmountRule>? OverdueAmount { get; }

    /// <summary>Null = not tested.</summary>
    public Scoped<NearLimitRule>? NearLimit { get; }

    /// <summary>Null = every currency.</summary>
    public Scoped<CurrencyRule>? Currencies { get; }

    /// <summary>Shipped: 30 days net.</summary>
    public PaymentTerms PaymentTerms { get; } = PaymentTerms.Shipped;

    /// <summary>Shipped: what is due by its due date, invoices before interest before fees.</summary>
    public SettlementRule Settlement { get; } = SettlementRule.Shipped;

    /// <summary>Shipped: disputed amounts are not overdue, and whoever may resolve a dispute may credit it.</summary>
    public DisputeRule Disputes { get; } = DisputeRule.Shipped;

    /// <summary>Shipped: two business days of grace, nothing less.</summary>
    public PromiseRule Promises { get; } = PromiseRule.Shipped;

    /// <summary>Shipped: two business days of grace, nothing less, not overdue while kept, each approved.</summary>
    public PlanRule Plans { get; } = PlanRule.Shipped;

    /// <summary>Shipped: claims are never overdue.</summary>
    public ClaimRule Claims { get; } = ClaimRule.Shipped;

    /// <summary>Shipped: what is retained is never overdue.</summary>
    public RetentionRule Retentions { get; } = RetentionRule.Shipped;

    /// <summary>What counts as overdue although it is usually left out.</summary>
    internal Counted CountedAsOverdue =>
        (Disputes.CountAsOverdue ? Counted.Disputed : Counted.None) | (Plans.CountAsOverdue ? Counted.Planned : Counted.None)
        | (Claims.CountAsOverdue ? Counted.Claims : Counted.None) | (Retentions.CountAsOverdue ? Counted.Retained : Counted.None);

    /// <summary>Null = nothing is written off by itself.</summary>
    public SmallDifferenceRule? SmallDifference { get; }

    /// <summary>Null = none accrues, unless the account has a rate of its own.</summary>
    public InterestRule? Interest { get; }

    /// <summary>The action set for a code by policy, else <paramref name="otherwise"/>.</summary>
    public Scoped<RuleAction> ActionOf(string code, Scoped<RuleAction> otherwise) => actions.GetValueOrDefault(code, otherwise);
}

/// <summary>How reasons name where a rule comes from.</summary>
public static class RuleScopes
{
    /// <summary>Part of the product.</summary>
    public const string Shipped = "shipped";

    /// <summary>The account itself.</summary>
    public const string Account = "account";

    /// <summary>The account's temporary limit.</summary>
    public const string Temporary = "temporary";

    /// <summary>The buyer.</summary>
    public const string Buyer = "buyer";

    /// <summary>A company's policy.</summary>
    public static string Company(string id) => $"company:{id}";

    /// <summary>A segment's policy.</summary>
    public static string Segment(string id) => $"segment:{id}";
}
