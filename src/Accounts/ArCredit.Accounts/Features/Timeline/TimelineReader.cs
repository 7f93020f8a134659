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
/// <param name="Number">The document, reservation, dispute, promise or contact, or an invoice they were about; null = any.</param>
/// <param name="Known">What was posted and recorded by when.</param>
internal sealed record TimelineFilter(TimelineKind? Kind, DateOnly? From, DateOnly? To, string? Number, AsKnown Known)
{
    /// <summary>True when the entry is asked for.</summary>
    public bool Takes(TimelineEntry entry, DateOnly recordedOn) =>
        (From is null || recordedOn >= From) && (To is null || recordedOn <= To) && (Known.AsOf is null || entry.On <= Known.AsOf)
        && (Number is null || entry.Number == Number || entry.Invoices?.Contains(Number) == true);
}

/// <summary>Reads timelines from the journal itself, newest first, so that nothing can be missing in them.</summary>
internal sealed class TimelineReader(IJournalReader journal)
{
    /// <summary>Keys of a cursor.</summary>
    public const int CursorKeys = 1;

    // A page ends after so many rows even if few are asked for, and its cursor goes on from there: no answer reads an account whole.
    private const int MostRows = 5000;
    private const int Chunk = 1000;
    private const int DayInMargin = 1;

    private static readonly ILookup<TimelineKind, string> Types = EventCodec.Types.ToLookup(each => TimelineEntries.KindOf(each.Value), each => each.Key);

    /// <summary>True when the keys of a cursor are ones of this list.</summary>
    public static bool Accepts(Paging paging) => paging.After is not { } after || TryVersion(after[0], out _);

    /// <summary>A page.</summary>
    public async Task<ListPage<TimelineEntry>> ReadAsync(
        DbSession session, AccountId account, Company company, TimelineFilter filter, Paging paging, CancellationToken cancellation)
    {
        var before = paging.After is { } after && TryVersion(after[0], out var version) ? version : long.MaxValue;
        var found = new List<Found>();
        for (var read = 0; read < MostRows && found.Count <= paging.Limit;)
        {
            var rows = (await RowsAsync(session, account, filter, before, cancellation)).AsList();
            foreach (var row in rows.TakeWhile(_ => found.Count <= paging.Limit))
            {
                before = row.Version;
                var recordedOn = company.DateOf(row.RecordedAt);
                var happened = EventCodec.Decode(row.Type, row.Schema, row.Payload);
                var entry = TimelineEntries.Of(happened, row.Version, row.RecordedAt, recordedOn, out var note);
                if (filter.Takes(entry, recordedOn))
                {
                    found.Add(new Found(entry, happened, note));
                }
            }

            read += rows.Count;
            if (rows.Count < Chunk && found.Count <= paging.Limit)
            {
                return new ListPage<TimelineEntry>(await WithTextsAsync(session, account, found, cancellation), null);
            }
        }

        found = [.. found.Take(paging.Limit)];
        var next = found.Count == paging.Limit ? found[^1].Entry.Version : before;
        return new ListPage<TimelineEntry>(
            await WithTextsAsync(session, account, found, cancellation), Paging.Encode(next.ToString(CultureInfo.InvariantCulture)));
    }

    private static Task<IEnumerable<Row>> RowsAsync(DbSession session, AccountId account, TimelineFilter filter, long before, CancellationToken cancellation)
    {
        var parameters = new DynamicParameters(new { account = account.Value, before, Chunk });
        var where = "account_id = @account and version < @before";
        if (filter.Kind is { } kind)
        {
            parameters.Add("types", Types[kind].ToList());
            where += session.Dialect == Dialect.PostgreSql ? " and type = any(@types)" : " and type in @types";
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
            select version as Version, type as Type, schema as Schema, payload as Payload, recorded_at as RecordedAt
              from journal where {where} order by version desc limit @Chunk
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
            var put = (AccountPut)EventCodec.Decode(row.Type, row.Schema, row.Payload);
            puts[put.MasterVersion] = put;
        }

        return puts;
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static bool TryVersion(string text, out long version) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version);

    private sealed record Found(TimelineEntry Entry, AccountEvent Happened, TextRef? Note);

    private sealed class Row
    {
        public long Version { get; init; }

        public string Type { get; init; } = string.Empty;

        public int Schema { get; init; }

        public byte[] Payload { get; init; } = [];

        public DateTimeOffset RecordedAt { get; init; }
    }
}
