using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Csv;

/// <summary>One line with the mapping's names for its cells.</summary>
internal sealed partial class CsvLine(string[] cells, IReadOnlyDictionary<string, int> columns, CsvMapping mapping, Place place)
{
    public Place Place => place;

    /// <summary>Null when the cell is empty.</summary>
    public string? this[CsvValue? value] => PlainText.Of(value?.Column is { } column ? cells[columns[column]] : value?.Value);

    public OwnAccount Account()
    {
        var text = this[mapping.Account] ?? throw StatementRefusedException.Syntax(place, "the line names no account");
        return Iban.From(text) is { } iban ? new OwnAccount(iban, null, null) : new OwnAccount(null, text, null);
    }

    public Currency? Currency() => mapping.Currency is null ? null : StatementAmount.Currency(this[mapping.Currency], place);

    public BankEntry Entry(Currency currency)
    {
        var booked = Date(mapping.BookedOn, "booking date");
        var amount = Amount(currency);
        return new BankEntry
        {
            BookedOn = booked,
            ValueOn = this[mapping.ValueOn] is null ? booked : Date(mapping.ValueOn!, "value date"),
            Amount = amount,
            IsCredit = amount >= 0,
            BankReference = PlainText.Reference(this[mapping.BankReference]),
            Code = this[mapping.Code],
            Text = new PaymentText(
                PlainText.Reference(this[mapping.EndToEndId]), this[mapping.Party], this[mapping.PartyAccount],
                PlainText.Of(string.Join(' ', (mapping.Remittance ?? []).Select(value => this[value]).OfType<string>())), this[mapping.StructuredReference]),
            Place = place,
        };
    }

    /// <summary>Minor units behind this line; null when the mapping has no balance.</summary>
    public long? Balance(Currency currency) => mapping.Balance is null
        ? null
        : Minor(this[mapping.Balance] ?? throw StatementRefusedException.Syntax(place, "the line has no balance"), currency);

    private long Amount(Currency currency)
    {
        if (mapping.Amount is null)
        {
            var (credit, debit) = (this[mapping.Credit], this[mapping.Debit]);
            var came = credit is null ? 0 : Minor(credit, currency);
            var went = debit is null ? 0 : Minor(debit, currency);
            return (credit is null && debit is null) || (came != 0 && went != 0)
                ? throw StatementRefusedException.Syntax(place, "the line needs either a credit or a debit")
                : came != 0 ? came : -Math.Abs(went);
        }

        var amount = Minor(this[mapping.Amount] ?? throw StatementRefusedException.Syntax(place, "the line has no amount"), currency);
        if (mapping.Direction is null)
        {
            return amount;
        }

        var word = this[mapping.Direction] ?? throw StatementRefusedException.Syntax(place, "the line does not say whether it came in or went out");
        var isDebit = mapping.DebitWords!.Contains(word, StringComparer.OrdinalIgnoreCase);
        return amount < 0 && !isDebit
            ? throw StatementRefusedException.Syntax(place, $"the amount is negative, and '{StatementAmount.Short(word)}' says that it came in")
            : isDebit ? -Math.Abs(amount) : amount;
    }

    private DateOnly Date(CsvValue value, string what)
    {
        var text = this[value];
        return DateOnly.TryParseExact(text, mapping.DateFormats(), CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : throw StatementRefusedException.Syntax(
                place, $"the {what} '{StatementAmount.Short(text)}' is not written as {string.Join(" or ", mapping.DateFormats())}");
    }

    // A point where a comma is expected parts thousands or nothing: 1.23 is not 123.
    private long Minor(string text, Currency currency)
    {
        var bare = text.EndsWith(currency.Code, StringComparison.Ordinal) ? text[..^currency.Code.Length].TrimEnd() : text;
        var point = mapping.DecimalPoint();
        if (!(point == '.' ? WithPoint() : WithComma()).IsMatch(bare))
        {
            throw StatementRefusedException.Syntax(place, $"'{StatementAmount.Short(text)}' is no amount with the decimal sign '{point}'");
        }

        var isNegative = bare[0] is '-' or '\u2212' || bare[^1] == '-';
        var minor = StatementAmount.Minor(string.Concat(bare.Where(character => char.IsAsciiDigit(character) || character == point)), point, currency, place);
        return isNegative ? -minor : minor;
    }

    [GeneratedRegex(@"^[+\-\u2212]?\s?([0-9]{1,3}([,'\u2019\s][0-9]{3})+|[0-9]+)(\.[0-9]+)?-?$")]
    private static partial Regex WithPoint();

    [GeneratedRegex(@"^[+\-\u2212]?\s?([0-9]{1,3}([.'\u2019\s][0-9]{3})+|[0-9]+)(,[0-9]+)?-?$")]
    private static partial Regex WithComma();
}
