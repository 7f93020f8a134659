using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Actors;

/// <summary>Events to journal entries and back.</summary>
internal static class Entries
{
    /// <summary>An entry of rows <paramref name="versionBefore"/> + 1 and following.</summary>
    public static JournalEntry Build(
        string account, long versionBefore, byte[] previousHash, IReadOnlyList<AccountEvent> events, DateTimeOffset recordedAt,
        IReadOnlyList<JournalKey> keys, IEnumerable<FreeText> texts)
    {
        var rows = new JournalRow[events.Count];
        var previous = previousHash;
        for (var i = 0; i < rows.Length; i++)
        {
            var (type, schema, payload) = EventCodec.Encode(events[i]);
            var version = versionBefore + 1 + i;
            previous = ChainHash.Compute(previous, account, version, type, schema, payload);
            rows[i] = new JournalRow(account, version, type, schema, payload, previous, recordedAt);
        }

        return new JournalEntry(previousHash, rows, keys, [.. texts.Select(text => new ErasableText(text.Id, text.Salt, text.Body))]);
    }

    /// <summary>
    /// Wakes an account up. Every row is held against the chain: a journal that was edited by hand is not decided on.
    /// </summary>
    public static (Account Account, byte[] Hash) Wake(AccountId id, Account? restored, byte[] hash, IEnumerable<JournalRow> tail)
    {
        var account = restored ?? new Account(id);
        foreach (var row in tail)
        {
            Require.That(row.Version == account.Version + 1);
            Require.That(row.Hash.AsSpan().SequenceEqual(ChainHash.Compute(hash, row.AccountId, row.Version, row.Type, row.Schema, row.Payload.Span)));
            account.Apply(EventCodec.Decode(row.Type, row.Schema, row.Payload.Span));
            hash = row.Hash;
        }

        return (account, hash);
    }

    /// <summary>The events of the append whose first row has this version, and the version of its last.</summary>
    public static async Task<(IReadOnlyList<AccountEvent> Events, long LastVersion)> ReadAppendAsync(
        IJournalReader reader, AccountId account, long firstVersion, CancellationToken cancellation)
    {
        const int usual = 4;
        var rows = await reader.ReadRowsAsync(account.Value, firstVersion, usual, cancellation);
        Require.That(rows.Count > 0 && rows[0].Version == firstVersion);
        var first = EventCodec.Decode(rows[0].Type, rows[0].Schema, rows[0].Payload.Span);
        if (first.Following >= rows.Count)
        {
            rows = await reader.ReadRowsAsync(account.Value, firstVersion, first.Following + 1, cancellation);
        }

        var events = rows.Take(first.Following + 1).Select(row => EventCodec.Decode(row.Type, row.Schema, row.Payload.Span)).ToArray();
        return (events, firstVersion + first.Following);
    }
}
