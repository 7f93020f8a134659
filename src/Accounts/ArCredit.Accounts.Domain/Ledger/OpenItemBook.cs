using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// Everything open on one account: invoices by number, unapplied credits, sums in account currency. Sums are kept with every
/// change; cleared documents leave.
/// </summary>
internal sealed partial class OpenItemBook(Currency account)
{
    private readonly SmallMap<DocumentNumber, OpenInvoice> invoices = new();
    private readonly SmallMap<NumberKey, OpenCredit> credits = new();
    private readonly List<DueBook> books = new(0);

    // Claims are owed but not overdue unless a policy says so, so they are in books of their own; made when the first one is.
    private List<DueBook>? claims;
    private readonly SmallMap<DocumentNumber, ClearedInvoice> cleared = new();

    // Items with terms of discount that were closed lately, as they stood; made when the first one is.
    private SmallMap<(DocumentNumber Invoice, int Instalment), (ItemGiven Given, long Version)>? closed;
    private long revision;
    private NumberIndex? numbers;

    public PageMap Pages { get; } = new();

    /// <summary>Open debit items that no bounce re-opened.</summary>
    public long OpenInvoices { get; private set; }

    /// <summary>The part of open items that a bounce re-opened.</summary>
    public long Returned { get; private set; }

    /// <summary>Unapplied payments and credit notes, at least 0.</summary>
    public long Unapplied { get; private set; }

    /// <summary>Credits that are earmarked for refunds, at least 0.</summary>
    public long Earmarked { get; private set; }

    /// <summary>Open items less credits.</summary>
    public long Balance => OpenInvoices + Returned - Unapplied - Earmarked;

    /// <summary>Open documents.</summary>
    public int Count => invoices.Count + credits.Count;

    public OpenInvoice? Find(DocumentNumber number) => invoices.GetValueOrDefault(number);

    /// <summary>The open invoices of a number, however it is capitalised; as quick with 100,000 of them as with a few.</summary>
    public IEnumerable<OpenInvoice> FindAnyCase(string number)
    {
        if (numbers is null && invoices.Count <= SmallMap<DocumentNumber, OpenInvoice>.MostInArray)
        {
            return invoices.Values.Where(invoice => invoice.Number.Value.Equals(number, StringComparison.OrdinalIgnoreCase));
        }

        return (numbers ??= new NumberIndex(invoices.Values)).Find(number);
    }

    public OpenCredit? FindCredit(NumberKind kind, DocumentNumber number) => credits.GetValueOrDefault(new NumberKey(kind, number.Value));

    /// <summary>An invoice that was cleared lately and is still remembered.</summary>
    public ClearedInvoice? FindCleared(DocumentNumber number) => cleared.GetValueOrDefault(number);

    /// <summary>What was given on an item that is open, or was closed lately; null = not known here.</summary>
    public ItemGiven? FindGiven(DocumentNumber number, int instalment) =>
        Find(number)?.Find(instalment) is { } open ? new ItemGiven(number, instalment, open.Credited, open.Discounted)
        : closed is not null && closed.TryGetValue((number, instalment), out var known) ? known.Given
        : null;

    /// <summary>Cleared invoices up to this version may be forgotten: what was read before it may be out of date.</summary>
    public long ForgottenThrough { get; private set; }

    /// <summary>Drops cleared invoices whose clearing is on disk.</summary>
    public void ForgetCleared(long committedVersion)
    {
        ForgottenThrough = Math.Max(ForgottenThrough, committedVersion);
        cleared.RemoveWhere(committedVersion, static (entry, version) => entry.Version <= version);
        closed?.RemoveWhere(committedVersion, static (entry, version) => entry.Version <= version);
    }

    /// <summary>A credit note has named this invoice.</summary>
    public void Credit(StoredInvoice invoice, long version)
    {
        if (invoices.TryGetValue(invoice.Number, out var open))
        {
            open.Credited = invoice.Credited;
            Touch(open);
        }
        else
        {
            cleared[invoice.Number] = new ClearedInvoice(invoice, version, FindCleared(invoice.Number)?.LastInstalment);
        }
    }

