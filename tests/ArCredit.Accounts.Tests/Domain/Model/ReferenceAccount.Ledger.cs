using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>Invoices, credit notes, payments and reversals.</summary>
internal sealed partial class ReferenceAccount
{
    private ModelInvoice? FindInvoice(DocumentNumber number) => invoices.Find(invoice => invoice.Number == number.Value);

    private string Capture(CaptureReservation command)
    {
        if (FindInvoice(command.Invoice.Number) is not null)
        {
            return Taken;
        }

        switch (FindReservation(command.ReservationId))
        {
            case null:
                return Refused(RefusalCode.NotFound);
            case { Status: ReservationStatus.Captured }:
                return Refused(RefusalCode.ReservationCaptured);
            case { Status: ReservationStatus.Released }:
                return Refused(RefusalCode.ReservationReleased);
            case var found when command.Amount is { } given && given.Currency != found.Currency:
                return Refused(RefusalCode.CurrencyMismatch);
            case var found:
                var meant = found.IsActive ? found.Earmarked : found.Rest;
                var amount = command.Amount?.Minor ?? Minor(meant + found.Paid, found.Currency);
                return amount == 0 ? Refused(RefusalCode.CaptureExceedsReservation) : Post(new PostInvoice(
                    new Money(amount, found.Currency), command.Invoice, [new CaptureRequest(command.ReservationId, amount, command.Final)],
                    command.Paid, false));
        }
    }

    private string Post(PostInvoice command)
    {
        var (amount, of, facts) = (command.Amount.Amount, command.Amount.Currency, command.Facts);
        if (FindInvoice(facts.Number) is not null)
        {
            return Taken;
        }

        if (PaidTooMuch(command.Amount, command.Paid) is { } tooMuch)
        {
            return tooMuch;
        }

        if (facts.TaxAmount > command.Amount.Minor)
        {
            return Refused(RefusalCode.TaxExceedsAmount);
        }

        var retained = RetainedOf(facts, amount, of);
        if (facts.Retention is not null && (retained <= 0 || retained >= amount))
        {
            return Refused(RefusalCode.RetentionMismatch);
        }

        if (facts.Instalments.Count > 0 && facts.Instalments.Sum(instalment => Money.ToDecimal(instalment.Amount, of)) != amount - retained)
        {
            return Refused(RefusalCode.InstalmentsMismatch);
        }

        if (RateOf(of) is not { } rate)
        {
            return Refused(RefusalCode.NoRate);
        }

        var takings = new List<Taking>();
        if ((Take(command, takings) ?? Ahead(command.Usage)) is { } refused)
        {
            return refused;
        }

        var paid = command.Paid is null ? takings.Sum(taking => taking.Prepaid) : PaidOf(command.Paid);
        var answer = takings.Exists(taking => taking.IsAfterLapse) ? DoneAfterLapse : Done;
        if (command.Enforce)
        {
            var replaced = takings.Sum(taking =>
                EarmarkedIn(taking.Of) - (taking.Ends ? 0 : In(taking.EarmarkedAfter, of, taking.Of.Rate)))
                + MeteredThrough(null) - MeteredThrough(command.Usage);
            answer = Decide(of, amount, paid, replaced, rate);
            if (!answer.StartsWith("approved", StringComparison.Ordinal))
            {
                return answer;
            }
        }

        takings.ForEach(taking => taking.Apply());
        Close(command.Usage);
        var invoice = InvoiceOf(facts, amount, of, rate, retained);
        invoices.Add(invoice);
        if (paid > 0)
        {
            var bound = Settle(invoice.Items.OrderBy(item => item.DueDate).Select(item => (invoice, item)), paid);
            credits.Add(new ModelCredit($"paid:{invoice.Number}", true, of, rate, paid, null, ModelCredit.First(bound), facts.IssueDate) { CompanyRate = invoice.CompanyRate });
        }

        return answer;
    }

