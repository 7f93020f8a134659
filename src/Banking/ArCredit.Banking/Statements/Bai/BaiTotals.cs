namespace ArCredit.Banking.Statements.Bai;

/// <summary>The control total of an account, group or file: a sum and numbers of what lies inside.</summary>
internal sealed class BaiTotals(BaiRecord opening)
{
    private Int128 sum;
    private long inside;
    private long lines;

    public BaiRecord Opening { get; } = opening;

    public void AddLines(BaiRecord record) => lines += record.Physical;

    public void AddAmount(long amount) => sum += amount;

    /// <summary>Takes over what an inner record closed.</summary>
    public void Add(BaiTotals inner)
    {
        sum += inner.sum;
        inside++;
    }

    /// <summary>Holds the closing record against what was read: sum, number inside (groups and files) and number of lines.</summary>
    public void Hold(BaiRecord closing, bool countsInside)
    {
        Same(closing, "control total", sum);
        if (countsInside)
        {
            Same(closing, "number inside", inside);
        }

        Same(closing, "number of records", lines);
    }

    private static void Same(BaiRecord closing, string what, Int128 read)
    {
        if (closing.NextNumber(what) is { } stated && stated != read)
        {
            throw new StatementRefusedException(StatementRefusedException.TotalsWrong, closing.Place, $"the {what} is stated as {stated}, the file gives {read}");
        }
    }
}