    /// <summary>
    /// The open items of a currency in the order in which money settles them.
    /// </summary>
    public IEnumerable<OpenItem> InOrder(Currency currency, SettlementRule rule, DateOnly today)
    {
        var trade = BookOf(currency)?.InOrder ?? [];
        var claimed = claims?.Find(book => ReferenceEquals(book.Currency, currency))?.InOrder ?? [];
        if (rule.By == SettlementDate.DueDate && !claimed.Any())
        {
            // As they are kept: an account with many items is not sorted for one payment.
            return trade;
        }

        return trade.Concat(claimed)
            .OrderBy(item => item.IsRetained)
            .ThenBy(item => rule.DueFirst && item.DueDate > today)
            .ThenBy(item => Rank(rule, item))
            .ThenBy(item => rule.By == SettlementDate.IssueDate ? item.Invoice.IssueDate : item.DueDate)
            .ThenBy(item => item, DueBook.InSettlementOrder);
    }

    private static int Rank(SettlementRule rule, OpenItem item)
    {
        var kind = item.Invoice.Kind switch
        {
            DebitKind.Interest => SettlementKind.Interest,
            DebitKind.Fee => SettlementKind.Fee,
            _ => SettlementKind.Invoice,
        };
        var at = 0;
        while (rule.Kinds[at] != kind)
        {
            at++;
        }

        return at;
    }

    /// <summary>True when something was due before a day, whatever credit could be set against it.</summary>
    public bool HasDueBefore(DateOnly today) => books.Exists(book => book.InOrder.FirstOrDefault()?.DueDate < today);

    public DueBook? BookOf(Currency currency) => books.Find(book => ReferenceEquals(book.Currency, currency));

    public OpenInvoice Add(OpenInvoice invoice, int? page = null)
    {
        cleared.Remove(invoice.Number);
        invoices.Add(invoice.Number, invoice);
        numbers?.Add(invoice);
        Pages.Place(invoice, page);
        return invoice;
    }

    /// <summary>Open items that customers hold back; null = there never was one.</summary>
    public HashSet<OpenItem>? RetainedItems { get; private set; }

    /// <summary>What is retained, account currency.</summary>
    public long Retained => RetainedItems?.Sum(item => item.AccountOpen) ?? 0;

    /// <summary>Open items with a part of VAT.</summary>
    public int SplitCount { get; private set; }

    /// <summary>Opens an instalment, or more of one that is open; the VAT of one that is split is opened after it.</summary>
    public void Open(OpenInvoice invoice, int instalment, DateOnly dueDate, long original, long amount, bool returned, long instalmentVat = 0)
    {
        var item = invoice.Find(instalment);
        if (item is null)
        {
            item = instalmentVat == 0 ? new OpenItem(invoice, instalment, dueDate, original) : new SplitItem(invoice, instalment, dueDate, original, instalmentVat);
            SplitCount += instalmentVat == 0 ? 0 : 1;
            invoice.Add(item);
            Set(item, amount, returned ? amount : 0);
            EnsureBook(invoice).Add(item);
            if (item.IsRetained)
            {
                Require.That((RetainedItems ??= []).Add(item) && dueDate == RetentionTerms.NoDueDate);
            }
        }
        else
        {
            var before = (item.Open, item.AccountOpen);
            Set(item, item.Open + amount, item.Returned + (returned ? amount : 0));
            EnsureBook(invoice).Change(item, item.Open - before.Open, item.AccountOpen - before.AccountOpen);
        }
    }

    /// <summary>Of what was just opened, this is VAT.</summary>
    public void OpenVat(OpenInvoice invoice, int instalment, long vat)
    {
        if (invoice.Find(instalment) is SplitItem split)
        {
            split.ChangeVat(vat);
            Touch(invoice);
        }
        else
        {
            Require.That(vat == 0);
        }
    }

