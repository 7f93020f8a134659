using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Projections;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Verify;

/// <summary>What one event does to one row of a projection. No content = the row goes.</summary>
internal readonly record struct RowChange(int Table, UInt128 Key, UInt128? Content);

/// <summary>A journal row and all that can be told from it alone and the hash before it.</summary>
internal sealed class JournalLine(JournalRow row, ulong txid)
{
    // What ChainHash has room for; identifiers are shorter, so a longer one was put there by hand.
    private const int LongestName = 128;

    public JournalRow Row { get; } = row;

    /// <summary>Transaction id (SQLite: row number): its place in the feed.</summary>
    public ulong Txid { get; } = txid;

    /// <summary>The hash that belongs here; null when the row's names do not even fit one.</summary>
    public byte[]? Hash { get; private set; }

    /// <summary>Null when <see cref="Fault"/> says why.</summary>
    public AccountEvent? Event { get; private set; }

    /// <summary>Why the bytes are no event; null when they are one.</summary>
    public string? Fault { get; private set; }

    /// <summary>What the event does to the projections.</summary>
    public IReadOnlyList<RowChange> Changes { get; private set; } = [];

    /// <summary>What the event moves; none for most.</summary>
    public IReadOnlyList<LedgerLine> Movements { get; private set; } = [];

    /// <summary>The decision in the event and how the rules now see it; null when there is none.</summary>
    public Redecision? Decision { get; private set; }

    /// <summary>True when the row stands on the hash before it.</summary>
    public bool Stands => Hash is not null && Row.Hash.AsSpan().SequenceEqual(Hash);

    /// <summary>The costly part, which needs no other row; may run for many lines at once.</summary>
    public void Examine(byte[] previous, DecisionRules? rules)
    {
        Hash = Row.AccountId.Length > LongestName || Row.Type.Length > LongestName
            ? null
            : ChainHash.Compute(previous, Row.AccountId, Row.Version, Row.Type, Row.Schema, Row.Payload.Span);
        if (!Stands)
        {
            return;
        }

        Fault = BrokenRecord.Try(() =>
        {
            Event = EventCodec.Decode(Row.Type, Row.Schema, Row.Payload.Span);
            var batch = new ProjectionBatch(Row, Event);
            Changes = ChangesOf(batch);
            Movements = batch.Lines.Count == 0 ? [] : batch.Lines;
            Decision = rules?.Redecide(Event);
        });
    }

    /// <summary>The rows of one table that the event writes, for a message.</summary>
    public static IEnumerable<ProjectedRow> RowsOf(JournalRow row, ProjectedTable table) => table.Rows(new ProjectionBatch([new FeedRow(row)]));

    private static List<RowChange> ChangesOf(ProjectionBatch batch)
    {
        var changes = new List<RowChange>(1);
        for (var i = 0; i < ProjectedTable.All.Count; i++)
        {
            foreach (var (key, content) in ProjectedTable.All[i].Rows(batch))
            {
                changes.Add(new RowChange(i, RowHash.Of(key), content is null ? null : RowHash.Of(content)));
            }
        }

        return changes;
    }
}
