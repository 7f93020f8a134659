using ArCredit.Platform.Journal;
using ArCredit.Platform.Journal.Commit;

namespace ArCredit.Platform.Tests.Journal;

/// <summary>A database in memory that fails a number of times in the way it is told.</summary>
internal sealed class ScriptedWriter(FailureKind kind, int failures) : IBatchWriter
{
    private readonly HashSet<JournalEntry> stored = [];

    public List<Batch> Sent { get; } = [];

    public int ReadBacks { get; private set; }

    /// <summary>The failure comes after the commit.</summary>
    public bool CommitsWhenFailing { get; init; }

    public Func<Batch, bool> FailsFor { get; init; } = _ => true;

    public Action OnOpen { get; set; } = () => { };

    public Action OnWrite { get; set; } = () => { };

    public bool IsOpen { get; private set; }

    public void Open()
    {
        OnOpen();
        IsOpen = true;
    }

    public void Close() => IsOpen = false;

    public void Dispose() => Close();

    public BatchAnswer Write(Batch batch)
    {
        Sent.Add(batch);
        OnWrite();
        var fails = failures > 0 && FailsFor(batch);
        if (!fails || CommitsWhenFailing)
        {
            stored.UnionWith(batch.Entries);
        }

        if (fails)
        {
            failures--;
            throw new IOException("As the script says.");
        }

        return new BatchAnswer(batch.RowCount, null, null);
    }

    public byte[]?[] ReadBack(Batch batch)
    {
        ReadBacks++;
        return Array.ConvertAll(batch.Entries, entry => stored.Contains(entry) ? entry.Rows[^1].Hash : null);
    }

    public Failure Classify(Exception error) => new(kind, error.Message);
}