    private string? Take(PostInvoice command, List<Taking> takings)
    {
        var left = command.Amount.Amount;
        var credit = left - PaidOf(command.Paid);
        foreach (var request in command.Captures)
        {
            switch (FindReservation(request.ReservationId))
            {
                case null:
                    return Refused(RefusalCode.NotFound);
                case { Status: ReservationStatus.Captured }:
                    return Refused(RefusalCode.ReservationCaptured);
                case { Status: ReservationStatus.Released }:
                    return Refused(RefusalCode.ReservationReleased);
                case var found when found.Currency != command.Amount.Currency:
                    return Refused(RefusalCode.CurrencyMismatch);
                case var found:
                    var gross = request.Amount is { } given ? Money.ToDecimal(given, found.Currency) : Math.Min(left, found.Rest + found.Paid);
                    var onCredit = command.Paid is null ? Math.Max(0, gross - found.Paid) : Math.Min(gross, credit);
                    if (gross > left || onCredit > found.Rest)
                    {
                        return Refused(gross > left ? RefusalCode.CaptureExceedsInvoice : RefusalCode.CaptureExceedsReservation);
                    }

                    takings.Add(new Taking(found, gross, onCredit, Math.Min(found.Paid, gross - onCredit), request.Final));
                    (left, credit) = (left - gross, credit - onCredit);
                    break;
            }
        }

        return takings.Select(taking => taking.Of.Id).Distinct().Count() == takings.Count ? null : Refused(RefusalCode.CaptureExceedsReservation);
    }

    private string CreditNote(PostCreditNote command)
    {
        var (amount, of) = (command.Amount.Amount, command.Amount.Currency);
        if (credits.Exists(credit => !credit.IsPayment && credit.Number == command.Number.Value))
        {
            return Taken;
        }

        if (RateOf(of) is not { } rate)
        {
            return Refused(RefusalCode.NoRate);
        }

        List<ModelAllocation> allocations = [];
        if (command.Invoice is { } number)
        {
            if (FindInvoice(number) is not { } invoice)
            {
                return Refused(RefusalCode.InvoiceUnknown);
            }

            if (invoice.Currency != of || invoice.Credited + amount > invoice.Amount)
            {
                return Refused(invoice.Currency != of ? RefusalCode.CurrencyMismatch : RefusalCode.CreditExceedsInvoice);
            }

            allocations = Settle(ItemsIn(of).Where(each => each.Invoice == invoice), amount, way: VatWay.InProportion);
            allocations.ForEach(line => line.Item.Credited += line.Amount);
            invoice.Credited += amount;
        }

        credits.Add(new ModelCredit(command.Number.Value, false, of, rate, amount, null, ModelCredit.First(allocations))
        {
            IssueDate = command.IssueDate,
            CompanyRate = CompanyRateOf(of),
        });
        return Settled(allocations, credits[^1]);
    }

    private string Pay(PostPayment command)
    {
        var (amount, of) = (command.Amount.Amount, command.Amount.Currency);
        if (credits.Exists(credit => credit.IsPayment && credit.Number == command.PaymentId.Value))
        {
            return Taken;
        }

        if (RateOf(of) is not { } rate)
        {
            return Refused(RefusalCode.NoRate);
        }

        List<ModelAllocation> allocations;
        if (command.Allocations is null)
        {
            allocations = ByPolicy(command.Remittance?.Body ?? string.Empty, of, amount, command.ReceivedOn);
        }
        else if (Copy().SettleAsAsked(command.Amount, command.Allocations, command.ReceivedOn, []) is { } refusal)
        {
            return Refused(refusal);
        }
        else
        {
            SettleAsAsked(command.Amount, command.Allocations, command.ReceivedOn, allocations = []);
        }

        credits.Add(new ModelCredit(
            command.PaymentId.Value, true, of, rate, amount, command.ClearsOn, ModelCredit.First(allocations), command.ReceivedOn)
        {
            CompanyRate = CompanyRateOf(of),
        });
        KeepBlock(allocations, back: false);
        return Settled(allocations, credits[^1]);
    }

