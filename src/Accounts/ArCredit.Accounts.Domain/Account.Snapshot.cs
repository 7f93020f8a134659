using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Accounts.Domain.Reservations;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Sleeping and waking up.</summary>
public sealed partial class Account
{
    // A page of changed items is worth this many events: what a snapshot writes per event stays bounded, however large the account.
    private const int EventsPerPage = 50;

    // Counted whole, an account that only gains reservations would never be worth one.
    private const int EventsPerReservation = 4;

    /// <summary>Events that make a snapshot of this account worth its size, beside a fixed number.</summary>
    public int SnapshotWeight => ((reservations.ActiveCount + (usage?.Days ?? 0)) / EventsPerReservation) + uncleared.Count + (EventsPerPage * items.Pages.Touched.Count);

    /// <summary>
    /// The account as it is, and its pages: all of them, or only those that changed since the last call, with null for a
    /// page that is empty now.
    /// </summary>
    public (AccountSnapshot Head, IReadOnlyDictionary<int, PageSnapshot?> Pages) TakeSnapshot(bool allPages)
    {
        var head = new AccountSnapshot(
            Version, MasterVersion, Master, Limits, Details, Closed, currencyFixed, [.. blocks.Values], [.. reservations.Active],
            [.. uncleared.Payments.Select(payment => new UnclearedSnapshot(payment.PaymentId, payment.ClearsOn, payment.Amount))], items.Balance,
            smallDifferences is not { Count: > 0 } ? null : [.. smallDifferences.Select(year => new YearDifferences(year.Key, year.Value))],
            writeOffs is not { Count: > 0 } ? null : [.. writeOffs.Values.OrderBy(debt => debt.Id.Value, StringComparer.Ordinal).Select(debt =>
                new WriteOffSnapshot(debt.Id, debt.Currency, debt.PostedOn, debt.Lines, [.. debt.Recovered], debt.Reason))],
            items.Disputes is null ? null : [.. items.Disputes.Open],
            promises is not { Count: > 0 } ? null : [.. promises.All.Select(promise => new PromiseSnapshot(promise.State, promise.Receipts, promise.Payable))],
            items.DisputeCredits is null ? null : [.. items.DisputeCredits.OrderBy(each => each.Key.Value, StringComparer.Ordinal)
                .Select(each => new DisputeCreditSnapshot(each.Key, each.Value))],
            items.Plans is not { Count: > 0 } ? null : [.. items.Plans.All.Select(plan => new PlanSnapshot(plan.State, plan.Entries))],
            OpenRefunds is [] ? null : OpenRefunds, usage is null ? null : [.. usage.Snapshot], writeOffBlockLifted);
        var pages = (allPages ? items.Pages.All : items.Pages.Touched).ToDictionary(page => page, PageOf);
        items.Pages.MarkClean();
        return (head, pages);
    }

    /// <summary>Wakes up from a snapshot and all its pages. Throws <see cref="InvariantException"/> when they do not fit together.</summary>
    public static Account Restore(AccountId id, AccountSnapshot head, IEnumerable<(int Page, PageSnapshot Content)> pages)
    {
        var account = new Account(id)
        {
            Version = head.Version,
            MasterVersion = head.MasterVersion,
            Master = head.Master,
            Limits = head.Limits,
            Details = head.Details,
            Closed = head.Closed,
            currencyFixed = head.CurrencyFixed,
            writeOffBlockLifted = head.WriteOffBlockLifted,
            smallDifferences = head.Differences is null ? null : new(head.Differences.ToDictionary(year => year.Year, year => year.Used)),
            items = new OpenItemBook(head.Master.Currency),
            reservations = new ReservationBook(head.Master.Currency),
        };
        foreach (var block in head.Blocks)
        {
            account.blocks.Add(block.Name, block);
        }

        foreach (var state in head.Reservations)
        {
            account.reservations.Put(EndIfSpent(state), head.Version);
        }

#if PLANTED_BUGS
        head = Planted.Is("wake-forgets-uncleared") ? head with { Uncleared = [] } : head;
#endif
        foreach (var payment in head.Uncleared)
        {
            account.uncleared.Add(new UnclearedPayment(payment.PaymentId, payment.ClearsOn, payment.Amount));
        }

        foreach (var debt in head.WriteOffs ?? [])
        {
            (account.writeOffs ??= new()).Add(
                debt.Id, new WrittenOffDebt(debt.Id, debt.Currency, debt.PostedOn, debt.Lines, [.. debt.Recovered], debt.Reason));
        }

        foreach (var (page, content) in pages.OrderBy(page => page.Page))
        {
            account.RestorePage(page, content);
        }

        foreach (var metered in head.Usage ?? [])
        {
            (account.usage ??= new()).Restore(metered);
        }

        account.RestoreAgreements(head);
        account.Wake(head.Refunds ?? [], head.Version);
        account.items.Pages.MarkClean();

        // What was closed before is not in memory, so a document read earlier than this says nothing.
        account.ForgetClosed(head.Version);
        Require.That(account.items.Balance == head.Balance);
        return account;
    }

