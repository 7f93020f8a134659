using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Features;

/// <summary>Which entries are asked for.</summary>
/// <param name="Kind">Null = all.</param>
/// <param name="From">First company day of recording; null = any.</param>
/// <param name="To">Last company day of recording; null = any.</param>
/// <param name="Number">The document, reservation, dispute, promise, contact, mandate, payee account or collection, or an invoice or mandate they were about; null = any.</param>
/// <param name="Known">What was posted and recorded by when.</param>
internal sealed record TimelineFilter(TimelineKind? Kind, DateOnly? From, DateOnly? To, string? Number, AsKnown Known)
{
    /// <summary>True when the entry is asked for.</summary>
    public bool Takes(TimelineEntry entry, DateOnly recordedOn) =>
        (From is null || recordedOn >= From) && (To is null || recordedOn <= To) && (Known.AsOf is null || entry.On <= Known.AsOf)
        && (Number is null || entry.Number == Number || entry.Mandate == Number || entry.Invoices?.Contains(Number) == true);
}

/// <summary>A place in a timeline. Behind an event of the journal, which has record 0, stands what other modules wrote down before the next one.</summary>
/// <param name="Version">Of the account.</param>
/// <param name="Record">0, or the record's number.</param>
internal readonly record struct TimelinePlace(long Version, long Record)
{
    /// <summary>Before everything that may come.</summary>
    public static readonly TimelinePlace Newest = new(long.MaxValue, 0);

    /// <summary>The first version of the journal that is not behind it.</summary>
    public long NotBelow => Record > 0 && Version < long.MaxValue ? Version + 1 : Version;

    /// <summary>The keys of a cursor.</summary>
    public string[] Keys => [Version.ToString(CultureInfo.InvariantCulture), Record.ToString(CultureInfo.InvariantCulture)];

    /// <summary>False when the keys are none of a place.</summary>
    public static bool TryRead(string[] keys, out TimelinePlace place)
    {
        place = default;
        if (!long.TryParse(keys[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || !long.TryParse(keys[1], NumberStyles.None, CultureInfo.InvariantCulture, out var record))
        {
            return false;
        }

        place = new TimelinePlace(version, record);
        return true;
    }
}

/// <summary>
/// Reads timelines from the journal itself, newest first, so that nothing can be missing in them, and between its events what other
/// modules wrote down.
/// </summary>
internal sealed class TimelineReader(IJournalReader journal)
{
    /// <summary>Keys of a cursor.</summary>
    public const int CursorKeys = 2;

    // A page ends after so many rows even if few of them are asked for, and behind so many versions even if none is of the kind or
    // the days asked for; its cursor goes on from there. An account of a million events is walked in pages, not in one query.
    private const int MostRows = 5000;
    private const long MostVersions = 200_000;
    private const int Chunk = 1000;
    private const int DayInMargin = 1;

    private static readonly ILookup<TimelineKind, string> Types = EventCodec.Types.ToLookup(each => TimelineEntries.KindOf(each.Value), each => each.Key);

    /// <summary>True when the keys of a cursor are ones of this list.</summary>
    public static bool Accepts(Paging paging) => paging.After is not { } after || TimelinePlace.TryRead(after, out _);

    /// <summary>A page.</summary>
    public async Task<ListPage<TimelineEntry>> ReadAsync(
        DbSession session, AccountId account, Company company, TimelineFilter filter, Paging paging, CancellationToken cancellation)
    {
        var before = paging.After is { } after && TimelinePlace.TryRead(after, out var place) ? place : TimelinePlace.Newest;
        var floor = Math.Min(before.NotBelow, await HeadAsync(session, account, cancellation)) - MostVersions;
        var found = new List<Found>();
        for (var read = 0; read < MostRows && found.Count <= paging.Limit;)
        {
            var rows = (await RowsAsync(session, account, filter, before, floor, cancellation)).AsList();
            foreach (var row in rows.TakeWhile(_ => found.Count <= paging.Limit))
            {
                before = row.Place;
                var recordedOn = company.DateOf(row.RecordedAt);
                var candidate = Read(row, recordedOn);
                if (filter.Takes(candidate.Entry, recordedOn))
                {
                    found.Add(candidate);
                }
            }

            read += rows.Count;
            if (rows.Count < Chunk && found.Count <= paging.Limit)
            {
                var rest = floor > 0 ? Paging.Encode(new TimelinePlace(floor, 0).Keys) : null;
                return new ListPage<TimelineEntry>(await WithTextsAsync(session, account, found, cancellation), rest);
            }
        }

        found = [.. found.Take(paging.Limit)];
        var next = found.Count == paging.Limit ? new TimelinePlace(found[^1].Entry.Version, found[^1].Entry.Record ?? 0) : before;
        return new ListPage<TimelineEntry>(await WithTextsAsync(session, account, found, cancellation), Paging.Encode(next.Keys));
    }

    private static Found Read(Row row, DateOnly recordedOn)
    {
        if (row.Record > 0)
        {
            return new Found(TimelineEntries.Of(TimelineRecords.Read(row.Payload), row.Place, row.RecordedAt, recordedOn), null, null);
        }

        var happened = EventCodec.Decode(row.Type!, row.Schema, row.Payload);
        return new Found(TimelineEntries.Of(happened, row.Version, row.RecordedAt, recordedOn, out var note), happened, note);
    }

    private static Task<long> HeadAsync(DbSession session, AccountId account, CancellationToken cancellation) =>
        session.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select coalesce(max(version), 0) from journal where account_id = @account", new { account = account.Value }, session.Transaction, cancellationToken: cancellation));

    private static Task<IEnumerable<Row>> RowsAsync(
        DbSession session, AccountId account, TimelineFilter filter, TimelinePlace before, long floor, CancellationToken cancellation)
    {
        var parameters = new DynamicParameters(new { account = account.Value, before.NotBelow, before.Version, before.Record, floor, Chunk });
        var (where, ofTypes, ofKind) = ("account_id = @account and version >= @floor", string.Empty, string.Empty);
        if (filter.Kind is { } kind)
        {
            parameters.Add("types", Types[kind].ToList());
            parameters.Add("kind", EnumNames.Name(kind));
            (ofTypes, ofKind) = (session.Dialect == Dialect.PostgreSql ? " and type = any(@types)" : " and type in @types", " and kind = @kind");
        }

        void Bound(string name, string operation, DateTimeOffset? instant)
        {
            if (instant is { } bound)
            {
                parameters.Add(name, bound);
                where += $" and recorded_at {operation} @{name}";
            }
        }

        // Days are the company's; a day more on either side leaves it to the rows' own dates.
        Bound("knownAt", "<=", filter.Known.At);
        Bound("from", ">=", filter.From is { } from && from.DayNumber > DayInMargin ? Midnight(from.AddDays(-DayInMargin)) : null);
        Bound("to", "<=", filter.To is { } to && to.DayNumber < DateOnly.MaxValue.DayNumber - 2 ? Midnight(to.AddDays(1 + DayInMargin)) : null);
        return session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select * from (
                select version as Version, cast(0 as bigint) as Record, type as Type, schema as Schema, payload as Payload, recorded_at as RecordedAt
                  from journal where {where} and version < @NotBelow{ofTypes} order by version desc limit @Chunk) happened
            union all
            select * from (
                select version, id, null, 0, body, recorded_at
                  from timeline_record where {where} and (version, id) < (@Version, @Record){ofKind} order by version desc, id desc limit @Chunk) recorded
            order by 1 desc, 2 desc limit @Chunk
            """,
            parameters, session.Transaction, cancellationToken: cancellation));
    }

    private async Task<IReadOnlyList<TimelineEntry>> WithTextsAsync(DbSession session, AccountId account, List<Found> found, CancellationToken cancellation)
    {
        var puts = await PutsBeforeAsync(session, account, found, cancellation);
        var ids = found.Select(each => each.Note).OfType<TextRef>().Concat(puts.Values.Select(put => put.Details)).Select(text => text.Id).ToList();
        var texts = ids.Count == 0 ? new Dictionary<Guid, ErasableText>() : await journal.ReadTextsAsync(account.Value, ids, cancellation);
        string? Text(TextRef? text) => text is not null && texts.TryGetValue(text.Id, out var found) ? found.Body : null;
        return [.. found.Select(each => each.Entry with
        {
            Note = Text(each.Note),
            Changes = each.Happened is AccountPut put ? MasterChanges.Between(puts.GetValueOrDefault(put.MasterVersion - 1), put, Text) : null,
        })];
    }

    /// <summary>The versions of the master data that those of a page came after, by number.</summary>
    private static async Task<Dictionary<long, AccountPut>> PutsBeforeAsync(
        DbSession session, AccountId account, List<Found> found, CancellationToken cancellation)
    {
        var puts = found.Select(each => each.Happened).OfType<AccountPut>().ToDictionary(put => put.MasterVersion);
        if (found.FindLast(each => each.Happened is AccountPut { MasterVersion: > 1 }) is not { } oldest)
        {
            return puts;
        }

        // Those of a page follow one another, unless a number was asked for, which none has.
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            """
            select version as Version, type as Type, schema as Schema, payload as Payload, recorded_at as RecordedAt
              from journal where account_id = @account and version < @version and type = 'account-put' order by version desc limit 1
            """,
            new { account = account.Value, version = oldest.Entry.Version }, session.Transaction, cancellationToken: cancellation));
        foreach (var row in rows)
        {
            var put = (AccountPut)EventCodec.Decode(row.Type!, row.Schema, row.Payload);
            puts[put.MasterVersion] = put;
        }

        return puts;
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private sealed record Found(TimelineEntry Entry, AccountEvent? Happened, TextRef? Note);

    private sealed class Row
    {
        public long Version { get; init; }

        public long Record { get; init; }

        public string? Type { get; init; }

        public int Schema { get; init; }

        public byte[] Payload { get; init; } = [];

        public DateTimeOffset RecordedAt { get; init; }

        public TimelinePlace Place => new(Version, Record);
    }
}
