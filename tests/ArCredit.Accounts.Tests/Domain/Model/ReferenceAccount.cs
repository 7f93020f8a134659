using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>
/// What an account is, as plainly as it can be said: decimals in lists, everything worked out from the start each time,
/// nothing cached, nothing dropped. Slow and obviously right; the product's account must agree with it after every step.
/// </summary>
internal sealed partial class ReferenceAccount(Currency currency, ModelTerms terms)
{
    private readonly List<ModelInvoice> invoices = [];
    private readonly List<ModelCredit> credits = [];
    private readonly List<ModelReservation> reservations = [];
    private readonly SortedDictionary<string, bool> blocks = new(StringComparer.Ordinal);
    private readonly List<ModelWriteOff> writeOffs = [];
    private bool closed;
    private bool writeOffBlockLifted;

    public Limits Limits { get; set; } = Limits.Inherited;

    public DateTimeOffset Now { get; set; }

    public IReadOnlyList<ModelReservation> Reservations => reservations;

    private DateOnly Today => terms.Today(Now);

    public decimal Balance => OpenInvoices + Returned - credits.Sum(credit => In(credit.Unapplied + credit.Earmarked, credit.Currency, credit.Rate));

    public decimal OpenInvoices => Items.Sum(each => Worth(each.Item.Open, each.Invoice) - Worth(each.Item.Returned, each.Invoice));

    public decimal Returned => Items.Sum(each => Worth(each.Item.Returned, each.Invoice));

    public decimal Uncleared => credits.Where(credit => !credit.Reversed && credit.ClearsOn >= Today)
        .Sum(credit => In(credit.Amount, credit.Currency, credit.Rate));

    public decimal Orders => Active(ReservationKind.Order).Sum(each => EarmarkedIn(each) - DeliveredIn(each));

    public decimal Deliveries => Active(ReservationKind.Order).Sum(DeliveredIn) + Active(ReservationKind.Delivery).Sum(EarmarkedIn) + MeteredThrough(null);

    public decimal Pos => Active(ReservationKind.Pos).Sum(EarmarkedIn);

    public decimal Unapplied => credits.Sum(credit => In(credit.Unapplied, credit.Currency, credit.Rate));

    public decimal Exposure => OpenInvoices + Returned + Uncleared + Orders + Deliveries + Pos - Unapplied;

    private IEnumerable<(ModelInvoice Invoice, ModelItem Item)> Items =>
        from invoice in invoices from item in invoice.Items where item.Open > 0 select (invoice, item);

    /// <summary>Settlement order: due date, issue date, number, instalment.</summary>
    private IEnumerable<(ModelInvoice Invoice, ModelItem Item)> ItemsIn(Currency of) => Items.Where(each => each.Invoice.Currency == of)
        .OrderBy(each => each.Item.DueDate).ThenBy(each => each.Invoice.IssueDate)
        .ThenBy(each => each.Invoice.Number, StringComparer.Ordinal).ThenBy(each => each.Item.Number);

    /// <summary>What is left of every overdue item after the unapplied credits of its currency were set against the oldest.</summary>
    public IReadOnlyList<(DateOnly Due, decimal Worth)> Overdue()
    {
        var left = new List<(DateOnly, decimal)>();
        foreach (var group in Items.Select(each => each.Invoice.Currency).Distinct().ToList())
        {
            var unapplied = credits.Where(credit => credit.Currency == group).Sum(credit => credit.Unapplied);
            foreach (var (invoice, item) in ItemsIn(group).Where(each => each.Item.DueDate < Today && (terms.ClaimsAreOverdue || !each.Invoice.IsClaim)))
            {
                var leftOut = (terms.DisputedIsOverdue ? 0 : DisputedOf(invoice, item)) + (terms.PlannedIsOverdue ? 0 : PlannedOf(item));
                var counted = item.Open - Math.Min(item.Open, leftOut);
                var used = Math.Min(unapplied, counted);
                unapplied -= used;
                if (counted > used)
                {
                    left.Add((item.DueDate, Worth(counted - used, invoice)));
                }
            }
        }

        return left;
    }

    /// <summary>Null = no ceiling.</summary>
    public decimal? Limit()
    {
        if (Limits.Temporary is { } temporary && temporary.From <= Today && Today <= temporary.To)
        {
            return Major(temporary.Amount);
        }

        return Limits.Unlimited ? null : Limits.CreditLimit is { } own ? Major(own) : Policy(terms.CreditLimit);
    }

