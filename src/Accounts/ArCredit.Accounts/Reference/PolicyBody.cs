using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Reference;

/// <summary>
/// The whole policy of a company or segment; what is absent is inherited (segment over company over shipped). Amounts are
/// in the company's currency. Every rule has an action: decline unless it says otherwise.
/// </summary>
/// <param name="CreditLimit">Default limit; 0 = no credit.</param>
/// <param name="Unlimited">True = no ceiling by default; false = the inherited number holds, also where the company has no ceiling.</param>
/// <param name="TolerancePercent">Over own and temporary limits, 0 to 1000.</param>
/// <param name="MaxDocument">Largest credit part of one document: an amount, or { amount, action }.</param>
/// <param name="OverdueDays">Oldest overdue item.</param>
/// <param name="OverdueAmount">Overdue amount.</param>
/// <param name="NearLimit">Overdue and near the limit at once.</param>
/// <param name="Currencies">Allowed currencies: a list, or { allowed, action }.</param>
/// <param name="PaymentTerms">Of invoices that name no due date.</param>
/// <param name="SmallDifference">What is written off by itself when money is applied; absent = nothing.</param>
/// <param name="Settlement">In which order money settles items; absent = what is due first, then invoices, interest, fees, each by due date.</param>
/// <param name="Disputes">Absent = disputed amounts are not overdue, and whoever may resolve a dispute may credit it.</param>
/// <param name="Promises">When a promise to pay counts as kept; absent = two business days of grace, nothing less.</param>
/// <param name="Interest">What is paid for being late; absent = nothing, unless the account has a rate of its own.</param>
/// <param name="Plans">Payment plans; absent = two business days of grace, nothing less, not overdue while kept, and each needs approval.</param>
/// <param name="Claims">Claims for interest and fees; absent = they are never overdue.</param>
/// <param name="Retentions">Absent = what is retained is never overdue.</param>
/// <param name="Actions">By rule code: off, warn, refer or decline; goes before a rule's own action.</param>
internal sealed record PolicyBody(
    decimal? CreditLimit, bool? Unlimited, decimal? TolerancePercent, MaxDocumentBody? MaxDocument, OverdueDaysBody? OverdueDays,
    OverdueAmountBody? OverdueAmount, NearLimitBody? NearLimit, CurrenciesBody? Currencies, PaymentTermsBody? PaymentTerms,
    SmallDifferenceBody? SmallDifference, SettlementBody? Settlement, DisputesBody? Disputes, PromisesBody? Promises, InterestBody? Interest,
    PlansBody? Plans, ClaimsBody? Claims, RetentionsBody? Retentions, IReadOnlyDictionary<string, RuleAction>? Actions)
{
    private const int MaxDays = 3650;

    // The rules count in per cent, as their sentences do.
    private const decimal Percent = 100m;

    /// <summary>The policy; <paramref name="currency"/> is null for a segment, which may be of several companies.</summary>
    public CreditPolicy Read(Currency? currency, RequestChecks checks)
    {
        Amount("creditLimit", CreditLimit, currency, checks);
        if (CreditLimit is not null && Unlimited == true)
        {
            checks.Refuse("creditLimit", "must be left out or null where unlimited is true");
        }

        Amount("maxDocument.amount", MaxDocument?.Amount, currency, checks);
        checks.Number("overdueDays.days", OverdueDays?.Days, 0, MaxDays);
        Amount("overdueDays.ignoreBelow", OverdueDays?.IgnoreBelow, currency, checks);
        Amount("overdueAmount.amount", OverdueAmount?.Amount, currency, checks);
        checks.Fraction("overdueAmount.shareOfLimit", OverdueAmount?.ShareOfLimit);
        checks.Number("nearLimit.days", NearLimit?.Days, 0, MaxDays);
        checks.Fraction("nearLimit.utilization", NearLimit?.Utilization);
        Amount("smallDifference.perItem", SmallDifference?.PerItem, currency, checks);
        Amount("smallDifference.perYear", SmallDifference?.PerYear, currency, checks);
        checks.Number("promises.graceDays", Promises?.GraceDays, 0, 30);
        Amount("promises.tolerance", Promises?.Tolerance, currency, checks);
        checks.Number("plans.graceDays", Plans?.GraceDays, 0, 30);
        Amount("plans.tolerance", Plans?.Tolerance, currency, checks);
        Amount("plans.withoutApprovalUpTo", Plans?.WithoutApprovalUpTo, currency, checks);
        Amount("disputes.approveAbove", Disputes?.ApproveAbove, currency, checks);
        foreach (var code in Actions?.Keys ?? [])
        {
            if (!CreditRules.Codes.Contains(code))
            {
                checks.Refuse($"actions.{code}", "is not a known rule; known are " + string.Join(", ", CreditRules.Codes));
            }
        }

        return new CreditPolicy
        {
            CreditLimit = CreditLimit,
            Unlimited = Unlimited,
            TolerancePercent = checks.Number("tolerancePercent", TolerancePercent, 0, 1000, 4),
            MaxDocument = MaxDocument is { } document ? new AmountRule(document.Amount, document.Action ?? RuleAction.Decline) : null,
            OverdueDays = OverdueDays is { } days ? new OverdueDaysRule(days.Days, days.IgnoreBelow, days.Action ?? RuleAction.Decline) : null,
            OverdueAmount = OverdueAmount is { } overdue
                ? new OverdueAmountRule(overdue.Amount, overdue.ShareOfLimit * Percent, overdue.Action ?? RuleAction.Decline)
                : null,
            NearLimit = NearLimit is { } near ? new NearLimitRule(near.Days, near.Utilization * Percent, near.Action ?? RuleAction.Decline) : null,
            Currencies = Currencies is { } allowed ? new CurrencyRule(allowed.Allowed, allowed.Action ?? RuleAction.Decline) : null,
            PaymentTerms = PaymentTermsBody.Read("paymentTerms", PaymentTerms, checks),
            SmallDifference = SmallDifference is { } small ? new SmallDifferenceRule(small.PerItem, small.PerYear) : null,
            Settlement = Settlement?.Read(checks),
            Disputes = Disputes is { } disputes ? new DisputeRule(disputes.CountAsOverdue ?? false, disputes.ApproveAbove) : null,
            Promises = Promises is { } promises
                ? new PromiseRule(promises.GraceDays ?? PromiseRule.Shipped.GraceDays, promises.Tolerance ?? PromiseRule.Shipped.Tolerance)
                : null,
            Interest = Interest?.Read(checks),
            Plans = Plans is { } plans
                ? new PlanRule(
                    plans.GraceDays ?? PlanRule.Shipped.GraceDays, plans.Tolerance ?? PlanRule.Shipped.Tolerance, plans.CountAsOverdue ?? false,
                    plans.WithoutApprovalUpTo)
                : null,
            Claims = Claims is { } claims ? new ClaimRule(claims.CountAsOverdue ?? false) : null,
            Retentions = Retentions is { } retentions ? new RetentionRule(retentions.CountAsOverdue ?? false) : null,
            Actions = Actions,
        };
    }

    /// <summary>A stored policy as it is shown.</summary>
    public static PolicyBody Of(CreditPolicy policy) => new(
        policy.CreditLimit, policy.Unlimited, policy.TolerancePercent,
        policy.MaxDocument is { } document ? new MaxDocumentBody(document.Amount, document.Action) : null,
        policy.OverdueDays is { } days ? new OverdueDaysBody(days.Days, days.IgnoreBelow, days.Action) : null,
        policy.OverdueAmount is { } overdue ? new OverdueAmountBody(overdue.Amount, overdue.ShareOfLimit / Percent, overdue.Action) : null,
        policy.NearLimit is { } near ? new NearLimitBody(near.Days, near.Utilization / Percent, near.Action) : null,
        policy.Currencies is { } currencies ? new CurrenciesBody(currencies.Allowed, currencies.Action) : null,
        PaymentTermsBody.Of(policy.PaymentTerms),
        policy.SmallDifference is { } small ? new SmallDifferenceBody(small.PerItem, small.PerYear) : null,
        SettlementBody.Of(policy.Settlement),
        policy.Disputes is { } disputes ? new DisputesBody(disputes.CountAsOverdue, disputes.ApproveAbove) : null,
        policy.Promises is { } promises ? new PromisesBody(promises.GraceDays, promises.Tolerance) : null,
        policy.Interest is { } interest ? new InterestBody(interest.Unit, interest.GraceDays, interest.Rates) : null, PlansBody.Of(policy.Plans),
        policy.Claims is { } claims ? new ClaimsBody(claims.CountAsOverdue) : null,
        policy.Retentions is { } retentions ? new RetentionsBody(retentions.CountAsOverdue) : null, policy.Actions);

    // Without a currency four decimals and eleven digits: what every currency can hold.
    private static void Amount(string path, decimal? amount, Currency? currency, RequestChecks checks)
    {
        if (currency is not null)
        {
            checks.Amount(path, amount, currency, orZero: true);
        }
        else
        {
            checks.Number(path, amount, 0, 100_000_000_000m, 4);
        }
    }
}