    /// <summary>What is agreed or argued about items; those are there already.</summary>
    private void RestoreAgreements(AccountSnapshot head)
    {
        foreach (var dispute in head.Disputes ?? [])
        {
            items.Raise(dispute);
        }

        foreach (var promise in head.Promises ?? [])
        {
            (promises ??= new()).Add(new Promise(promise.State, promise.Receipts ?? [], promise.Payable, OpenOf(promise.State)));
        }

        foreach (var credit in head.DisputeCredits ?? [])
        {
            items.CreditDisputed(credit.Invoice, credit.Amount);
        }

        foreach (var plan in head.Plans ?? [])
        {
            items.Add(new Plan(plan.State, plan.Entries ?? []));
        }
    }

    private PageSnapshot? PageOf(int page)
    {
        var documents = items.Pages.DocumentsOn(page);
        return documents.Count == 0
            ? null
            : new PageSnapshot(
                [.. documents.OfType<OpenInvoice>().Select(invoice => new InvoiceSnapshot(
                    invoice.Number, invoice.Currency, invoice.Amount, invoice.Rate, invoice.IssueDate, invoice.Credited,
                    [.. invoice.Items.Select(item => new ItemSnapshot(item.Instalment, item.DueDate, item.Amount, item.Open, item.Returned, item.Credited, item.Discounted,
                        item.InstalmentVat, item.OpenOf(ItemPart.Vat)))],
                    invoice.Traits, invoice.Traits?.Retention is null ? null : invoice.LastInstalment))],
                [.. documents.OfType<OpenCredit>().Select(credit => new CreditSnapshot(
                    credit.Kind, credit.Number, credit.Currency, credit.Amount, credit.Rate, credit.Date, credit.Open, credit.Earmarked))]);
    }

    private void RestorePage(int page, PageSnapshot content)
    {
        foreach (var stored in content.Invoices)
        {
            var invoice = items.Add(
                new OpenInvoice(stored.Number, stored.Currency, stored.Amount, stored.Rate, stored.IssueDate, stored.Credited, stored.Traits)
                {
                    LastInstalment = stored.LastInstalment,
                },
                page);
            foreach (var item in stored.Items)
            {
                if (item.Open > item.Returned)
                {
                    items.Open(invoice, item.Instalment, item.DueDate, item.Amount, item.Open - item.Returned, returned: false, item.VatAmount);
                }

                if (item.Returned > 0)
                {
                    items.Open(invoice, item.Instalment, item.DueDate, item.Amount, item.Returned, returned: true, item.VatAmount);
                }

                items.OpenVat(invoice, item.Instalment, item.Vat);

                var open = invoice.Find(item.Instalment)!;
                (open.Credited, open.Discounted) = (item.Credited, item.Discounted);
            }
        }

        foreach (var stored in content.Credits)
        {
            items.AddCredit(
                new OpenCredit(stored.Kind, stored.Number, stored.Currency, stored.Amount, stored.Rate, stored.Date), stored.Open, stored.Earmarked, page);
        }
    }
}
