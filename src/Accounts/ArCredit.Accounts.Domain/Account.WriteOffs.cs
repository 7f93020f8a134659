using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Debit notes and claims, and what is given up of debit items and comes back after all.</summary>
public sealed partial class Account
{
    // Bad debt that was written off and not taken back, recovered or not; made when the first one is.
    private SmallMap<DocumentNumber, WrittenOffDebt>? writeOffs;

    // Its block stands no more, because somebody lifted it: what is undone does not bring it back.
    private bool writeOffBlockLifted;

    // Waivers and differences that were taken back lately: what was read before does not know.
    private SmallMap<DocumentNumber, long>? writeOffsReversed;

    private Verdict DecideDebit(PostDebit command, Standing stand)
    {
        var number = new NumberKey(NumberKind.Invoice, command.Number.Value);
        if (items.Find(command.Number) is not null)
        {
            return new Verdict.Taken(number);
        }

        if (command.TaxAmount > command.Amount.Minor)
        {
            return TaxExceeds(command.TaxAmount.Value, command.Amount);
        }

        var postedOn = command.PostedOn ?? (stand.Context.History ? command.IssueDate : stand.Today);
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        if (PostedRate(command.Amount, command.FxRate, postedOn, stand, out var rate) is { } unheld)
        {
            return unheld;
        }

        var due = command.DueDate ?? (Master.PaymentTerms ?? stand.Policy.PaymentTerms).DueDate(command.IssueDate);
        return new Verdict.Append(
            [new DebitPosted(
                command.Kind, command.Number, command.IssueDate, due, postedOn, command.Amount.Currency, command.Amount.Minor, rate,
                CompanyRate(command.Amount.Currency, rate, postedOn, stand), command.Invoice, command.Reference, stand.Context.History,
                TaxAmount: command.TaxAmount, Vat: stand.Company.SplitVat && command.Kind == DebitKind.DebitNote ? command.TaxAmount ?? 0 : 0)],
            [number]);
    }

    private Verdict DecideWriteOff(WriteOff command, Standing stand, KnownDocument? known)
    {
        if (writeOffs?.ContainsKey(command.Id) == true)
        {
            return new Verdict.Taken(new NumberKey(NumberKind.WriteOff, command.Id.Value));
        }

        if (items.Find(command.Invoice) is not { } invoice)
        {
            return CreditedInvoice(command.Invoice, known, out _) ?? Exceeds("Nothing");
        }

        if (command.Kind == WriteOffKind.Waiver && invoice.Kind is not (DebitKind.Interest or DebitKind.Fee))
        {
            return new Verdict.Refuse(RefusalCode.NotAClaim, $"{invoice.Number} is no claim for interest or a fee; write it off instead.");
        }

        var open = invoice.Items.Where(item => command.Instalment is null || item.Instalment == command.Instalment).OrderBy(item => item.DueDate).ToList();
        var amount = new Money(open.Sum(item => item.Open), invoice.Currency);
        if (command.Amount is { } asked && Money.TryFromAmount(asked, invoice.Currency, out amount) is not AmountFault.None and var fault)
        {
            return fault == AmountFault.TooLarge
                ? new Verdict.Refuse(RefusalCode.AmountTooLarge, $"{asked} is more than can be held.")
                : new Verdict.Refuse(RefusalCode.AmountDecimals, $"{asked} has more decimals than {invoice.Currency} has ({invoice.Currency.Decimals}).");
        }

        var postedOn = command.PostedOn ?? stand.Today;
        if (InOpenPeriod(command, stand, ref postedOn) is { } closed)
        {
            return closed;
        }

        var lines = new List<Allocation>();
        var means = MeansOf(stand.Today, postedOn, invoice.Currency, null, stand);
        var plain = new Means(null, null, invoice.Currency, stand.Company.Currency, stand.Today);
        if (amount.Minor == 0 || Spread(Targets(open), amount.Minor, plain, lines, out _) > 0)
        {
            return Exceeds($"Less than {amount}");
        }

        new VatParts(items).Take(lines, 0, VatOrder.InProportion);
        if (command.Kind == WriteOffKind.SmallDifference)
        {
            var value = invoice.InAccount(amount.Minor, Currency);
            if (value > means.PerItem || value > means.Room)
            {
                return new Verdict.Refuse(RefusalCode.DifferenceTooLarge, $"{amount} is above the policy's tolerance for an item or for this customer's year.");
            }

            lines = lines.ConvertAll(line => line with { Amount = 0, Difference = line.Amount, DifferenceYear = means.Year });
        }

        var writtenOff = new WrittenOff(command.Id, command.Kind, postedOn, invoice.Currency, lines, command.Reason.Reference);
        return new Verdict.Append(
            command.Kind == WriteOffKind.BadDebt && !blocks.ContainsKey(AccountView.WriteOffBlock)
                ? [writtenOff, new BlockSet(AccountView.WriteOffBlock, false, writtenOff.Reason)]
                : [writtenOff],
            [new NumberKey(NumberKind.WriteOff, command.Id.Value)]);

        Verdict.Refuse Exceeds(string what) => new(RefusalCode.WriteOffExceedsOpen, $"{what} is open on {command.Invoice}.");
    }

