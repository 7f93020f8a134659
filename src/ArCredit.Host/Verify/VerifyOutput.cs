using System.Globalization;
using ArCredit.Accounts.Verify;

namespace ArCredit.Host.Verify;

/// <summary>Findings on the output, one a line; progress beside it.</summary>
internal sealed class VerifyOutput(TextWriter output, TextWriter console, bool isTerminal, TimeProvider time, HeadsFile.Writer? heads) : IVerifyObserver
{
    private const int MostLines = 100;
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);
    private readonly long started = time.GetTimestamp();
    private long shown = time.GetTimestamp();
    private int found;

    public void Found(Finding finding)
    {
        if (++found <= MostLines)
        {
            Clear();
            var account = finding.Account is null ? "Installation" : $"Account {finding.Account}";
            var version = finding.Version is { } row ? string.Create(CultureInfo.InvariantCulture, $" version {row}") : string.Empty;
            output.WriteLine($"{account}{version}: {finding.Subject}: {finding.What}");
        }
    }

    public void Head(AccountHead head) => heads?.Add(head);

    public void Progress(VerifiedCounts counts)
    {
        if (time.GetElapsedTime(shown) < (isTerminal ? OnTerminal : Elsewhere))
        {
            return;
        }

        shown = time.GetTimestamp();
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{counts.Accounts:N0} accounts, {counts.Rows:N0} journal rows, {counts.Rows / Math.Max(0.001, Elapsed):N0} rows/s, {counts.Findings:N0} findings");
        console.Write(isTerminal ? $"\r{text}\u001b[K" : text + "\n");
        console.Flush();
    }

    /// <summary>The last word.</summary>
    public void Finish(VerifiedCounts counts)
    {
        Clear();
        if (found > MostLines)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"... and {found - MostLines:N0} more."));
        }

        Sentence($"Verified {counts.Accounts:N0} accounts, {counts.Rows:N0} journal rows, {counts.Decisions:N0} decisions, {counts.Snapshots:N0} snapshots, {counts.TableRows:N0} rows of projections, keys and texts, {counts.Heads:N0} exported heads in {Elapsed:N1} s.");
        if (counts.ForeignSnapshots > 0)
        {
            Sentence($"{counts.ForeignSnapshots:N0} snapshots are of another schema; they are made anew when they are needed and were not compared.");
        }

        if (counts.Behind > 0)
        {
            Sentence($"The projections are {counts.Behind:N0} rows behind the journal; those were not compared with them.");
        }

        if (counts.Broken > 0)
        {
            Sentence($"{counts.Broken:N0} accounts have a broken journal; nothing else of theirs was compared.");
        }

        output.WriteLine(counts.Findings == 0 ? "Whole: no findings." : string.Create(CultureInfo.InvariantCulture, $"BROKEN: {counts.Findings:N0} findings."));
        output.Flush();
    }

    private double Elapsed => time.GetElapsedTime(started).TotalSeconds;

    private void Sentence(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private void Clear()
    {
        if (isTerminal)
        {
            console.Write("\r\u001b[K");
            console.Flush();
        }
    }
}
