using System.Globalization;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Bai;

/// <summary>BAI2: a file (01, 99) of groups (02, 98), one bank and day each, of accounts (03, 49) with their entries (16).</summary>
internal sealed class BaiReader(TextLines lines)
{
    // A file without currencies is in dollars.
    private const string DefaultCurrency = "USD";

    private BaiTotals? file;
    private BaiTotals? group;
    private BaiAccount? account;
    private BaiGroup groupFacts = new(null, null, default, false);
    private bool isEnded;

    /// <summary>The accounts of the file.</summary>
    public IEnumerable<StatementPart> Read()
    {
        BaiRecord? last = null;
        foreach (var record in BaiRecord.Read(lines.Read()))
        {
            last = record;
            if (isEnded)
            {
                throw StatementRefusedException.Syntax(record.Place, "stands behind the end of the file (99)");
            }

            file?.AddLines(record);
            group?.AddLines(record);
            account?.Totals.AddLines(record);
            if (Take(record) is { } part)
            {
                yield return part;
            }
        }

        if (!isEnded)
        {
            throw StatementRefusedException.Syntax(last?.Place ?? new Place(1), "the file has no end (99): it is cut off");
        }
    }

    private StatementPart? Take(BaiRecord record)
    {
        switch (record.Code)
        {
            case "01" when file is null:
                file = Opened(record);
                return null;
            case "02" when file is not null && group is null:
                group = Opened(record);
                groupFacts = ReadGroup(record);
                return null;
            case "03" when group is not null && account is null:
                var opened = Opened(record);
                account = BaiAccount.Read(record, opened, groupFacts);
                return new StatementOpened(account.Head);
            case "16" when account is not null:
                return account.Entry(record) is { } entry ? new EntryRead(entry) : null;
            case "49" when account is not null:
                account.Totals.Hold(record, countsInside: false);
                group!.Add(account.Totals);
                var closed = account.Close(record);
                account = null;
                return closed;
            case "98" when group is not null && account is null:
                group.Hold(record, countsInside: true);
                file!.Add(group);
                group = null;
                return null;
            case "99" when file is not null && group is null:
                file.Hold(record, countsInside: true);
                isEnded = true;
                return null;
            default:
                throw StatementRefusedException.Syntax(record.Place, "the record is unknown or out of its order (01, 02, 03, 16, 49, 98, 99)");
        }
    }

    private static BaiTotals Opened(BaiRecord record)
    {
        var totals = new BaiTotals(record);
        totals.AddLines(record);
        return totals;
    }

    // Receiver, originator, status, date, time, currency, what kind of date.
    private static BaiGroup ReadGroup(BaiRecord record)
    {
        record.Next();
        var bank = PlainText.Of(record.Next());
        var status = record.Next();
        if (status is not ("1" or ""))
        {
            throw StatementRefusedException.Syntax(record.Place, $"the group is no statement but a deletion, correction or test (status {StatementAmount.Short(status)})");
        }

        var date = StatementAmount.ShortDate(record.Next(), record.Place);
        record.Next();
        var currency = record.Next();
        var isInterim = record.Next() is "1" or "3";
        return new BaiGroup(bank, StatementAmount.Currency(currency.Length == 0 ? DefaultCurrency : currency, record.Place), date, isInterim);
    }
}

/// <summary>What holds for all accounts of a group.</summary>
/// <param name="Bank">Who made it.</param>
/// <param name="Currency">Of accounts that name none.</param>
/// <param name="On">The day it is about.</param>
/// <param name="IsInterim">More of the day may come.</param>
internal sealed record BaiGroup(string? Bank, Currency? Currency, DateOnly On, bool IsInterim);
