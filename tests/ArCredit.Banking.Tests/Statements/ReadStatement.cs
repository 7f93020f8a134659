using System.Globalization;
using System.Text;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Statements.Csv;

namespace ArCredit.Banking.Tests.Statements;

/// <summary>A statement as a reader gave it.</summary>
internal sealed record ReadStatement(StatementHead Head, IReadOnlyList<BankEntry> Entries, StatementClosed End)
{
    public static List<ReadStatement> All(byte[] file) => All(new MemoryStream(file));

    public static List<ReadStatement> All(string file) => All(Encoding.UTF8.GetBytes(file));

    public static List<ReadStatement> All(Stream file)
    {
        var all = new List<ReadStatement>();
        StatementHead? head = null;
        var entries = new List<BankEntry>();
        foreach (var part in StatementReader.Read(file, CsvKnowledge.None))
        {
            switch (part)
            {
                case StatementOpened opened:
                    (head, entries) = (opened.Head, []);
                    break;
                case EntryRead read:
                    entries.Add(read.Entry);
                    break;
                case StatementClosed closed:
                    all.Add(new ReadStatement(head!, entries, closed));
                    break;
            }
        }

        return all;
    }

    public static StatementRefusedException Refused(string file) => Shouldly.Should.Throw<StatementRefusedException>(() => All(file));

    /// <summary>Everything a statement says, without places, one line each: what is compared.</summary>
    public IEnumerable<string> Shown() =>
        [Show(Head, End.Closing, End.Available), .. Entries.Select(Show)];

    public static string Show(StatementHead head, Balance? closing, Balance? available) => Line(
        head.Format, head.Account.Iban, head.Account.Number, head.Account.Bank, head.Currency, head.Id, head.Sequence, head.IsIntraday, head.Opening, closing, available);

    public static string Show(BankEntry entry) => Line(
        entry.BookedOn, entry.ValueOn, entry.Amount, entry.IsCredit, entry.IsReversal, entry.IsPending, entry.BankReference, entry.Code, entry.Text,
        string.Concat(entry.Details.Select(detail => detail.ToString())));

    private static string Line(params object?[] values) => string.Join(" | ", values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
}