    /// <summary>Takes an amount off an instalment; what a bounce had re-opened is paid first.</summary>
    public void Reduce(DocumentNumber number, int instalment, long amount, long ofReturned, long version, long vat = 0)
    {
        var invoice = invoices.GetValueOrDefault(number) ?? throw new InvariantException("An invoice that is not open is paid.");
        var item = invoice.Find(instalment) ?? throw new InvariantException("A closed item is paid.");
        var book = EnsureBook(invoice);
        if (item.Open == amount)
        {
            Require.That(amount >= ofReturned && vat == item.OpenOf(ItemPart.Vat));
            book.Remove(item);
            Set(item, 0, 0);
            SplitCount -= item is SplitItem ? 1 : 0;
            invoice.Remove(item);
            Require.That(!item.IsRetained || RetainedItems?.Remove(item) == true);
            if (invoice.Traits?.Discount is not null)
            {
                (closed ??= new())[(number, instalment)] = (new ItemGiven(number, instalment, item.Credited, item.Discounted), version);
            }

            if (invoice.Items.Length == 0)
            {
                invoices.Remove(number);
                ForgetDisputeCredits(number);
                numbers?.Remove(invoice);
                Pages.Remove(invoice);
                cleared[number] = new ClearedInvoice(
                    invoice.Credited is { } credited ? new StoredInvoice(number, invoice.Currency, invoice.Amount, credited) : null, version,
                    invoice.LastInstalment);
            }

            return;
        }

        var before = (item.Open, item.AccountOpen);
        Set(item, item.Open - amount, item.Returned - ofReturned);
        book.Change(item, item.Open - before.Open, item.AccountOpen - before.AccountOpen);
        OpenVat(invoice, instalment, -vat);
    }

    public void AddCredit(OpenCredit credit, long open, long earmarked, int? page = null)
    {
        credits.Add(new NumberKey(credit.Kind, credit.Number.Value), credit);
        Pages.Place(credit, page);
        Change(credit, open, earmarked);
    }

    /// <summary>More or less of a credit is unapplied or earmarked; when neither is anything it leaves.</summary>
    public void SetCredit(NumberKind kind, DocumentNumber number, long open, long earmarked)
    {
        if (open + earmarked == 0)
        {
            RemoveCredit(kind, number);
            return;
        }

        Change(FindCredit(kind, number) ?? throw new InvariantException("A credit that is not open is used."), open, earmarked);
    }

    /// <summary>Credits of a currency of which something is unapplied, the oldest first.</summary>
    public IEnumerable<OpenCredit> OldestCredits(Currency currency) => credits.Values.Where(credit => credit.Open > 0 && ReferenceEquals(credit.Currency, currency))
        .OrderBy(credit => credit.Date).ThenBy(credit => credit.Kind).ThenBy(credit => credit.Number.Value, StringComparer.Ordinal);

    public void RemoveCredit(NumberKind kind, DocumentNumber number)
    {
        credits.Remove(new NumberKey(kind, number.Value), out var credit);
        Require.That(credit is not null);
        Change(credit!, 0, 0);
        Pages.Remove(credit!);
    }

    /// <summary>Open disputes; null = none.</summary>
    public Disputes? Disputes { get; private set; }

    /// <summary>What is disputed, account currency.</summary>
    public long Disputed => Disputes?.Items(Find).Sum(each => each.Item.Invoice.InAccount(each.Disputed, account)) ?? 0;

    public void Raise(DisputeState dispute)
    {
        (Disputes ??= new Disputes()).Add(dispute);
        revision++;
    }

    public void Change(DisputeState dispute) => (Disputes ?? throw new InvariantException("Nothing is disputed.")).Replace(dispute);

    public void Resolve(DocumentNumber dispute)
    {
        (Disputes ?? throw new InvariantException("Nothing is disputed.")).Remove(dispute);
        Disputes = Disputes.Count == 0 ? null : Disputes;
        revision++;
    }

    /// <summary>Payment plans; null = there never was one.</summary>
    public Plans? Plans { get; private set; }

    /// <summary>True when something is left out of overdue because it is in a plan that is active on a day.</summary>
    public bool HasPlans(DateOnly today) => Plans?.LastBreaksOn >= today;

