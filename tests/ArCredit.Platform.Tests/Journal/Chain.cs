using System.Text;
using ArCredit.Platform.Journal;

namespace ArCredit.Platform.Tests.Journal;

/// <summary>Builds an account's entries one upon the other, as an actor does that pipelines.</summary>
internal sealed class Chain(string account)
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public string Account { get; } = account;

    public long Version { get; private set; }

    public byte[] Hash { get; private set; } = ChainHash.Genesis;

    /// <summary>The chain as it is now; both go on from here.</summary>
    public Chain Fork() => new(Account) { Version = Version, Hash = Hash };

    public JournalEntry Next(string payload = "{}", int rows = 1, string? key = null, string type = "tested", params ErasableText[] texts)
    {
        var previous = Hash;
        var made = new JournalRow[rows];
        for (var i = 0; i < rows; i++)
        {
            Version++;
            var bytes = Encoding.UTF8.GetBytes(payload);
            Hash = ChainHash.Compute(Hash, Account, Version, type, 1, bytes);
            made[i] = new JournalRow(Account, Version, type, 1, bytes, Hash, Now);
        }

        JournalKey[] keys = key is null ? [] : [new JournalKey("test", key, [1, 2, 3], Now.AddDays(1))];
        return new JournalEntry(previous, made, keys, texts);
    }
}