/// <summary>Fails above the amount.</summary>
[JsonConverter(typeof(MaxDocumentConverter))]
[ReadsEither(typeof(decimal), typeof(MaxDocumentConverter.MaxDocumentForm))]
internal sealed record MaxDocumentBody(decimal Amount, RuleAction? Action);

/// <summary>Fails when an item of at least <paramref name="IgnoreBelow"/> is overdue for more than <paramref name="Days"/> days.</summary>
internal sealed record OverdueDaysBody(int Days, decimal? IgnoreBelow, RuleAction? Action);

/// <summary>Fails when more than an amount is overdue and, if set, more than a share of the limit.</summary>
/// <param name="Amount">Above it.</param>
/// <param name="ShareOfLimit">A fraction: 0.1 = 10 %; absent = the amount alone counts.</param>
/// <param name="Action">decline when absent.</param>
internal sealed record OverdueAmountBody(decimal Amount, decimal? ShareOfLimit, RuleAction? Action);

/// <summary>Fails when an item is overdue for at least some days and utilization has reached a mark.</summary>
/// <param name="Days">At least so many.</param>
/// <param name="Utilization">Exposure ÷ limit as a fraction: 0.95 = 95 %.</param>
/// <param name="Action">decline when absent.</param>
internal sealed record NearLimitBody(int Days, decimal Utilization, RuleAction? Action);