    private List<ModelAllocation> ByPolicy(string text, Currency of, decimal amount, DateOnly? valueDate, VatWay way = VatWay.NetFirst)
    {
        var numbers = Regex.Matches(text, @"\S+").SelectMany(word => NumbersIn(word.Value, of)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var meant = ItemsIn(of).Where(each => numbers.Contains(each.Invoice.Number)).ToList();
        var part = PartOf(meant, amount);
        var isAll = part is not null || amount == meant.Sum(each => each.Item.Open) || amount == meant.Sum(each => each.Item.Open - each.Invoice.EarnedOn(each.Item, valueDate));
        var held = isAll ? [] : meant.FindAll(each => each.Invoice.IsRetained(each.Item));
        var all = meant.Select(each => each.Invoice).ToHashSet<ModelInvoice>(ReferenceEqualityComparer.Instance);
        meant = isAll ? meant : meant.FindAll(each => !each.Invoice.IsRetained(each.Item));
        var named = SettleParts(meant.Select(each => (each.Invoice, each.Item, OpenOf(each.Item, part))), amount, valueDate, way: way, part: part);
        var left = amount - named.Sum(allocation => allocation.Amount);
        var order = PolicyOrder(of, left, valueDate, all, held, out part);
        List<ModelAllocation> lines = [.. named, .. SettleParts(order, left, valueDate, named, way: way, part: part)];
        Recover(of, null, null, amount - lines.Sum(line => line.Amount), lines);
        return lines;
    }

    /// <summary>The word itself where it is the number of an open invoice, bare of what is around it, or else its parts.</summary>
    private IEnumerable<string> NumbersIn(string word, Currency of)
    {
        bool IsOpen(string number) => number.Length >= 3
            && ItemsIn(of).Any(each => each.Invoice.Number.Equals(number, StringComparison.OrdinalIgnoreCase));
        string Bare(string text) => Regex.Replace(text, @"^[^\w-]+|[^\w-]+$", string.Empty);
        string[] whole = [word, Bare(word)];
        return whole.FirstOrDefault(IsOpen) is { } one ? [one] : Regex.Split(word, @"[^\w#.-]").Select(Bare).Where(IsOpen);
    }

    private IEnumerable<(ModelInvoice Invoice, ModelItem Item, decimal? Part)> PolicyOrder(
        Currency of, decimal amount, DateOnly? on, HashSet<ModelInvoice> named, List<(ModelInvoice Invoice, ModelItem Item)> held, out ItemPart? part)
    {
        part = null;

        // As the policy says; if it says nothing: what is due, interest, fees, and then the same of what is not due yet.
        var kinds = terms.Settlement?.Kinds.ToList() ?? [SettlementKind.Invoice, SettlementKind.Interest, SettlementKind.Fee];
        var items = ItemsIn(of).Where(each => !named.Contains(each.Invoice)).ToList();
        items = terms.Settlement?.By == SettlementDate.IssueDate ? [.. items.OrderBy(each => each.Invoice.IssueDate)] : items;
        items = [.. items.OrderBy(each => kinds.IndexOf(Enum.Parse<SettlementKind>(each.Invoice.IsClaim ? each.Invoice.Kind.ToString() : "Invoice")))];
        items = terms.Settlement?.DueFirst == false ? items : [.. items.OrderBy(each => each.Item.DueDate > Today)];
        items = [.. items.OrderBy(each => each.Invoice.IsRetained(each.Item))];
        var trade = items.FindAll(each => !each.Invoice.IsClaim && !each.Invoice.IsRetained(each.Item));
        if (trade.Find(each => each.Item.Open == amount) is { Item: not null } one)
        {
            return [(one.Invoice, one.Item, null)];
        }

        var whole = trade.Find(each => each.Invoice.Open == amount).Invoice;
        decimal Net((ModelInvoice Invoice, ModelItem Item) each) => each.Invoice.EarnedOn(each.Item, on) is > 0 and var earned ? each.Item.Open - earned : -1;
        if (whole is null && trade.Find(each => Net(each) == amount) is { Item: not null } net)
        {
            return [(net.Invoice, net.Item, null)];
        }

        whole ??= trade.Find(each => each.Invoice.Items.Sum(item => each.Invoice.EarnedOn(item, on)) is > 0 and var earned
            && each.Invoice.Open - earned == amount).Invoice;
        return whole is null
            ? WithoutRetained(trade, amount, on) ?? ByPart(trade, amount, out part) ?? DisputedLast([.. held, .. items])
            : items.Where(each => each.Invoice == whole).OrderBy(each => each.Item.Number).Select(each => (each.Invoice, each.Item, (decimal?)null));
    }

    private IEnumerable<(ModelInvoice Invoice, ModelItem Item)> Asked(AllocationRequest request) =>
        from each in Items
        where each.Invoice.Number == request.Invoice.Value && (request.Instalment is null || request.Instalment == each.Item.Number)
        orderby each.Item.DueDate, each.Item.Number
        select each;

    private RefusalCode? SettleAsAsked(
        Money of, IReadOnlyList<AllocationRequest> requests, DateOnly? valueDate, List<ModelAllocation> lines, VatWay way = VatWay.NetFirst)
    {
        if (requests.Sum(request => request.Amount) > of.Minor)
        {
            return RefusalCode.AllocationExceedsPayment;
        }

        var openBefore = Items.Select(each => each.Item).ToHashSet();
        foreach (var request in requests)
        {
            if (FindInvoice(request.Invoice) is not { } invoice)
            {
                return RefusalCode.InvoiceUnknown;
            }

            if (invoice.Open > 0 && invoice.Currency != of.Currency)
            {
                return RefusalCode.CurrencyMismatch;
            }

            var wanted = Money.ToDecimal(request.Amount, of.Currency);
            var isOfPart = request.Part is not null && invoice.Items.Exists(openBefore.Contains);
            if (isOfPart && invoice.Items.Exists(item => openBefore.Contains(item) && item.Vat == 0 && (request.Instalment ?? item.Number) == item.Number))
            {
                return RefusalCode.ItemNotSplit;
            }

            var settled = SettleParts(
                Asked(request).Select(each => (each.Invoice, each.Item, OpenOf(each.Item, request.Part))), wanted, valueDate, maybeShort: false, way: way, part: request.Part);
            lines.AddRange(settled);
            var left = wanted - settled.Sum(line => line.Amount);
            if ((isOfPart ? left : Recover(of.Currency, invoice, request.Instalment, left, lines)) > 0)
            {
                return RefusalCode.AllocationExceedsOpen;
            }
        }

        if (requests.Sum(request => request.Amount) == of.Minor)
        {
            // Nothing of the money is left: each item that it touched and did not clear was paid short.
            for (var at = 0; at < lines.Count; at++)
            {
                var last = lines[at];
                if (last.Debt is not null || last.Item.Open == 0 || lines.Skip(at + 1).Any(later => later.Item == last.Item && later.Debt is null))
                {
                    continue;
                }

                lines[at] = PaidShort(last, last.Item.Open, valueDate, lines);
                var more = lines[at].Taken - last.Taken;
                var ofReturned = Math.Min(more, last.Item.Returned);
                lines[at] = lines[at] with { OfReturned = last.OfReturned + ofReturned };
                (last.Item.Open, last.Item.Returned) = (last.Item.Open - more, last.Item.Returned - ofReturned);
                if (more > 0)
                {
                    lines[at] = lines[at] with { Vat = last.Vat + last.Item.OpenVat };
                    last.Item.OpenVat = 0;
                }
            }
        }

        return null;
    }

    /// <summary>A small difference, as far as the year's allowance goes, unless it is a discount taken too late.</summary>
    private ModelAllocation PaidShort(ModelAllocation line, decimal rest, DateOnly? valueDate, List<ModelAllocation> before)
    {
        var used = credits.Where(credit => !credit.Reversed).SelectMany(credit => credit.Allocations).Concat(before)
            .Concat(WrittenOffLines).Sum(each => Worth(each.Difference, each.Invoice));
        var isLateDiscount = line.Invoice.MayEarn(line.Item) && line.Invoice.Discount.Any(step => line.Invoice.DiscountOf(line.Item, step.Percent) - line.Item.Discounted == rest);
        return valueDate is not null && !isLateDiscount
            && Worth(rest, line.Invoice) <= Math.Min(Policy(ModelTerms.SmallPerItem), Policy(ModelTerms.SmallPerYear) - used)
            ? line with { Forgiven = line.Forgiven + rest, Difference = rest }
            : line;
    }

    /// <summary>
    /// Pays items in order; what a bounce had re-opened first. Money of a value date takes with it the discounts that it earns,
    /// as far as it needs them, and a small difference of the last item, as far as all of those before leave room for it.
    /// </summary>
    private List<ModelAllocation> Settle(
        IEnumerable<(ModelInvoice Invoice, ModelItem Item)> order, decimal amount, DateOnly? valueDate = null, bool maybeShort = true,
        VatWay way = VatWay.NetFirst) =>
        SettleParts(order.Select(each => (each.Invoice, each.Item, (decimal?)null)), amount, valueDate, null, maybeShort, way);

    /// <summary>The same for items of which only a part stands in the order: that earns no discount.</summary>
    private List<ModelAllocation> SettleParts(
        IEnumerable<(ModelInvoice Invoice, ModelItem Item, decimal? Part)> order, decimal amount, DateOnly? valueDate = null,
        List<ModelAllocation>? before = null, bool maybeShort = true, VatWay way = VatWay.NetFirst, ItemPart? part = null,
        DateOnly? movedOn = null)
    {
        var lines = new List<ModelAllocation>();
        decimal open = 0;
        foreach (var (invoice, item, limit) in order.Where(each => (each.Part ?? each.Item.Open) > 0).ToList())
        {
            if (amount > 0)
            {
                open = limit ?? item.Open;
                var earned = limit is null ? invoice.EarnedOn(item, valueDate) : 0;
                var discount = amount + earned >= open ? earned : 0;
                var paid = Math.Min(amount, open - discount);
                lines.Add(new ModelAllocation(invoice, item, paid, 0) { Forgiven = discount });
                amount -= paid;
            }
        }

        for (var i = lines.Count - 1; i >= 0; i--)
        {
            var more = Math.Min(amount, lines[i].Forgiven);
            lines[i] = lines[i] with { Amount = lines[i].Amount + more, Forgiven = lines[i].Forgiven - more };
            amount -= more;
        }

        if (maybeShort && lines.Count > 0 && lines[^1] is var last && open - last.Taken is > 0 and var rest && amount == 0)
        {
            lines[^1] = PaidShort(last, rest, valueDate, before ?? []);
        }

        for (var i = 0; i < lines.Count; i++)
        {
            var item = lines[i].Item;
            lines[i].Invoice.Moved(item, movedOn ?? Today);
            lines[i] = lines[i] with { OfReturned = Math.Min(lines[i].Taken, item.Returned), Vat = VatOf(lines[i], way, part, isAllOfIt: lines.Count == 1) };
            (item.Open, item.Returned, item.OpenVat) = (item.Open - lines[i].Taken, item.Returned - lines[i].OfReturned, item.OpenVat - lines[i].Vat);
            item.Discounted += lines[i].Forgiven - lines[i].Difference;
        }

        return lines;
    }

    private void Reopen(ModelAllocation line, bool isCreditNote, bool bounced)
    {
        if (line.Debt is { } debt)
        {
            debt.Recovered -= line.Amount;
            return;
        }

        line.Item.Credited -= isCreditNote ? line.Amount : 0;
        line.Item.Discounted -= line.Forgiven - line.Difference;
        line.Item.Open += line.Taken;
        line.Invoice.Moved(line.Item, Today);
        line.Item.OpenVat += line.Vat;
        line.Item.Returned += bounced ? line.Taken : line.OfReturned;
    }

    private string Reverse(ReversePayment command)
    {
        if (credits.Find(credit => credit.IsPayment && credit.Number == command.PaymentId.Value) is not { } payment)
        {
            return Refused(RefusalCode.NotFound);
        }

        if (payment.Reversed)
        {
            return Taken;
        }

        ReverseRefunds(payment);
        payment.Reversed = true;
        foreach (var allocation in payment.Allocations)
        {
            Reopen(allocation, isCreditNote: false, command.Reason == ReversalReason.Bounced);
        }

        KeepBlock([.. payment.Allocations], back: true, command.Reason == ReversalReason.Bounced);

        return Done;
    }

    private static string Settled(IEnumerable<ModelAllocation> allocations, ModelCredit by) => Settled(allocations.Select(each => new SettledLine(
        each.Invoice.Number, each.Item.Number, each.Amount, each.Forgiven, each.Vat,
        DifferenceOf(by.Currency, each.Amount, by.CompanyRate, each.Invoice.CompanyRate))));

    private static long Minor(decimal amount, Currency of) => (long)(amount * of.MinorPerMajor);

    /// <summary>What one invoice takes from one reservation.</summary>
    private sealed record Taking(ModelReservation Of, decimal Gross, decimal OnCredit, decimal Prepaid, bool Final)
    {
        private decimal CapturedAfter => Of.Captured + Gross;

        public bool Ends => Final || CapturedAfter >= Of.Ordered;

        /// <summary>It lapsed as a whole, or more is taken than is left beside what timed out.</summary>
        public bool IsAfterLapse => Of.Status == ReservationStatus.Lapsed
            || (Of.TimedOut > 0 && (OnCredit > Of.Earmarked || CapturedAfter > Of.Amount));

        /// <summary>Not more than is still to come less what is paid of that already.</summary>
        private decimal RestAfter => Math.Min(Of.Rest - OnCredit, Of.Ordered - CapturedAfter - (Of.Paid - Prepaid));

        /// <summary>What has not timed out is used up first.</summary>
        public decimal EarmarkedAfter => !Of.IsActive
            ? 0
            : Math.Max(0, Math.Min(Of.Earmarked - OnCredit, Of.Amount - CapturedAfter - (Of.Paid - Prepaid)));

        public void Apply()
        {
            var (ends, rest, earmarked) = (Ends, RestAfter, EarmarkedAfter);
            Of.Captured += Gross;
            Of.CapturedOnCredit += OnCredit;
            Of.Paid -= Prepaid;
            Of.Delivered = ends ? 0 : Math.Min(earmarked, Math.Max(0, Of.Delivered - OnCredit));
            if (ends)
            {
                // It is over for what was captured of it, also where that is less than was ordered and more than was earmarked.
                Of.Ordered = Math.Min(Of.Ordered, Math.Max(Of.Amount, Of.Captured));
                (Of.Status, Of.Rest, Of.TimedOut) = (ReservationStatus.Captured, 0, 0);
                return;
            }

            Of.Rest = rest;
            Of.TimedOut = Of.IsActive ? rest - earmarked : 0;
            Of.Settle();
        }
    }
}