    /// <summary>What active plans still ask for, account currency.</summary>
    public long PlannedOn(DateOnly today) => PlannedItems(today).Sum(each => each.Item.Invoice.InAccount(each.Planned, account));

    public void Add(Plan plan)
    {
        (Plans ??= new Plans()).Add(plan);
        revision++;
    }

    public void Change(PlanState plan)
    {
        (Plans ?? throw new InvariantException("Nobody asked for a plan.")).Change(plan);
        revision++;
    }

    private IEnumerable<(OpenItem Item, long Planned)> PlannedItems(DateOnly today) =>
        from plan in Plans?.Open ?? []
        where plan.IsActiveOn(today)
        from line in plan.State.Lines
        let planned = plan.Left(line.Invoice, line.Instalment)
        where planned > 0
        let item = Find(line.Invoice)?.Find(line.Instalment) ?? throw new InvariantException("A plan asks for an item that is not open.")
        select (item, planned);

    /// <summary>What disputes have credited of invoices that are open or disputed, account currency; null = nothing.</summary>
    public Dictionary<DocumentNumber, long>? DisputeCredits { get; private set; }

    /// <summary>A dispute that has ended has credited this of an invoice.</summary>
    public void CreditDisputed(DocumentNumber invoice, long amount)
    {
        if (amount > 0)
        {
            (DisputeCredits ??= [])[invoice] = DisputeCredits.GetValueOrDefault(invoice) + amount;
        }

        ForgetDisputeCredits(invoice);
    }

    // Without anything open or disputed of it, no dispute can credit more.
    private void ForgetDisputeCredits(DocumentNumber invoice)
    {
        if (DisputeCredits is not null && !invoices.ContainsKey(invoice) && Disputes?.Open.Any(dispute => dispute.Invoice == invoice) != true)
        {
            DisputeCredits.Remove(invoice);
            DisputeCredits = DisputeCredits.Count == 0 ? null : DisputeCredits;
        }
    }

    private void Set(OpenItem item, long open, long returned)
    {
        Require.That(open >= 0 && returned >= 0 && returned <= open && open <= item.Amount);
        var accountOpen = item.Invoice.InAccount(open, account);
        var accountReturned = item.Invoice.InAccount(returned, account);
        OpenInvoices += accountOpen - accountReturned - (item.AccountOpen - item.AccountReturned);
        Returned += accountReturned - item.AccountReturned;
        (item.Open, item.Returned, item.AccountOpen, item.AccountReturned) = (open, returned, accountOpen, accountReturned);
        Touch(item.Invoice);
    }

    private void Change(OpenCredit credit, long open, long earmarked)
    {
        Require.That(open >= 0 && earmarked >= 0 && open + earmarked <= credit.Amount);
        var accountOpen = credit.InAccount(open, account);
        var accountEarmarked = earmarked == 0 ? 0 : credit.InAccount(open + earmarked, account) - accountOpen;
        EnsureBook(credit.Currency, books).Credits += open - credit.Open;
        Unapplied += accountOpen - credit.AccountOpen;
        Earmarked += accountEarmarked - credit.AccountEarmarked;
        (credit.Open, credit.AccountOpen) = (open, accountOpen);
        (credit.Earmarked, credit.AccountEarmarked) = (earmarked, accountEarmarked);
        Touch(credit);
    }

    private void Touch(OpenDocument document)
    {
        revision++;
        Pages.Touch(document);
    }

    private DueBook EnsureBook(OpenInvoice invoice) =>
        invoice.Kind is DebitKind.Interest or DebitKind.Fee ? EnsureBook(invoice.Currency, claims ??= new(1)) : EnsureBook(invoice.Currency, books);

    private static DueBook EnsureBook(Currency currency, List<DueBook> among)
    {
        var book = among.Find(book => ReferenceEquals(book.Currency, currency));
        if (book is null)
        {
            among.Add(book = new DueBook(currency));
        }

        return book;
    }
}

/// <summary>An invoice cleared at a version; the invoice is null when its credits were not known then.</summary>
internal sealed record ClearedInvoice(StoredInvoice? Invoice, long Version, int? LastInstalment = null);
