using System.Globalization;
using System.Text;
using ArCredit.Banking.Statements;

namespace ArCredit.Banking.Tests.Written;

/// <summary>Writes BAI2: a group for each statement.</summary>
internal sealed class BaiWriter
{
    private readonly StringBuilder text = new();
    private int lines;

    public static string Write(IReadOnlyCollection<WrittenStatement> statements)
    {
        var writer = new BaiWriter();
        writer.Line($"01,20050550,ARCREDIT,260101,1200,001,80,1,2/");
        var total = statements.Sum(writer.Write);
        writer.Line($"99,{total},{statements.Count},{writer.lines + 1}/");
        return writer.text.ToString();
    }

    /// <summary>What the format keeps of an entry.</summary>
    public static BankEntry Kept(BankEntry entry) => entry with { Text = entry.Text with { Party = null, PartyAccount = null } };

    private long Write(WrittenStatement statement)
    {
        var begin = lines;
        Line($"02,ARCREDIT,{statement.Head.Account.Bank},1,{WrittenStatement.ShortDay(statement.Closing.On)},,{statement.Currency},2/");
        var account = lines;
        var credits = statement.Entries.Where(entry => entry.IsCredit).ToList();
        var credited = credits.Sum(entry => entry.Amount);
        var total = statement.Head.Opening!.Amount + statement.Closing.Amount + credited;
        Line($"03,{statement.Head.Account.Number},{statement.Currency},010,{statement.Head.Opening.Amount},,/");
        Line($"88,015,{statement.Closing.Amount},,,100,{credited},{credits.Count},Z/");
        foreach (var entry in statement.Entries)
        {
            total += Math.Abs(entry.Amount);
            var funds = entry.ValueOn == entry.BookedOn ? "S,1,2,3" : $"V,{WrittenStatement.ShortDay(entry.ValueOn)},1200";
            var words = entry.Text.Remittance!.Split(' ', 2);
            Line($"16,{entry.Code},{Math.Abs(entry.Amount)},{funds},{entry.BankReference},{entry.Text.EndToEndId},{words[0]}");
            if (words.Length > 1)
            {
                Line($"88,{words[1]}");
            }
        }

        Line($"49,{total},{lines - account + 1}/");
        Line($"98,{total},1,{lines - begin + 1}/");
        return total;
    }

    private void Line(FormattableString line)
    {
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        lines++;
    }
}
