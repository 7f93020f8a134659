using System.Globalization;
using System.Text;
using ArCredit.Banking.Statements;

namespace ArCredit.Banking.Tests.Written;

/// <summary>Writes MT940 and MT942; field 86 in one of the ways banks do.</summary>
internal sealed class MtWriter(Dialect86 dialect, bool inEnvelope)
{
    private readonly StringBuilder text = new();

    public static string Write(IEnumerable<WrittenStatement> statements, Dialect86 dialect, bool inEnvelope)
    {
        var writer = new MtWriter(dialect, inEnvelope);
        foreach (var statement in statements)
        {
            writer.Write(statement);
        }

        return writer.text.ToString();
    }

    /// <summary>What the format keeps of an entry.</summary>
    public static BankEntry Kept(BankEntry entry, Dialect86 dialect) => entry with
    {
        Code = dialect switch
        {
            Dialect86.German => "NTRF/166",
            Dialect86.Polish => "NTRF/020",
            _ => "NTRF",
        },
        Text = dialect == Dialect86.Free ? entry.Text with { Party = null, PartyAccount = null, EndToEndId = Own(entry) } : entry.Text,
    };

    private static string? Own(BankEntry entry) => entry.Text.EndToEndId is { Length: > 16 } longer ? longer[..16] : entry.Text.EndToEndId;

    private void Write(WrittenStatement statement)
    {
        var head = statement.Head;
        text.Append(inEnvelope ? "{1:F01COBADEFFXXXX0000000000}{2:O9401200250101COBADEFFXXXX00000000002501011200N}{4:\r\n" : "\r\n");
        Line($":20:{head.Id}");
        Line($":25:{head.Account.Iban ?? $"{head.Account.Bank}/{head.Account.Number}"}");
        Line($":28C:{head.Sequence}");
        if (head.Opening is { } opening)
        {
            Line($":60{(statement.IsFirst ? 'F' : 'M')}:{Shown(statement, opening)}");
        }
        else
        {
            Line($":34F:{statement.Currency}D0,");
            Line($":13D:2501011200+0100");
        }

        foreach (var entry in statement.Entries)
        {
            Write(statement, entry);
        }

        if (head.Opening is null)
        {
            WriteTotals(statement, 'D', statement.Entries.Where(entry => !entry.IsCredit));
            WriteTotals(statement, 'C', statement.Entries.Where(entry => entry.IsCredit));
        }
        else
        {
            Line($":62{(statement.IsLast ? 'F' : 'M')}:{Shown(statement, statement.Closing)}");
            Line($":64:{Shown(statement, statement.Closing)}");
        }

        text.Append(inEnvelope ? "-}\r\n" : "-\r\n");
    }

    private void Write(WrittenStatement statement, BankEntry entry)
    {
        var mark = entry.IsReversal ? entry.IsCredit ? "RD" : "RC" : entry.IsCredit ? "C" : "D";
        var reference = (dialect == Dialect86.Free ? Own(entry) : null) ?? "NONREF";
        var bank = entry.BankReference is null ? string.Empty : $"//{entry.BankReference}";
        Line($":61:{WrittenStatement.ShortDay(entry.ValueOn)}{entry.BookedOn:MMdd}{mark}{(entry.Amount % 2 == 0 ? "R" : string.Empty)}{Comma(statement, entry.Amount)}NTRF{reference}{bank}");
        var purpose = dialect switch
        {
            Dialect86.German => $"166?00GUTSCHRIFT?109301{Lines(Tagged(entry), 20, '?')}?30COBADEFFXXX?31{entry.Text.PartyAccount}{Lines(entry.Text.Party!, 32, '?')}?34000",
            Dialect86.Polish => $"020<00Wyplata<10123{Lines(Tagged(entry), 20, '<')}{Lines(entry.Text.Party!, 27, '<')}<3010101010<38{entry.Text.PartyAccount}",
            Dialect86.Dutch => $"/TRTP/SEPA OVERBOEKING/IBAN/{entry.Text.PartyAccount}/BIC/INGBNL2A/NAME/{entry.Text.Party}/REMI/{entry.Text.Remittance}/EREF/{entry.Text.EndToEndId ?? "NOTPROVIDED"}",
            _ => entry.Text.Remittance!,
        };
        Line($":86:{(dialect == Dialect86.Free ? Wrapped(purpose) : string.Join("\r\n", purpose.Chunk(65).Select(chunk => new string(chunk))))}");
    }

    private static string Tagged(BankEntry entry)
    {
        var endToEnd = entry.Text.EndToEndId is null ? string.Empty : $"EREF+{entry.Text.EndToEndId}".PadRight(27);
        return $"{endToEnd}SVWZ+{entry.Text.Remittance}";
    }

    private static string Lines(string text, int first, char separator) =>
        string.Concat(text.Chunk(27).Select((chunk, index) => $"{separator}{first + index}{new string(chunk)}"));

    private static string Wrapped(string text)
    {
        var lines = new StringBuilder();
        var width = 0;
        foreach (var word in text.Split(' '))
        {
            var breaks = width > 0 && width + word.Length > 60;
            lines.Append(width == 0 ? string.Empty : breaks ? "\r\n" : " ").Append(word);
            width = breaks ? word.Length : width + word.Length + 1;
        }

        return lines.ToString();
    }

    private void WriteTotals(WrittenStatement statement, char mark, IEnumerable<BankEntry> entries)
    {
        var all = entries.ToList();
        Line($":90{mark}:{all.Count}{statement.Currency}{Comma(statement, all.Sum(entry => entry.Amount))}");
    }

    private static string Shown(WrittenStatement statement, Balance balance) =>
        $"{(balance.Amount < 0 ? 'D' : 'C')}{WrittenStatement.ShortDay(balance.On)}{statement.Currency}{Comma(statement, balance.Amount)}";

    private static string Comma(WrittenStatement statement, long minor)
    {
        var amount = statement.Amount(minor).Replace('.', ',');
        return amount.Contains(',', StringComparison.Ordinal) ? amount : amount + ",";
    }

    private void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
}

/// <summary>How field 86 is written.</summary>
internal enum Dialect86
{
    German,
    Polish,
    Dutch,
    Free,
}