/// <summary>A payment that falls short by little clears the item all the same; no block.</summary>
/// <param name="PerItem">Largest difference of one item.</param>
/// <param name="PerYear">Largest sum of one customer's differences in a calendar year.</param>
internal sealed record SmallDifferenceBody(decimal PerItem, decimal PerYear);

/// <summary>
/// In which order money settles items, after those its payer named and an exact match; disputed amounts come last. Items that
/// are equal in it follow by number.
/// </summary>
/// <param name="Kinds">invoice (debit notes with them), interest, fee: the first named is settled first; what is not named follows in that order.</param>
/// <param name="By">Within a kind: dueDate (absent) or issueDate.</param>
/// <param name="DueFirst">What is due goes before what is not, whatever its kind; absent = true.</param>
internal sealed record SettlementBody(IReadOnlyList<SettlementKind>? Kinds, SettlementDate? By, bool? DueFirst)
{
    /// <summary>The rule.</summary>
    public SettlementRule Read(RequestChecks checks)
    {
        var named = checks.List("settlement.kinds", Kinds ?? [], SettlementRule.Shipped.Kinds.Count);
        if (named.Distinct().Count() < named.Count)
        {
            checks.Refuse("settlement.kinds", "names a kind twice");
        }

        return new SettlementRule(
            [.. named.Union(SettlementRule.Shipped.Kinds)], By ?? SettlementRule.Shipped.By, DueFirst ?? SettlementRule.Shipped.DueFirst);
    }

    public static SettlementBody? Of(SettlementRule? rule) => rule is null ? null : new(rule.Kinds, rule.By, rule.DueFirst);
}

/// <summary>What disputes do and who may grant them.</summary>
/// <param name="CountAsOverdue">True = disputed amounts are overdue like all others; absent = they are not.</param>
/// <param name="ApproveAbove">Crediting more than this needs the role credit-manager or finance; absent = no such limit.</param>
internal sealed record DisputesBody(bool? CountAsOverdue, decimal? ApproveAbove);

/// <summary>When a promise to pay counts as kept.</summary>
/// <param name="GraceDays">Business days after a promised day that are still in time; absent = 2.</param>
/// <param name="Tolerance">So much less is still kept; absent = 0.</param>
internal sealed record PromisesBody(int? GraceDays, decimal? Tolerance);

/// <summary>Interest for late payment: simple, on what is open of invoices and debit notes, from the day after the due date to the day of receipt.</summary>
/// <param name="Unit">What the rates are per: year365 (absent), year360 or day.</param>
/// <param name="GraceDays">Who pays so many days after the due date at the latest pays none, 0 to 365; absent = 0. After that it runs from the due date.</param>
/// <param name="Rates">In per cent, each from its day on; before the first day none accrues.</param>
internal sealed record InterestBody(InterestUnit? Unit, int? GraceDays, IReadOnlyList<InterestRate> Rates)
{
    private const int MaxRates = 500;

    /// <summary>The rule.</summary>
    public InterestRule Read(RequestChecks checks)
    {
        var rates = checks.List("interest.rates", Rates, MaxRates);
        var days = new HashSet<DateOnly>();
        for (var i = 0; i < rates.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"interest.rates[{i}]");
            checks.Number($"{at}.percent", rates[i].Percent, 0, 1000, InterestSum.RateDecimals);
            if (!days.Add(checks.Date($"{at}.from", rates[i].From)))
            {
                checks.Refuse($"{at}.from", "is given twice");
            }
        }

