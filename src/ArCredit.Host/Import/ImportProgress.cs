using System.Globalization;
using ArCredit.Accounts.Features.Import;

namespace ArCredit.Host.Import;

/// <summary>What a run has done so far, shown in one line that is rewritten on a terminal and repeated every few seconds elsewhere.</summary>
internal sealed class ImportProgress(TextWriter console, bool isTerminal, TimeProvider time)
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);

    private readonly long[] counts = new long[Enum.GetValues<ImportOutcome>().Length];
    private readonly long started = time.GetTimestamp();
    private long shown = time.GetTimestamp();
    private long warnings;
    private long rows;

    /// <summary>How many lines came out so.</summary>
    public long this[ImportOutcome outcome] => counts[(int)outcome];

    /// <summary>A line is through.</summary>
    public void Count(ImportedLine line)
    {
        counts[(int)line.Outcome]++;
        warnings += line.Warnings is null ? 0 : 1;
        if (time.GetElapsedTime(shown) >= (isTerminal ? OnTerminal : Elsewhere))
        {
            Show();
        }
    }

    /// <summary>Rows of the file are behind us.</summary>
    public void Read(long more) => rows += more;

    /// <summary>The last word.</summary>
    public void Finish(bool complete)
    {
        Show();
        if (isTerminal)
        {
            console.WriteLine();
        }

        var verdict = complete
            ? "Import complete"
            : "Import stopped before its end; run it again to go on";
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{verdict}: {Sums()}, {warnings:N0} with a warning, {time.GetElapsedTime(started).TotalSeconds:N1} s."));
        console.Flush();
    }

    private void Show()
    {
        shown = time.GetTimestamp();
        var perSecond = counts.Sum() / Math.Max(0.001, time.GetElapsedTime(started).TotalSeconds);
        var text = string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows read, {Sums()}, {perSecond:N0} records/s");
        if (isTerminal)
        {
            console.Write($"\r{text}\u001b[K");
        }
        else
        {
            console.WriteLine(text);
        }

        console.Flush();
    }

    private string Sums() => string.Create(
        CultureInfo.InvariantCulture,
        $"{counts.Sum():N0} records: {this[ImportOutcome.Created]:N0} created, {Updated()}{this[ImportOutcome.Unchanged]:N0} unchanged, {this[ImportOutcome.Conflict]:N0} conflict, {this[ImportOutcome.Refused]:N0} refused");

    private string Updated() => this[ImportOutcome.Updated] == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{this[ImportOutcome.Updated]:N0} updated, ");
}