    /// <summary>Outcome and codes, e.g. <c>declined LIMIT_EXCEEDED</c>.</summary>
    private string Decide(Currency of, decimal amount, decimal paid, decimal replaced, ModelRate? rate, decimal invoiced = 0)
    {
        var reasons = new List<(string Code, RuleAction Action)>();
        if (closed)
        {
            reasons.Add(("ACCOUNT_CLOSED", RuleAction.Decline));
        }

        if (blocks.Values.Any(allSales => allSales || amount != paid))
        {
            reasons.Add(("ACCOUNT_BLOCKED", RuleAction.Decline));
        }

        if (amount != paid)
        {
            reasons.AddRange(CreditReasons(of, amount - paid, replaced, rate, invoiced));
        }

        var outcome = reasons.Select(reason => reason.Action).DefaultIfEmpty(RuleAction.Warn).Max() switch
        {
            RuleAction.Decline => "declined",
            RuleAction.Refer => "referred",
            _ => "approved",
        };
        return string.Join(' ', [outcome, .. reasons.Select(reason => reason.Code)]);
    }

    private IEnumerable<(string Code, RuleAction Action)> CreditReasons(Currency of, decimal asked, decimal replaced, ModelRate? rate, decimal invoiced)
    {
        if (of.Code == ModelTerms.NotAllowed)
        {
            yield return ("CURRENCY_NOT_ALLOWED", RuleAction.Decline);
        }

        if (rate is null)
        {
            yield return ("NO_RATE", RuleAction.Refer);
        }
        else if (In(asked + invoiced, of, rate.Value) > Policy(terms.MaxDocument))
        {
            yield return ("DOCUMENT_TOO_LARGE", RuleAction.Refer);
        }

        var limit = Limit();
        if (rate is not null && Exposure - replaced + In(asked, of, rate.Value) > limit * (100 + terms.TolerancePercent) / 100)
        {
            yield return ("LIMIT_EXCEEDED", RuleAction.Decline);
        }

        var inTemporary = Limits.Temporary is { } temporary && temporary.From <= Today && Today <= temporary.To;
        if (!inTemporary && Limits.ExpiresOn < Today)
        {
            yield return ("LIMIT_EXPIRED", RuleAction.Decline);
        }

        var overdue = Overdue();
        if (overdue.Any(item => item.Worth >= Policy(terms.IgnoreBelow) && DaysSince(item.Due) > terms.OverdueDays))
        {
            yield return ("OVERDUE_DAYS", RuleAction.Decline);
        }

        var amount = overdue.Sum(item => item.Worth);
        if (amount > Policy(terms.OverdueAmount) && limit is { } ceiling && amount > ceiling * terms.OverdueShare / 100)
        {
            yield return ("OVERDUE_AMOUNT", RuleAction.Refer);
        }

        var near = limit is > 0 ? Math.Max(0, Exposure) / limit * 100 >= terms.NearUtilization : limit == 0 && Exposure > 0;
        if (near && overdue.Any(item => DaysSince(item.Due) >= terms.NearDays))
        {
            yield return ("OVERDUE_AND_NEAR_LIMIT", RuleAction.Warn);
        }

        if (BrokenPlans > 0)
        {
            yield return ("BROKEN_PROMISE", RuleAction.Warn);
        }
    }

    private int DaysSince(DateOnly day) => Today.DayNumber - day.DayNumber;

    private IEnumerable<ModelReservation> Active(ReservationKind kind) =>
        reservations.Where(each => each.Kind == kind && each.IsActive);

    private decimal EarmarkedIn(ModelReservation each) => In(each.Earmarked, each.Currency, each.Rate);

    private decimal DeliveredIn(ModelReservation each) => In(each.Delivered, each.Currency, each.Rate);

    private decimal Worth(decimal amount, ModelInvoice invoice) => In(amount, invoice.Currency, invoice.Rate);

    /// <summary>An amount in the account's currency, half-even.</summary>
    private decimal In(decimal amount, Currency of, ModelRate rate) => of == currency ? amount : rate.Of(amount, currency.Decimals);

    private decimal Policy(decimal amount) => terms.Rate(ModelTerms.CompanyCurrency, currency, Today)!.Value.Of(amount, currency.Decimals);

    private decimal Major(long minor) => Money.ToDecimal(minor, currency);

    private ModelRate? RateOf(Currency of) => terms.Rate(of, currency, Today);
}