    private Verdict DecideWriteOffReversal(ReverseWriteOff command, Standing stand, KnownDocument? known)
    {
        var number = new NumberKey(NumberKind.WriteOffReversal, command.Id.Value);
        if (writeOffsReversed?.ContainsKey(command.Id) == true)
        {
            return new Verdict.Taken(number);
        }

        WrittenOff? given = null;
        if (writeOffs is null || !writeOffs.TryGetValue(command.Id, out var debt))
        {
            var request = new DocumentRequest(NumberKind.WriteOff, command.Id);
            if (known?.Of(request) is not { } reading || reading.AsOfVersion < items.ForgottenThrough)
            {
                return new Verdict.Needs(request);
            }

            given = reading.WriteOff;
            debt = null;
        }

        if (debt is null && given is null)
        {
            return new Verdict.Refuse(RefusalCode.NotFound, $"There is no write-off {command.Id}.");
        }

        if (debt?.IsRecovered == true)
        {
            return new Verdict.Refuse(RefusalCode.WriteOffRecovered, $"Money was received for write-off {command.Id}; undo its allocations first.");
        }

        var (kind, currency, postedOn, lines) = debt is not null
            ? (WriteOffKind.BadDebt, debt.Currency, debt.PostedOn, debt.Lines)
            : (given!.Kind, given.Currency, given.PostedOn, given.Lines);
        var on = command.On ?? Later(stand.Today, postedOn);
        if (InOpenPeriod(command, stand, ref on) is { } closed)
        {
            return closed;
        }

        if (on < postedOn)
        {
            return new Verdict.Refuse(RefusalCode.AllocationBeforeCredit, $"The write-off was posted on {postedOn:yyyy-MM-dd}; it cannot be taken back before.");
        }

        return ToReopen(lines, CreditKind.Payment, new DocumentRequest(NumberKind.WriteOff, command.Id), known, out var reopened) is { } unknown
            ? unknown
            : new Verdict.Append(
                WithBlock(
                    new WriteOffReversed(command.Id, kind, on, currency, reopened, command.Note?.Reference),
                    -(debt?.Lines.Sum(line => line.Amount) ?? 0)),
                [number]);
    }

    /// <summary>Bad debt written off and not recovered, account currency.</summary>
    private long WrittenOffDebts => writeOffs is null ? 0 : writeOffs.Values.Sum(debt => debt.Open(Currency));

    /// <summary>The part of it that makes nothing available, because its block stands.</summary>
    public long UnavailableDebt => writeOffs is not null && blocks.ContainsKey(AccountView.WriteOffBlock) ? WrittenOffDebts : 0;

    /// <summary>An event that changes what is written off, and the block that comes and goes with it.</summary>
    private List<AccountEvent> WithBlock(AccountEvent happened, IEnumerable<Allocation> lines, int sign) =>
        writeOffs is null ? [happened] : WithBlock(happened, sign * lines.Where(line => line.WriteOff is not null).Sum(line => line.Amount));

    // Minor units of whatever currency: their sum is 0 when nothing is written off, and only then.
    private List<AccountEvent> WithBlock(AccountEvent happened, long change)
    {
        var events = new List<AccountEvent>(2) { happened };
        if (change == 0)
        {
            return events;
        }

        var stands = blocks.TryGetValue(AccountView.WriteOffBlock, out _);
        if (change < 0 && stands && writeOffs!.Values.Sum(debt => debt.Left) + change == 0)
        {
            events.Add(new BlockRemoved(AccountView.WriteOffBlock));
        }
        else if (change > 0 && !stands && (!writeOffBlockLifted || happened is PaymentReversed { Reason: ReversalReason.Bounced }))
        {
            // Undoing a mistake leaves lifted what somebody lifted; money that bounced is news.
            var oldest = writeOffs!.Values.OrderBy(debt => debt.PostedOn).ThenBy(debt => debt.Id.Value, StringComparer.Ordinal).First();
            events.Add(new BlockSet(AccountView.WriteOffBlock, false, oldest.Reason));
        }

        return events;
    }

