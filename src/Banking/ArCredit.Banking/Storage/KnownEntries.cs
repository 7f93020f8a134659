using ArCredit.Banking.Statements;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.Storage;

/// <summary>
/// Finds entries that another file brought already: by the bank's reference and amount, else by what they say. Each stored
/// entry stands for one of the file, so that two identical lines stay two. Of a statement that is there in another form, formats and
/// banks spell texts differently: then the day and the amount tell.
/// </summary>
internal sealed class KnownEntries(DbSession session, string contentHash)
{
    // Some banks give every standing order the same reference; what is a week apart is another payment.
    private const int MaxDaysApart = 6;

    // Entries of a statement are of days around its own.
    private const int NearDays = 31;

    private readonly HashSet<(Guid Statement, long No)> used = [];
    private readonly Dictionary<string, bool> hasEntries = new(StringComparer.Ordinal);
    private Dictionary<(DateOnly BookedOn, long Amount, long Reversal), Queue<Known>>? ofSame;

    /// <summary>
    /// Looks for a statement that is there already, of another file or of this one: the same day, balances and sums, in another format or under
    /// the same name.
    /// </summary>
    public async Task BeginAsync(string account, StatementHead head, StatementClosed end, CancellationToken cancellation)
    {
        ofSame = null;
        if (head.IsIntraday || head.Opening is not { } opening || end.Closing is not { } closing || end.Booked is { Credits: 0, Debits: 0 })
        {
            return;
        }

        // A balance may go up and down and up again within a day, and its statements then look the same but for their names.
        var found = (await session.Connection.QueryAsync<Known>(new CommandDefinition(
            """
            select t.statement_id as StatementId, t.no as No, t.booked_in as BookedIn, t.booked_on as BookedOn, t.amount as Amount, t.reversal as Reversal
              from bank_statement b
              join bank_transaction t on t.account_id = b.account_id and t.booked_on between @from and @to and t.booked_in = b.id
             where b.account_id = @account and b.closing_on = @on and b.closing = @closing and b.opening = @opening and b.intraday = 0
               and b.credits = @Credits and b.credit_sum = @CreditSum and b.debits = @Debits and b.debit_sum = @DebitSum
               and (b.format <> @format
                    or b.opening <> b.closing and coalesce(b.reference, '') = coalesce(@Id, '') and coalesce(b.sequence, '') = coalesce(@Sequence, ''))
             order by t.booked_on, t.statement_id, t.no
            """,
            new
            {
                account,
                on = closing.On,
                from = closing.On.AddDays(-NearDays),
                to = closing.On.AddDays(NearDays),
                closing = closing.Amount,
                opening = opening.Amount,
                end.Booked.Credits,
                end.Booked.CreditSum,
                end.Booked.Debits,
                end.Booked.DebitSum,
                format = Formats.NameOf(head.Format),
                head.Id,
                head.Sequence,
            },
            session.Transaction, cancellationToken: cancellation))).AsList();
        ofSame = found.Count == 0
            ? null
            : found.GroupBy(known => (known.BookedOn, known.Amount, known.Reversal)).ToDictionary(group => group.Key, group => new Queue<Known>(group));
    }

    /// <summary>For each entry the stored one that it is, or null.</summary>
    public async Task<IReadOnlyList<Known?>> FindAsync(
        string account, StatementHead head, StatementClosed? end, IReadOnlyList<(BankEntry Entry, string Key)> entries, CancellationToken cancellation)
    {
        var none = new Known?[entries.Count];
        if (entries.Count == 0 || (ofSame is null && !await HasEntriesAsync(account, cancellation)))
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
            && Math.Abs(known.BookedOn.DayNumber - entry.BookedOn.DayNumber) <= MaxDaysApart && (known.BookedOn == entry.BookedOn || MayRepeat(known, head, end)));
        found ??= stored.Find(known => IsFree(known) && known.ContentKey == key && (known.BankReference is null || entry.BankReference is null)
            && MayRepeat(known, head, end));
        found ??= OfSame(entry);
        if (found is not null)
        {
            used.Add((found.StatementId, found.No));
        }

        return found;
    }

    private Known? OfSame(BankEntry entry)
    {
        if (ofSame?.GetValueOrDefault((entry.BookedOn, entry.Amount, entry.IsReversal ? 1 : 0)) is { } like)
        {
            while (like.TryDequeue(out var known))
            {
                if (!used.Contains((known.StatementId, known.No)))
                {
                    return known;
                }
            }
        }

        return null;
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
