using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Swift;

/// <summary>One message, field by field. With an opening balance it is an MT940, else an MT942.</summary>
internal sealed class MtMessage(MtTag reference, Queue<StatementPart> parts)
{
    private readonly List<ControlTotals> totals = [];
    private readonly List<string> warnings = [];
    private MtTag? account;
    private MtTag? sequence;
    private Currency? currency;
    private Balance? opening;
    private Balance? closing;
    private Balance? available;
    private Place closingPlace = reference.Place;
    private Place? continuesAt;
    private MtEntry? entry;
    private List<string>? purpose;
    private bool isContinued;
    private bool isInterim;
    private bool isOpen;

    public void Take(MtTag field)
    {
        switch (field.Tag)
        {
            case "25" or "25P":
                account = field;
                break;
            case "28" or "28C":
                sequence = field;
                break;
            case "60F" or "60M":
                opening = ReadBalance(field);
                continuesAt = field.Tag == "60M" ? field.Place : null;
                break;
            case "34F":
                isInterim = true;
                Join(StatementAmount.Currency(field.First.Length >= 3 ? field.First[..3] : field.First, field.Place), field);
                break;
            case "13" or "13D":
                isInterim = true;
                break;
            case "61":
                EndEntry();
                Open();
                entry = MtEntry.Read(field, currency!, opening is not null, warnings);
                break;
            case "86" when entry is not null:
                // Behind the balances the text is the statement's, not an entry's; an entry may have several.
                (purpose ??= []).AddRange(field.Lines);
                break;
            case "62F" or "62M":
                EndEntry();
                closing = ReadBalance(field);
                closingPlace = field.Place;
                isContinued = field.Tag == "62M";
                break;
            case "64":
                available = ReadBalance(field);
                break;
            case "90C" or "90D":
                EndEntry();
                ReadTotals(field);
                break;
        }
    }

    public void Close(Queue<StatementPart> into)
    {
        EndEntry();
        Open();
        if (!isInterim && closing is null)
        {
            throw StatementRefusedException.Syntax(reference.Place, "the statement has no closing balance (:62F:): the file is cut off");
        }

        into.Enqueue(new StatementClosed { Closing = closing, IsContinued = isContinued, Available = available, Totals = totals, Place = closingPlace, Warnings = warnings });
    }

    private void Open()
    {
        if (isOpen)
        {
            return;
        }

        isOpen = true;
        isInterim &= opening is null;
        if (opening is null && !isInterim)
        {
            throw StatementRefusedException.Syntax(reference.Place, "the message has neither an opening balance (:60F:) nor a floor limit (:34F:)");
        }

        if (currency is null)
        {
            throw new StatementRefusedException(StatementRefusedException.CurrencyWrong, reference.Place, "the message names no currency");
        }

        parts.Enqueue(new StatementOpened(new StatementHead
        {
            Format = isInterim ? StatementFormat.Mt942 : StatementFormat.Mt940,
            Account = MtAccount.Read(account ?? throw StatementRefusedException.Syntax(reference.Place, "the message names no account (:25:)")),
            Currency = currency,
            Id = PlainText.Of(reference.First),
            Sequence = PlainText.Of(sequence?.First),
            IsIntraday = isInterim,
            Opening = opening,
            ContinuesAt = continuesAt,
            Place = reference.Place,
        }));
    }

    private void EndEntry()
    {
        if (entry is not null)
        {
            parts.Enqueue(new EntryRead(entry.With(purpose)));
            (entry, purpose) = (null, null);
        }
    }

    // C or D, date, currency, amount.
    private Balance ReadBalance(MtTag field)
    {
        var text = field.First;
        if (text.Length < 11 || text[0] is not ('C' or 'D'))
        {
            throw StatementRefusedException.Syntax(field.Place, $"'{StatementAmount.Short(text)}' is no balance");
        }

        var own = Join(StatementAmount.Currency(text[7..10], field.Place), field);
        var amount = MtAmount.Read(text[10..], own, isBalanced: true, field);
        return new Balance(text[0] == 'C' ? amount : -amount, StatementAmount.ShortDate(text.AsSpan(1, 6), field.Place));
    }

    // Number, currency, sum.
    private void ReadTotals(MtTag field)
    {
        var text = field.First;
        var digits = text.Length - text.AsSpan().TrimStart("0123456789").Length;
        if (digits is 0 or > 9 || text.Length < digits + 4)
        {
            throw StatementRefusedException.Syntax(field.Place, $"'{StatementAmount.Short(text)}' is no number and sum");
        }

        var own = Join(StatementAmount.Currency(text[digits..(digits + 3)], field.Place), field);
        var number = long.Parse(text[..digits], System.Globalization.CultureInfo.InvariantCulture);
        var sum = MtAmount.Read(text[(digits + 3)..], own, isBalanced: false, field);
        totals.Add(field.Tag == "90C"
            ? new ControlTotals(field.Place) { Credits = number, CreditSum = sum }
            : new ControlTotals(field.Place) { Debits = number, DebitSum = sum });
    }


    private Currency Join(Currency own, MtTag field)
    {
        currency ??= own;
        return ReferenceEquals(own, currency)
            ? own
            : throw new StatementRefusedException(StatementRefusedException.CurrencyWrong, field.Place, $"is in {own}, the statement in {currency}");
    }
}
