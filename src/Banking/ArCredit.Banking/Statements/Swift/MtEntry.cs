using System.Globalization;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Swift;

/// <summary>Field 61: <c>value date [entry date] mark [funds code] amount type reference[//bank reference]</c>.</summary>
/// <param name="Entry">As far as the field tells.</param>
/// <param name="Reference">The owner's own.</param>
/// <param name="Supplement">What stands in its second line.</param>
internal sealed record MtEntry(BankEntry Entry, string? Reference, string? Supplement)
{
    private const string NoReference = "NONREF";

    /// <summary>Reads one; in a statement with an opening balance amounts may lack their comma.</summary>
    public static MtEntry Read(MtTag field, Currency currency, bool isBalanced, List<string> warnings)
    {
        var line = new MtCursor(field);
        var value = ValueDate(line.Take(6), field, warnings);
        var booked = line.AreDigits(4) ? EntryDate(line.Take(4), value, field) : value;

        // R before the mark takes an entry back, E announces one.
        var (isReversal, isPending) = (line.TakeIf('R'), line.TakeIf('E'));
        var mark = line.Take(1);
        if (mark is not ("C" or "D"))
        {
            throw StatementRefusedException.Syntax(field.Place, $"'{StatementAmount.Short(mark)}' is neither C nor D");
        }

        if (line.IsLetter)
        {
            line.Take(1);
        }

        var amount = MtAmount.Read(line.TakeAmount(), currency, isBalanced, field);

        // RC takes a credit back, which is a debit.
        var isCredit = mark == "C" != isReversal;
        var type = TypeOf(line, field);

        var rest = line.Rest;
        var slashes = rest.IndexOf("//", StringComparison.Ordinal);
        var reference = PlainText.Reference(slashes < 0 ? rest : rest[..slashes]);
        var entry = new BankEntry
        {
            BookedOn = booked,
            ValueOn = value,
            Amount = isCredit ? amount : -amount,
            IsCredit = isCredit,
            IsReversal = isReversal,
            IsPending = isPending,
            BankReference = slashes < 0 ? null : PlainText.Reference(rest[(slashes + 2)..]),
            Code = type,
            Text = PaymentText.None,
            Place = field.Place,
        };
        return new MtEntry(entry, reference, PlainText.Of(string.Join(' ', field.Lines.Skip(1))));
    }

    /// <summary>
    /// The entry with what its field 86 says, if it has one. Without an end-to-end id the owner's reference stands for it, unless it is the other
    /// side's account.
    /// </summary>
    public BankEntry With(IReadOnlyList<string>? purpose)
    {
        var (code, text) = purpose is null ? (null, PaymentText.None) : MtPurpose.Read(purpose);
        var account = Iban.From(Reference);
        return Entry with
        {
            Code = code is null ? Entry.Code : Entry.Code is null ? code : $"{Entry.Code}/{code}",
            Text = text with
            {
                EndToEndId = text.EndToEndId ?? (account is null ? Reference : null),
                PartyAccount = text.PartyAccount ?? account,
                Remittance = text.Remittance ?? Supplement,
            },
        };
    }

    // N, F or S and three more; banks fill it up with blanks, put one before it, or leave it out before the references.
    private static string? TypeOf(MtCursor line, MtTag field)
    {
        while (line.TakeIf(' '))
        {
        }

        if (line.Rest.StartsWith("//", StringComparison.Ordinal) || line.Rest.StartsWith(NoReference, StringComparison.Ordinal))
        {
            return null;
        }

        var type = line.Take(4);
        return type[0] is 'N' or 'F' or 'S' && type.All(character => char.IsAsciiLetterOrDigit(character) || character == ' ')
            ? type.TrimEnd()
            : throw StatementRefusedException.Syntax(field.Place, $"'{StatementAmount.Short(type)}' behind the amount is no type of a booking");
    }

    // Where interest is counted in months of 30 days, banks write value dates on the 29th and 30th of every February.
    private static DateOnly ValueDate(string text, MtTag field, List<string> warnings)
    {
        if (text[2..] is "0229" or "0230" && !text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            var first = StatementAmount.ShortDate($"{text[..4]}01", field.Place);
            var last = first.AddMonths(1).AddDays(-1);
            if (last.Day < int.Parse(text[4..], CultureInfo.InvariantCulture))
            {
                warnings.Add($"{field.Place}: the value date {text} is taken as {last:yyyy-MM-dd}, the last day of the month");
                return last;
            }
        }

        return StatementAmount.ShortDate(text, field.Place);
    }

    // Month and day; the year is the one that brings it next to the value date.
    private static DateOnly EntryDate(string text, DateOnly value, MtTag field)
    {
        var (month, day) = (int.Parse(text[..2], CultureInfo.InvariantCulture), int.Parse(text[2..], CultureInfo.InvariantCulture));
        DateOnly? nearest = null;
        foreach (var year in new[] { value.Year, value.Year - 1, value.Year + 1 })
        {
            if (StatementAmount.TryDate(year, month, day, out var date)
                && (nearest is not { } best || Math.Abs(date.DayNumber - value.DayNumber) < Math.Abs(best.DayNumber - value.DayNumber)))
            {
                nearest = date;
            }
        }

        return nearest ?? throw StatementRefusedException.Syntax(field.Place, $"'{text}' is no day of a year");
    }
}
