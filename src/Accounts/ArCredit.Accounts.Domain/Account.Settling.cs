using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Which items money settles, and what is forgiven beside it.</summary>
public sealed partial class Account
{
    // What each year's differences come to, account currency; only years that have some. Made when the first one is.
    private SortedList<int, long>? smallDifferences;

    /// <summary>
    /// The invoices that the payer's text names come first, as they are due; then an exact match of one item or one whole
    /// invoice; then the policy's order, what is disputed last; then what is retained, of named invoices first, unless the money is
    /// exactly all that is open of them; then what was written off. Only items of the payment's currency.
    /// </summary>
    private List<Allocation> AllocateByPolicy(Money payment, string? remittance, Means means, VatOrder order = VatOrder.NetFirst)
    {
        HashSet<OpenInvoice> named = remittance is null ? [] : Remittance.InvoicesIn(
            remittance, number => items.FindAnyCase(number).Where(invoice => ReferenceEquals(invoice.Currency, payment.Currency)));
        var allocations = new List<Allocation>();
        var (left, parts, held) = (payment.Minor, new VatParts(items), new List<OpenItem>());
        if (named.Count > 0)
        {
            var inOrder = named.SelectMany(invoice => invoice.Items).Order(DueBook.InSettlementOrder).ToList();
            var part = PartOf(inOrder, left);
            if (part is null && left != inOrder.Sum(item => item.Open) && left != inOrder.Sum(item => item.Open - means.Earned(item)))
            {
                held = inOrder.FindAll(item => item.IsRetained);
                inOrder.RemoveAll(item => item.IsRetained);
            }

            left = SpreadAll(part is { } only ? Targets(inOrder, only) : Targets(inOrder), left, means, allocations);
            parts.Take(allocations, 0, order, part);
        }

        if (left > 0)
        {
            var (others, first) = (items.InOrder(payment.Currency, means.Order, means.Today).Where(item => named.Count == 0 || !named.Contains(item.Invoice)), allocations.Count);
            left = SpreadAll(ByRule(others, held, left, means, out var part), left, means, allocations);
            parts.Take(allocations, first, order, part);
        }

        Recover(payment.Currency, null, null, left, allocations, means);
        return allocations;
    }

    private IEnumerable<Target> ByRule(IEnumerable<OpenItem> inOrder, List<OpenItem> held, long amount, Means means, out ItemPart? part)
    {
        part = null;

        // Claims, and what is retained, are paid when they are named or it is their turn, not because an amount happens to be theirs.
        var trade = inOrder.Where(item => item.Invoice.Kind is not (DebitKind.Interest or DebitKind.Fee) && !item.IsRetained);
        var exact = trade.FirstOrDefault(item => item.Open == amount)
            ?? trade.FirstOrDefault(item => item.Invoice.Items.Length > 1 && item.Invoice.Open == amount)
            ?? trade.FirstOrDefault(item => means.Earned(item) is > 0 and var discount && item.Open - discount == amount)
            ?? trade.FirstOrDefault(item =>
                item.Invoice.Items.Length > 1 && item.Invoice.Items.Sum(means.Earned) is > 0 and var discount && item.Invoice.Open - discount == amount);
        if (exact is null && UnretainedOf(trade, amount, means) is { } unretained)
        {
            return Targets(unretained);
        }

        return exact is null ? (items.SplitCount > 0 ? ByPart(trade, amount, out part) : null) ?? DisputedLast(HeldLast())
            : Targets(exact.Open == amount || exact.Open - means.Earned(exact) == amount ? [exact] : exact.Invoice.Items);

        IEnumerable<OpenItem> HeldLast() =>
            held.Count == 0 ? inOrder : [.. inOrder.Where(item => !item.IsRetained), .. held, .. inOrder.Where(item => item.IsRetained)];
    }

    /// <summary>
    /// Takes the amount to items in order. An item that the money and its earned discount clear gets both; of a discount no more
    /// is given than the money falls short of, the last items' first. Ends when there are as many lines as one act may have.
    /// </summary>
    /// <returns>What is left of the amount.</returns>
    private static long Spread(IEnumerable<Target> order, long amount, Means means, List<Allocation> lines, out Target last)
    {
        var first = lines.Count;
        var isFull = false;
        last = default;
        foreach (var target in order)
        {
            isFull = lines.Count == MostLines;
            if (amount == 0 || isFull)
            {
                break;
            }

            if (target.Open > 0)
            {
                var discount = target.IsPart ? 0 : Math.Min(target.Open, means.Earned(target.Item));
                discount = amount + discount >= target.Open ? discount : 0;
                var part = Math.Min(amount, target.Open - discount);
                lines.Add(LineOf(target, part, discount, means));
                amount -= part;
                last = target;
            }
        }

        // What an act has no line for will earn its discount in the next one: there is no money too much.
        for (var i = lines.Count - 1; i >= first && amount > 0 && !isFull; i--)
        {
            var more = Math.Min(amount, lines[i].Discount);
            if (more > 0)
            {
                lines[i] = lines[i] with { Amount = lines[i].Amount + more, Discount = lines[i].Discount - more };
                amount -= more;
            }
        }

        for (var i = first; i < lines.Count && means.FxRate is not null; i++)
        {
            lines[i] = lines[i] with { FxDifference = means.Difference(lines[i].Amount, lines[i].Traits is { } traits ? traits.CompanyRate : lines[i].Rate) };
        }

        return amount;
    }

