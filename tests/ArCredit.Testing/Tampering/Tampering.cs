using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Testing.Tampering;

/// <summary>One way to change a journal by hand.</summary>
/// <param name="Name">What is done.</param>
/// <param name="NeedsHeads">The chain alone cannot show it.</param>
/// <param name="ChangeAsync">Does it to a journal of this history, at a place drawn at random; what it did, and which account must be named.</param>
internal sealed record Tampering(string Name, bool NeedsHeads, Func<DbSession, TamperedPlace, Task<TamperedRow>> ChangeAsync)
{
    /// <summary>All ways.</summary>
    public static readonly IReadOnlyList<Tampering> All =
    [
        new("a byte of an event flipped", false, (session, place) => FlipAsync(session, place, "payload")),
        new("a byte of a hash flipped", false, (session, place) => FlipAsync(session, place, "hash")),
        new("another event type", false, (session, place) => SetAsync(session, place, "type", place.Random.Next(2) == 0 ? "credit-lapsed" : "reservation-lapsed")),
        new("another schema", false, (session, place) => SetAsync(session, place, "schema", 2 + place.Random.Next(5))),
        new("another instant", false, LaterAsync),
        new("a row dropped", false, DropAsync),
        new("two rows swapped", false, SwapAsync),
        new("a row moved to another account", false, MoveAsync),
        new("a row repeated at the end", false, RepeatAsync),
        new("the end cut off", true, CutAsync),
        new("an account taken out", true, TakeOutAsync),
        new("the end written anew, hashes and all", true, RewriteAsync),
    ];

    private const string Place = "account_id = @Account and version = @Version";

    private static async Task<TamperedRow> FlipAsync(DbSession session, TamperedPlace place, string column)
    {
        var version = place.AnyVersion();
        var at = new { place.Account, Version = version };
        var bytes = await session.Connection.QuerySingleAsync<byte[]>($"select {column} from journal where {Place}", at, session.Transaction);
        var offset = place.Random.Next(bytes.Length);
        bytes[offset] ^= (byte)(1 << place.Random.Next(8));
        await session.Connection.ExecuteAsync(
            $"update journal set {column} = @bytes where {Place}", new { place.Account, Version = version, bytes }, session.Transaction);
        return new TamperedRow(version, string.Create(CultureInfo.InvariantCulture, $"byte {offset} of {column}"));
    }

    private static async Task<TamperedRow> SetAsync(DbSession session, TamperedPlace place, string column, object value)
    {
        var version = place.AnyVersion();
        await session.Connection.ExecuteAsync(
            $"update journal set {column} = @value where {Place} and {column} <> @value", new { place.Account, Version = version, value }, session.Transaction);
        return new TamperedRow(version, $"{column} {value}");
    }

    private static async Task<TamperedRow> LaterAsync(DbSession session, TamperedPlace place)
    {
        var version = place.AnyVersion();
        var later = session.Dialect == Dialect.PostgreSql ? "recorded_at + interval '1 second'" : "recorded_at + 1000000";
        await session.Connection.ExecuteAsync($"update journal set recorded_at = {later} where {Place}", new { place.Account, Version = version }, session.Transaction);
        return new TamperedRow(version, "a second later");
    }

    private static async Task<TamperedRow> DropAsync(DbSession session, TamperedPlace place)
    {
        var version = place.Random.NextInt64(1, place.LastVersion);
        await session.Connection.ExecuteAsync($"delete from journal where {Place}", new { place.Account, Version = version }, session.Transaction);
        return new TamperedRow(version + 1, "the row before");
    }

    private static async Task<TamperedRow> SwapAsync(DbSession session, TamperedPlace place)
    {
        var first = place.Random.NextInt64(1, place.LastVersion);
        var second = place.Random.NextInt64(first + 1, place.LastVersion + 1);
        foreach (var (from, to) in new[] { (first, long.MaxValue), (second, first), (long.MaxValue, second) })
        {
            await session.Connection.ExecuteAsync(
                "update journal set version = @to where account_id = @Account and version = @from", new { place.Account, from, to }, session.Transaction);
        }

        return new TamperedRow(first, string.Create(CultureInfo.InvariantCulture, $"with {second}"));
    }