        return new InterestRule(
            Unit ?? InterestUnit.Year365, checks.Number("interest.graceDays", GraceDays, 0, 365) ?? 0, [.. rates.OrderBy(rate => rate.From)]);
    }
}

/// <summary>When a payment plan counts as kept, and who may grant it.</summary>
/// <param name="GraceDays">Business days after an instalment's date that are still in time; absent = 2.</param>
/// <param name="Tolerance">So much less is still kept; absent = 0.</param>
/// <param name="CountAsOverdue">True = what is in a kept plan is overdue like all else, by its own due date; absent = it is not.</param>
/// <param name="WithoutApprovalUpTo">
/// A plan needs no approval while all of the customer's plans that nobody approved come to at most this, and its grace is not longer than
/// the policy's; absent = each needs it.
/// </param>
internal sealed record PlansBody(int? GraceDays, decimal? Tolerance, bool? CountAsOverdue, decimal? WithoutApprovalUpTo)
{
    /// <summary>A rule as it is shown.</summary>
    public static PlansBody? Of(PlanRule? rule) =>
        rule is null ? null : new PlansBody(rule.GraceDays, rule.Tolerance, rule.CountAsOverdue, rule.WithoutApprovalUpTo);
}

/// <summary>What claims for interest and fees do.</summary>
/// <param name="CountAsOverdue">True = past their due date they are overdue like all else; absent = they never are.</param>
internal sealed record ClaimsBody(bool? CountAsOverdue);

/// <summary>What retentions do.</summary>
/// <param name="CountAsOverdue">
/// True = what is not released is overdue once its expected release, and its due days after that, have passed; one without an expected
/// release never is. Absent = none is.
/// </param>
internal sealed record RetentionsBody(bool? CountAsOverdue);

/// <summary>Fails for any other currency.</summary>
[JsonConverter(typeof(CurrenciesConverter))]
[ReadsEither(typeof(IReadOnlyList<Currency>), typeof(CurrenciesConverter.CurrenciesForm))]
internal sealed record CurrenciesBody(IReadOnlyList<Currency> Allowed, RuleAction? Action);

/// <summary>A rule whose plain form is only its value: the object says more.</summary>
internal abstract class ShortFormConverter<TRule, TValue, TObject>(JsonTokenType plain, string rule) : JsonConverter<TRule>
    where TRule : class
    where TObject : class
{
    public override TRule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            if (reader.TokenType == plain && JsonSerializer.Deserialize<TValue>(ref reader, options) is { } value)
            {
                return FromValue(value);
            }

            if (reader.TokenType == JsonTokenType.StartObject && JsonSerializer.Deserialize<TObject>(ref reader, options) is { } body)
            {
                return FromObject(body);
            }
        }
        catch (JsonException)
        {
            // The serializer's words speak of .NET types; the rule below says what is wanted.
        }

        throw new JsonException(rule);
    }

    public override void Write(Utf8JsonWriter writer, TRule value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, ToObject(value), options);

    protected abstract TRule FromValue(TValue value);

    protected abstract TRule FromObject(TObject body);

    protected abstract TObject ToObject(TRule rule);
}

/// <summary>A number or { amount, action }.</summary>
internal sealed class MaxDocumentConverter()
    : ShortFormConverter<MaxDocumentBody, decimal, MaxDocumentConverter.MaxDocumentForm>(JsonTokenType.Number, "must be an amount or { amount, action }")
{
    internal sealed record MaxDocumentForm(decimal Amount, RuleAction? Action);

    protected override MaxDocumentBody FromValue(decimal value) => new(value, null);

    protected override MaxDocumentBody FromObject(MaxDocumentForm body) => new(body.Amount, body.Action);

    protected override MaxDocumentForm ToObject(MaxDocumentBody rule) => new(rule.Amount, rule.Action);
}

/// <summary>A list of codes or { allowed, action }.</summary>
internal sealed class CurrenciesConverter() : ShortFormConverter<CurrenciesBody, IReadOnlyList<Currency>, CurrenciesConverter.CurrenciesForm>(
    JsonTokenType.StartArray, "must be a list of currency codes or { allowed, action }")
{
    internal sealed record CurrenciesForm(IReadOnlyList<Currency> Allowed, RuleAction? Action);

    protected override CurrenciesBody FromValue(IReadOnlyList<Currency> value) => Checked(value, null);

    protected override CurrenciesBody FromObject(CurrenciesForm body) => Checked(body.Allowed, body.Action);

    protected override CurrenciesForm ToObject(CurrenciesBody rule) => new(rule.Allowed, rule.Action);

    private static CurrenciesBody Checked(IReadOnlyList<Currency> allowed, RuleAction? action) =>
        allowed.Any(currency => currency is null) ? throw new JsonException() : new CurrenciesBody(allowed, action);
}