    /// <summary>The same for money of which all that is unapplied is used up: only then can an item be paid short.</summary>
    private long SpreadAll(IEnumerable<Target> order, long amount, Means means, List<Allocation> lines)
    {
        var first = lines.Count;
        var left = Spread(order, amount, means, lines, out var last);
        if (lines.Count > first && left == 0 && last.Open > lines[^1].Taken)
        {
            lines[^1] = WithReason(lines[^1], AfterLine(last, lines[^1]), means);
        }

        return left;
    }

    /// <summary>
    /// What is left of an item may be a discount that was not earned, or so little that it is written off.
    /// </summary>
    /// <param name="line">The last that settles the item.</param>
    /// <param name="target">The item after it.</param>
    /// <param name="means">What the money may do.</param>
    private Allocation WithReason(Allocation line, Target target, Means means)
    {
        var rest = target.Open;
        if (means.ValueDate is not null && EarlyPayment.IsDiscount(target.Item, rest))
        {
            return line with { Unearned = rest };
        }

        var value = target.Item.Invoice.InAccount(rest, Currency);
        if (means.PerItem == 0 || value > means.PerItem || value > means.Room)
        {
            return line;
        }

        means.Room -= value;
        return line with { Difference = rest, DifferenceYear = means.Year, OfReturned = line.OfReturned + Math.Min(target.Returned, rest) };
    }

    private static Target AfterLine(Target target, Allocation line) =>
        target with { Open = target.Open - line.Taken, Returned = target.Returned - line.OfReturned };

    private static Allocation LineOf(Target target, long part, long discount, Means means)
    {
        var (item, invoice) = (target.Item, target.Item.Invoice);
        return new Allocation(
            invoice.Number, item.Instalment, part, Math.Min(target.Returned, part + discount), invoice.IssueDate, item.DueDate, item.Amount,
            invoice.Amount, invoice.Rate, invoice.Traits, item.Credited, discount, Discounted: item.Discounted, InstalmentVat: item.InstalmentVat);
    }

    private static IEnumerable<Target> Targets(IEnumerable<OpenItem> items) => items.Select(item => new Target(item, item.Open, item.Returned));

    private Verdict? AllocateAsAsked(
        Money amount, IReadOnlyList<AllocationRequest> requests, Means means, KnownDocument? known, out List<Allocation> allocations,
        VatOrder order = VatOrder.NetFirst)
    {
        allocations = [];
        var (left, parts) = (new Dictionary<OpenItem, Target>(), new VatParts(items));
        if (requests.Sum(request => request.Amount) > amount.Minor)
        {
            return new Verdict.Refuse(RefusalCode.AllocationExceedsPayment, $"The allocations sum up to more than {amount}.");
        }

        foreach (var request in requests)
        {
            if (items.Find(request.Invoice) is not { } invoice)
            {
                if (Recover(amount.Currency, request.Invoice, request.Instalment, request.Amount, allocations, means) == 0)
                {
                    continue;
                }

                // Nothing is open; whether the invoice ever was decides which answer is true.
                return CreditedInvoice(request.Invoice, known, out var stored) ?? NothingOpen(request, stored.Currency);
            }

            if (!ReferenceEquals(invoice.Currency, amount.Currency))
            {
                return Mismatch(amount.Currency, invoice.Currency, $"invoice {invoice.Number}");
            }

            var targets = TargetsOf(request, invoice, left, parts);
            if (request.Part is not null && targets.Exists(target => target.Item is not SplitItem))
            {
                return NotSplit(request);
            }

            var first = allocations.Count;
            var rest = Spread(targets, request.Amount, means, allocations, out _);
            if (rest > 0 && allocations.Count == MostLines)
            {
                return TooManyLines;
            }

            var settled = allocations.Count;
            parts.Take(allocations, first, order, request.Part);
            if (request.Part is not null ? rest > 0 : Recover(amount.Currency, request.Invoice, request.Instalment, rest, allocations, means) > 0)
            {
                return NothingOpen(request, invoice.Currency);
            }

            foreach (var line in allocations.Take(settled).Skip(first))
            {
                var item = invoice.Find(line.Instalment)!;
                left[item] = AfterLine(left.GetValueOrDefault(item, new Target(item, item.Open, item.Returned)), line);
            }
        }

        if (allocations.Count > MostLines)
        {
            return TooManyLines;
        }

        if (requests.Sum(request => request.Amount) == amount.Minor)
        {
            Forgive(allocations, left, means, parts);
        }

        return null;
    }