    private static async Task<TamperedRow> MoveAsync(DbSession session, TamperedPlace place)
    {
        var version = place.Random.NextInt64(1, place.LastVersion);
        await session.Connection.ExecuteAsync(
            $"update journal set account_id = @to, version = @behind where {Place}",
            new { place.Account, Version = version, to = place.Other.Account, behind = place.Other.Version + 1 }, session.Transaction);
        return new TamperedRow(version + 1, $"the row before, to {place.Other.Account}");
    }

    private static async Task<TamperedRow> RepeatAsync(DbSession session, TamperedPlace place)
    {
        var version = place.AnyVersion();
        await session.Connection.ExecuteAsync(
            $"""
            insert into journal (account_id, version, type, schema, payload, hash, recorded_at)
            select account_id, @behind, type, schema, payload, hash, recorded_at from journal where {Place}
            """,
            new { place.Account, Version = version, behind = place.LastVersion + 1 }, session.Transaction);
        return new TamperedRow(place.LastVersion + 1, string.Create(CultureInfo.InvariantCulture, $"as {version}"));
    }

    private static async Task<TamperedRow> CutAsync(DbSession session, TamperedPlace place)
    {
        var from = place.Random.NextInt64(2, place.LastVersion + 1);
        await session.Connection.ExecuteAsync(
            "delete from journal where account_id = @Account and version >= @from", new { place.Account, from }, session.Transaction);
        return new TamperedRow(place.LastVersion, string.Create(CultureInfo.InvariantCulture, $"from {from}"));
    }

    private static async Task<TamperedRow> TakeOutAsync(DbSession session, TamperedPlace place)
    {
        foreach (var table in new[] { "journal", "account_key", "erasable_text", "snapshot", "snapshot_page" })
        {
            await session.Connection.ExecuteAsync($"delete from {table} where account_id = @Account", new { place.Account }, session.Transaction);
        }

        return new TamperedRow(place.LastVersion, "with keys, texts and snapshot");
    }

    // Who can write the journal can also compute its hashes; only what was exported before gives them away.
    private static async Task<TamperedRow> RewriteAsync(DbSession session, TamperedPlace place)
    {
        var from = place.AnyVersion();
        var rows = (await session.Connection.QueryAsync<StoredRow>(
            "select version as \"Version\", type as \"Type\", schema as \"Schema\", payload as \"Payload\", hash as \"Hash\" from journal where account_id = @Account order by version",
            new { place.Account }, session.Transaction)).ToList();
        var previous = from == 1 ? ChainHash.Genesis : rows[(int)from - 2].Hash;
        foreach (var row in rows.Skip((int)from - 1))
        {
            // A space behind a JSON text changes its bytes and nothing that it says.
            byte[] payload = row.Version == from ? [.. row.Payload, (byte)' '] : row.Payload;
            previous = ChainHash.Compute(previous, place.Account, row.Version, row.Type, row.Schema, payload);
            await session.Connection.ExecuteAsync(
                $"update journal set payload = @payload, hash = @previous where {Place}",
                new { place.Account, row.Version, payload, previous }, session.Transaction);
        }

        return new TamperedRow(place.LastVersion, string.Create(CultureInfo.InvariantCulture, $"from {from}"));
    }

    private sealed class StoredRow
    {
        public long Version { get; init; }

        public string Type { get; init; } = string.Empty;

        public int Schema { get; init; }

        public byte[] Payload { get; init; } = [];

        public byte[] Hash { get; init; } = [];
    }
}

/// <summary>Where it is done.</summary>
/// <param name="Account">An account with at least two rows.</param>
/// <param name="LastVersion">Its newest.</param>
/// <param name="Other">Another account and its newest version.</param>
/// <param name="Random">Seeded.</param>
internal sealed record TamperedPlace(string Account, long LastVersion, (string Account, long Version) Other, Random Random)
{
    public long AnyVersion() => Random.NextInt64(1, LastVersion + 1);
}

/// <summary>What was done.</summary>
/// <param name="Version">Where it must be seen at the latest.</param>
/// <param name="What">For a message.</param>
internal sealed record TamperedRow(long Version, string What);
