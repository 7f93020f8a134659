using ArCredit.Banking.Statements;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.Storage;

/// <summary>
/// Finds entries that another file brought already: by the bank's reference and amount, else by what they say. Each stored
/// entry stands for one of the file, so that two identical lines stay two.
/// </summary>
internal sealed class KnownEntries(DbSession session, string contentHash)
{
    // Some banks give every standing order the same reference; what is a week apart is another payment.
    private const int MaxDaysApart = 7;

    private readonly HashSet<(Guid Statement, long No)> used = [];
    private readonly Dictionary<string, bool> hasEntries = new(StringComparer.Ordinal);

    /// <summary>For each entry the stored one that it is, or null.</summary>
    public async Task<IReadOnlyList<Known?>> FindAsync(
        string account, StatementHead head, StatementClosed? end, IReadOnlyList<(BankEntry Entry, string Key)> entries, CancellationToken cancellation)
    {
        var none = new Known?[entries.Count];
        if (entries.Count == 0 || !await HasEntriesAsync(account, cancellation))
        {
            return none;
        }

        var references = entries.Select(one => one.Entry.BankReference).OfType<string>().Distinct().ToArray();
        var keys = entries.Select(one => one.Key).Distinct().ToArray();
        var stored = (await session.Connection.QueryAsync<Known>(new CommandDefinition(
            Sql(session, references.Length > 0), new { account, contentHash, keys, references }, session.Transaction, cancellationToken: cancellation))).AsList();
        return [.. entries.Select(one => Take(stored, head, end, one.Entry, one.Key))];
    }

    /// <summary>
    /// What may be the same entries. Each condition has an index of its own: in one "or" SQLite prefers the order and reads
    /// all the account ever had. The cross join has it begin with what was found.
    /// </summary>
    public static string Sql(DbSession session, bool hasReferences) =>
        $"""
        with found as (
          select statement_id, no from bank_transaction where account_id = @account and content_key {OneOf(session, "keys")}
          {(hasReferences ? $"union select statement_id, no from bank_transaction where account_id = @account and bank_reference {OneOf(session, "references")}" : string.Empty)})
        select t.statement_id as StatementId, t.no as No, t.booked_in as BookedIn, t.booked_on as BookedOn, t.amount as Amount, t.reversal as Reversal,
               t.bank_reference as BankReference, t.content_key as ContentKey, b.opening as Opening, b.closing as Closing, b.closing_on as ClosingOn,
               b.format as Format
          from found f
         cross join bank_transaction t
          join bank_statement s on s.id = t.statement_id
          left join bank_statement b on b.id = t.booked_in
         where t.statement_id = f.statement_id and t.no = f.no and s.content_hash <> @contentHash
         order by t.booked_on, t.statement_id, t.no
        """;

    /// <summary>A condition on a list: for PostgreSQL it is one parameter, for SQLite as many as it has values.</summary>
    public static string OneOf(DbSession session, string parameter) => session.Dialect == Dialect.PostgreSql ? $"= any(@{parameter})" : $"in @{parameter}";

    private async Task<bool> HasEntriesAsync(string account, CancellationToken cancellation)
    {
        if (!hasEntries.TryGetValue(account, out var has))
        {
            has = await session.Connection.QueryFirstOrDefaultAsync<long?>(new CommandDefinition(
                "select no from bank_transaction where account_id = @account limit 1", new { account }, session.Transaction, cancellationToken: cancellation)) is not null;
            hasEntries.Add(account, has);
        }

        return has;
    }

    private Known? Take(List<Known> stored, StatementHead head, StatementClosed? end, BankEntry entry, string key)
    {
        bool IsFree(Known known) => !used.Contains((known.StatementId, known.No));
        var found = entry.BankReference is null ? null : stored.Find(known => IsFree(known) && known.BankReference == entry.BankReference
            && known.Amount == entry.Amount && known.Reversal == (entry.IsReversal ? 1 : 0)
            && Math.Abs(known.BookedOn.DayNumber - entry.BookedOn.DayNumber) <= MaxDaysApart);
        found ??= stored.Find(known => IsFree(known) && known.ContentKey == key && (known.BankReference is null || entry.BankReference is null)
            && MayRepeat(known, head, end));
        if (found is not null)
        {
            used.Add((found.StatementId, found.No));
        }

        return found;
    }

    // Two statements at the end of a day list different entries, however alike, unless they are the same one in another form. What
    // people export as CSV overlaps whatever they sent before.
    private static bool MayRepeat(Known known, StatementHead head, StatementClosed? end) =>
        head.IsIntraday || known.BookedIn is null || head.Format == StatementFormat.Csv || known.Format == Formats.NameOf(StatementFormat.Csv)
        || (known.Opening is not null && known.Opening == head.Opening?.Amount && known.Closing == end?.Closing?.Amount && known.ClosingOn == end?.Closing?.On);

    /// <summary>A stored entry.</summary>
    internal sealed class Known
    {
        public Guid StatementId { get; init; }

        public long No { get; init; }

        public Guid? BookedIn { get; init; }

        public DateOnly BookedOn { get; init; }

        public long Amount { get; init; }

        public long Reversal { get; init; }

        public string? BankReference { get; init; }

        public string ContentKey { get; init; } = string.Empty;

        public long? Opening { get; init; }

        public long? Closing { get; init; }

        public DateOnly? ClosingOn { get; init; }

        public string? Format { get; init; }
    }
}