    /// <summary>Money for bad debt that was written off, of one document or of all, as it had been due.</summary>
    /// <returns>What is left of the amount.</returns>
    private long Recover(Currency currency, DocumentNumber? document, int? instalment, long amount, List<Allocation> lines, Means means)
    {
        if (amount == 0 || writeOffs is null || lines.Count >= MostLines)
        {
            return amount;
        }

        var open =
            from debt in writeOffs.Values
            where ReferenceEquals(debt.Currency, currency)
            from at in Enumerable.Range(0, debt.Lines.Count)
            let line = debt.Lines[at]
            where (document is null || line.Invoice == document) && (instalment is null || line.Instalment == instalment)
            let used = lines.Where(each => each.WriteOff == debt.Id && each.Invoice == line.Invoice && each.Instalment == line.Instalment).Sum(each => each.Amount)
            select (debt.Id, Line: line, Left: line.Amount - debt.Recovered[at] - used);
        var inOrder = open.OrderBy(each => each.Line.DueDate).ThenBy(each => each.Line.IssueDate).ThenBy(each => each.Line.Invoice.Value, StringComparer.Ordinal)
            .ThenBy(each => each.Line.Instalment).ThenBy(each => each.Id.Value, StringComparer.Ordinal);
        foreach (var (id, line, left) in inOrder.ToList())
        {
            var part = Math.Min(amount, left);
            if (part > 0 && lines.Count < MostLines)
            {
                lines.Add(line with { Amount = part, OfReturned = 0, WriteOff = id, Vat = 0, FxDifference = means.Difference(part, line.Traits is { } traits ? traits.CompanyRate : line.Rate) });
                amount -= part;
            }
        }

        return amount;
    }

    private void ApplyDebit(DebitPosted posted)
    {
        currencyFixed = true;
        ApplyInterest(posted);
        var debit = items.Add(new OpenInvoice(
            posted.Number, posted.Currency, posted.Amount, posted.Rate, posted.IssueDate, 0, new DebitTraits(posted.Kind, null, posted.CompanyRate)));
        items.Open(debit, 1, posted.DueDate, posted.Amount, posted.Amount, returned: false, posted.Vat);
        items.OpenVat(debit, 1, posted.Vat);
    }

    private void ApplyWriteOff(WrittenOff happened)
    {
        Settle(happened.Lines, happened.Currency, CreditKind.Payment);
        if (happened.Kind == WriteOffKind.BadDebt)
        {
            (writeOffs ??= new()).Add(
                happened.Id, new WrittenOffDebt(happened.Id, happened.Currency, happened.PostedOn, happened.Lines, new long[happened.Lines.Count], happened.Reason));
        }
    }

    private void ApplyWriteOffReversal(WriteOffReversed happened)
    {
        if (happened.Kind == WriteOffKind.BadDebt)
        {
            Require.That(writeOffs is not null && writeOffs.Remove(happened.Id, out var debt) && !debt.IsRecovered);
        }

        (writeOffsReversed ??= new())[happened.Id] = Version;
        foreach (var line in happened.Lines)
        {
            Reopen(line, happened.Currency, CreditKind.Payment, bounced: false);
        }
    }

    /// <summary>Money comes in for what was written off, or goes again.</summary>
    private void ChangeRecovered(Allocation line, int sign)
    {
        Require.That(writeOffs is not null && writeOffs.TryGetValue(line.WriteOff!.Value, out _));
        writeOffs!.TryGetValue(line.WriteOff!.Value, out var debt);
        for (var at = 0; at < debt!.Lines.Count; at++)
        {
            if (debt.Lines[at].Invoice == line.Invoice && debt.Lines[at].Instalment == line.Instalment)
            {
                debt.Recovered[at] += sign * line.Amount;
                Require.That(debt.Recovered[at] >= 0 && debt.Recovered[at] <= debt.Lines[at].Amount);
                return;
            }
        }

        throw new InvariantException("Money is received for something that was not written off.");
    }
}