    /// <summary>Items that money of which nothing is left has paid short, each with its last line.</summary>
    private void Forgive(List<Allocation> lines, Dictionary<OpenItem, Target> after, Means means, VatParts parts)
    {
        var last = new Dictionary<OpenItem, int>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].WriteOff is null && items.Find(lines[i].Invoice)?.Find(lines[i].Instalment) is { } item)
            {
                last[item] = i;
            }
        }

        foreach (var (item, i) in last.OrderBy(each => each.Value))
        {
            if (after[item] is { Open: > 0 } target)
            {
                lines[i] = WithReason(lines[i], target, means);
                lines[i] = lines[i].Difference == 0 ? lines[i] : lines[i] with { Vat = lines[i].Vat + parts.LeftOf(item, ItemPart.Vat) };
            }
        }
    }

    private static Verdict.Refuse TooManyLines => new(RefusalCode.TooManyAllocations, $"More than {MostLines} lines would be settled at a time.");

    private static Verdict.Refuse NothingOpen(AllocationRequest request, Currency currency) => new(
        RefusalCode.AllocationExceedsOpen,
        $"{new Money(request.Amount, currency)} are more than is open on invoice {request.Invoice}{(request.Instalment is { } no ? $", instalment {no}" : string.Empty)}.");

    /// <summary>What money of a value date may do; a credit note, which has none, earns and forgives nothing.</summary>
    private Means MeansOf(DateOnly? valueDate, DateOnly postedOn, Currency document, decimal? companyRate, Standing stand)
    {
        var fxRate = ReferenceEquals(document, stand.Company.Currency) ? null : companyRate;
        if (valueDate is null || stand.Policy.SmallDifference is not { } rule)
        {
            return new Means(valueDate, fxRate, document, stand.Company.Currency, stand.Today) { Order = stand.Policy.Settlement };
        }

        var policyRate = stand.Context.Reference.FindRate(stand.Company.Currency, Currency, stand.Today)?.Rate ?? 0;
        var used = smallDifferences?.GetValueOrDefault(postedOn.Year) ?? 0;
        return new Means(valueDate, fxRate, document, stand.Company.Currency, stand.Today)
        {
            Order = stand.Policy.Settlement,
            PerItem = EffectiveLimitAmount(rule.PerItem, policyRate),
            Room = EffectiveLimitAmount(rule.PerYear, policyRate) - used,
            Year = postedOn.Year,
        };
    }

    private long EffectiveLimitAmount(decimal amount, decimal policyRate) =>
        Decisions.EffectiveLimit.PolicyAmount(amount, Currency, policyRate) ?? 0;

    private void UseDifference(Allocation line, Currency document, int sign)
    {
        if (line.Difference == 0)
        {
            return;
        }

        var value = new Money(line.Difference, document).Convert(line.Rate, Currency).Minor;
        var used = (smallDifferences?.GetValueOrDefault(line.DifferenceYear) ?? 0) + (sign * value);
        Require.That(used >= 0);
        smallDifferences ??= [];
        if (used == 0)
        {
            smallDifferences.Remove(line.DifferenceYear);
        }
        else
        {
            smallDifferences[line.DifferenceYear] = used;
        }
    }

    /// <summary>An item as far as it is still open within one command, or the disputed part of one, or the rest of it.</summary>
    private readonly record struct Target(OpenItem Item, long Open, long Returned, bool IsPart = false);

    /// <summary>What one credit may do besides settling.</summary>
    /// <param name="valueDate">Decides on discounts; null = none is earned.</param>
    /// <param name="fxRate">Units of company currency per unit of the document's; null = own currency, or unknown.</param>
    /// <param name="document">The credit's currency.</param>
    /// <param name="company">The company's currency.</param>
    /// <param name="today">Decides what is due.</param>
    private sealed class Means(DateOnly? valueDate, decimal? fxRate, Currency document, Currency company, DateOnly today)
    {
        public DateOnly Today => today;

        public DateOnly? ValueDate => valueDate;

        public decimal? FxRate => fxRate;

        /// <summary>In which items are settled that nobody named.</summary>
        public SettlementRule Order { get; init; } = SettlementRule.Shipped;

        /// <summary>Largest difference of one item that is written off, account currency; nothing unless set.</summary>
        public long PerItem { get; init; }

        /// <summary>What the year has left for differences, account currency.</summary>
        public long Room { get; set; }

        public int Year { get; init; }

        public long Earned(OpenItem item) => valueDate is { } on ? EarlyPayment.EarnedOn(item, on) : 0;

        /// <summary>Amount × (rate of the credit − posted rate), rounded once; null without a rate.</summary>
        public Money? Difference(long amount, decimal? posted) => posted is null || fxRate is null
            ? null
            : new Money(Exchange.DifferenceToMinor(amount, document.Decimals, fxRate.Value, posted.Value, company), company);
    }
}
