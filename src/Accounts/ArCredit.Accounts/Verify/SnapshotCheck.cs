using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Verify;

/// <summary>Stored snapshots against the account replayed from its journal to the same version.</summary>
internal sealed class SnapshotCheck(VerifyRun run)
{
    private const string Subject = "snapshot";
    private readonly AccountCursor<StoredSnapshot> heads = run.Open(
        "snapshot", ["account_id"], ["account_id", "version", "hash", "schema", "body"],
        reader => new StoredSnapshot(
            reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2), reader.GetInt32(3), reader.GetFieldValue<byte[]>(4)),
        snapshot => snapshot.AccountId, 200);

    private readonly AccountCursor<(string Account, SnapshotPage Page)> pages = run.Open(
        "snapshot_page", ["account_id", "page_no"], ["account_id", "page_no", "body"],
        reader => (reader.GetString(0), new SnapshotPage(reader.GetInt32(1), reader.GetFieldValue<byte[]>(2))), page => page.Item1, 20);

    private StoredSnapshot? open;

    /// <summary>Snapshots of accounts before this one have no journal behind them.</summary>
    public async Task SkipToAsync(string? account)
    {
        await foreach (var snapshot in heads.BeforeAsync(account, run.Cancellation))
        {
            run.Found(snapshot.AccountId, snapshot.Version, Subject, "the account has no journal");
        }

        await foreach (var (whose, page) in pages.BeforeAsync(account, run.Cancellation))
        {
            run.Found(whose, null, Subject, $"page {page.PageNo} belongs to no snapshot");
        }
    }

    /// <summary>An account begins.</summary>
    public async Task BeginAsync(string account)
    {
        open = null;
        await foreach (var snapshot in heads.OfAsync(account, run.Cancellation))
        {
            open = snapshot;
        }
    }

    /// <summary>True when the account's snapshot is of this version: <see cref="CompareAsync"/> is due.</summary>
    public bool IsDue(long version) => open?.Version == version;

    /// <summary>Holds the snapshot against the replayed account and the journal's hash at its version.</summary>
    public async Task CompareAsync(Account replayed, byte[] hash)
    {
        var snapshot = open!;
        open = null;
        var stored = new List<SnapshotPage>();
        await foreach (var (_, page) in pages.OfAsync(snapshot.AccountId, run.Cancellation))
        {
            stored.Add(page);
        }

        if (snapshot.Schema != AccountSnapshot.Schema)
        {
            run.Counts.ForeignSnapshots++;
            return;
        }

        run.Counts.Snapshots++;
        if (!snapshot.Hash.AsSpan().SequenceEqual(hash))
        {
            Found(snapshot, $"its hash is {Short(snapshot.Hash)}, the journal's is {Short(hash)}");
        }

        var what = default(string);
        if ((BrokenRecord.Try(() => what = Difference(snapshot, stored, replayed)) ?? what) is { } wrong)
        {
            Found(snapshot, wrong);
        }
    }

    /// <summary>The account is over.</summary>
    public async Task EndAsync(string account, long lastVersion, bool isBroken)
    {
        if (open is { } beyond && !isBroken)
        {
            Found(beyond, $"the journal ends at version {lastVersion}");
        }

        await foreach (var (_, page) in pages.OfAsync(account, run.Cancellation))
        {
            if (open is null && !isBroken)
            {
                run.Found(account, null, Subject, $"page {page.PageNo} belongs to no snapshot");
            }
        }
    }

    /// <summary>The first bytes of a hash.</summary>
    public static string Short(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, Math.Min(8, hash.Length)));

    private void Found(StoredSnapshot snapshot, string what) => run.Found(snapshot.AccountId, snapshot.Version, Subject, what);

    private static string? Difference(StoredSnapshot snapshot, List<SnapshotPage> stored, Account replayed)
    {
        var head = Decode<AccountSnapshot>(snapshot.Body);
        if (head.Version != snapshot.Version)
        {
            return $"it holds version {head.Version}";
        }

        var pages = stored.Select(page => (page.PageNo, Content: Decode<PageSnapshot>(page.Body))).ToList();
        var restored = Parts(Account.Restore(replayed.Id, head, pages)).ToList();
        var wanted = Parts(replayed).ToList();
        if (restored.Zip(wanted).FirstOrDefault(pair => !pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes)) is { First.Name: { } part })
        {
            return $"its {part} are not what the journal gives";
        }

        if (Credited(pages.Select(page => page.Content), Whole(replayed)) is { } invoice)
        {
            return $"what was credited of invoice {invoice} is not what the journal gives";
        }

        // What reads the same was written the same.
        return !Bytes(head).AsSpan().SequenceEqual(snapshot.Body) ? "its head was not written like this"
            : pages.Zip(stored).FirstOrDefault(pair => !Bytes(pair.First.Content).AsSpan().SequenceEqual(pair.Second.Body)) is { Second: { } page }
                ? $"its page {page.PageNo} was not written like this"
                : null;
    }

    // An invoice that came back to memory may not know what was credited of it; a decision looks it up then.
    private static string? Credited(IEnumerable<PageSnapshot> stored, IEnumerable<PageSnapshot> replayed)
    {
        var wanted = replayed.SelectMany(page => page.Invoices).ToDictionary(invoice => invoice.Number, invoice => invoice.Credited);
        return stored.SelectMany(page => page.Invoices).FirstOrDefault(invoice => invoice.Credited is { } credited && wanted[invoice.Number] is { } known && credited != known)
            ?.Number.Value;
    }

    private static IEnumerable<PageSnapshot> Whole(Account account) => account.TakeSnapshot(allPages: true).Pages.Values.OfType<PageSnapshot>();

    // In an order that does not depend on the way the account came here: it wakes up, forgets and fills its pages again.
    private static IEnumerable<(string Name, byte[] Bytes)> Parts(Account account)
    {
        var (head, pages) = account.TakeSnapshot(allPages: true);
        yield return ("balance", Bytes(head.Balance));
        yield return ("blocks", Bytes(head.Blocks));
        yield return ("reservations", Bytes(head.Reservations.OrderBy(each => each.Id.Value, StringComparer.Ordinal).ToArray()));
        yield return ("uncleared payments", Bytes(head.Uncleared.OrderBy(each => each.PaymentId.Value, StringComparer.Ordinal).ToArray()));

        yield return ("invoices", Bytes(pages.Values.SelectMany(page => page!.Invoices).OrderBy(each => each.Number.Value, StringComparer.Ordinal)
            .Select(each => each with { Credited = null }).ToArray()));
        yield return ("credits", Bytes(pages.Values.SelectMany(page => page!.Credits).OrderBy(each => each.Kind)
            .ThenBy(each => each.Number.Value, StringComparer.Ordinal).ToArray()));
        yield return ("master data", Bytes(head with { Balance = 0, Blocks = [], Reservations = [], Uncleared = [] }));
    }

    private static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, EventCodec.Options);

    private static T Decode<T>(byte[] body) => JsonSerializer.Deserialize<T>(body, EventCodec.Options) ?? throw new JsonException("It is null.");
}
