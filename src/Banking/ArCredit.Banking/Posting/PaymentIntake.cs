using ArCredit.Banking.Matching;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.Posting;

/// <summary>Takes bookings apart into payments, behind the transaction that booked their file, a bounded number at a time.</summary>
internal sealed class PaymentIntake(IDatabase database, TimeProvider technical)
{
    private const int Page = 100;

    // Of a page's details, which is about a thousand payments; an entry that has more alone is one step.
    private const long MaxLength = 250_000;

    private const string Columns =
        """
        statement_id, no, detail, booked_on, value_on, account_id, company, currency, amount, is_return, end_to_end_id, bank_reference,
        party, party_account, remittance, structured_reference, by_hand, comes_back, state, changed_at
        """;

    private const string InsertOne =
        $"""
        insert into bank_payment ({Columns})
        values (@StatementId, @No, @Detail, @BookedOn, @ValueOn, @AccountId, @Company, @Currency, @Amount, @IsReturn, @EndToEndId, @BankReference,
                @Party, @PartyAccount, @Remittance, @StructuredReference, @ByHand, @ComesBack, 'new', @now)
        """;

    private const string InsertAll =
        $"""
        insert into bank_payment ({Columns})
        select drawn.*, 'new', @now
          from unnest(@statementId::uuid[], @no::bigint[], @detail::bigint[], @bookedOn::date[], @valueOn::date[], @accountId::text[], @company::text[],
                      @currency::text[], @amount::bigint[], @isReturn::bigint[], @endToEndId::text[], @bankReference::text[], @party::text[],
                      @partyAccount::text[], @remittance::text[], @structuredReference::text[], @byHand::bigint[], @comesBack::bigint[]) as drawn
        """;

    /// <summary>True when there was something; the next call goes on.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            if (await reading.Connection.QueryFirstOrDefaultAsync<long?>(new CommandDefinition(
                "select no from bank_transaction where unread = 1 limit 1", cancellationToken: cancellation)) is null)
            {
                return false;
            }
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        var unread = await UnreadAsync(session, cancellation);
        var payments = new List<StoredPayment>();
        foreach (var booking in unread)
        {
            // Another file may bring its transactions at this moment: the next look sees them.
            var taken = await session.Connection.ExecuteAsync(new CommandDefinition(
                "update bank_transaction set unread = 0 where statement_id = @StatementId and no = @No and unread = 1 and (details is not null) = @isSum",
                new { booking.StatementId, booking.No, isSum = booking.Details is not null }, session.Transaction, cancellationToken: cancellation));
            payments.AddRange(taken == 1 ? booking.Payments() : []);
        }

        // One statement is one round trip to PostgreSQL; SQLite has none.
        var now = technical.GetUtcNow();
        await session.Connection.ExecuteAsync(session.Dialect == Dialect.PostgreSql
            ? new CommandDefinition(InsertAll, Values(payments, now), session.Transaction, cancellationToken: cancellation)
            : new CommandDefinition(InsertOne, payments.Select(payment => Values(payment, now)), session.Transaction, cancellationToken: cancellation));
        await session.CommitAsync(cancellation);
        return unread.Count > 0;
    }

    private static async Task<List<Booking>> UnreadAsync(DbSession session, CancellationToken cancellation)
    {
        var lengths = await session.Connection.QueryAsync<long>(new CommandDefinition(
            $"select coalesce(length(t.details), 0) from bank_transaction t where t.unread = 1 order by t.booked_on, t.statement_id, t.no limit {Page}",
            transaction: session.Transaction, cancellationToken: cancellation));
        var sum = 0L;
        var limit = Math.Max(1, lengths.TakeWhile(length => (sum += length) <= MaxLength).Count());
        return (await session.Connection.QueryAsync<Booking>(new CommandDefinition(
            """
            select t.statement_id as StatementId, t.no as No, t.booked_on as BookedOn, t.value_on as ValueOn, t.account_id as AccountId, a.company as Company,
                   a.currency as Currency, t.amount as Amount, t.bank_reference as BankReference, t.end_to_end_id as EndToEndId, t.party as Party,
                   t.party_account as PartyAccount, t.remittance as Remittance, t.structured_reference as StructuredReference, t.details as Details,
                   t.code as Code, t.reversal as Reversal, t.return_reason as ReturnReason
              from bank_transaction t
              join bank_account a on a.id = t.account_id
             where t.unread = 1
             order by t.booked_on, t.statement_id, t.no
             limit @limit
            """,
            new { limit }, session.Transaction, cancellationToken: cancellation))).AsList();
    }

    /// <summary>How many payments a booking is; 0 for one that is none of a customer.</summary>
    public static int CountOf(BankEntry entry, Currency currency) =>
        !IsOfCustomer(entry) ? 0
        : !IsPartlyReturned(entry.Amount, entry.IsReversal, entry.Code, entry.Details.Select(detail => detail.Text.ReturnReason))
        && AreStated(entry.Details.Select(detail => (detail.Amount, detail.Currency)), entry.IsCredit, currency) ? entry.Details.Count : 1;

    // What goes out is ours, unless the bank takes back what came in. What comes back was ours: it waits for a person, unless it says whose it is.
    private static bool IsOfCustomer(BankEntry entry) => entry.IsCredit
        ? entry.Amount > 0
        : entry.IsReversal || ReturnCode.Is(entry.Code) || HasReason(entry) || entry.Details.Any(detail => detail.Text.ReturnReason is not null);

    /// <summary>Whether money that came in had gone out before, by what the bank says of it.</summary>
    public static bool ComesBack(long amount, bool isReversal, string? code, string? reason) => amount > 0 && (isReversal || ReturnCode.IsOfOurs(code) || reason is not null);

    // Only what comes back has a reason for it.
    private static bool HasReason(BankEntry entry) =>
        entry.Text.ReturnReason is not null || (entry.Details.Count > 0 && entry.Details.All(detail => detail.Text.ReturnReason is not null));

    // Of a debit of which some came back by their reasons, and nothing says so of the whole, the others may be ours: a person sees which.
    private static bool IsPartlyReturned(long amount, bool isReversal, string? code, IEnumerable<string?> reasons) =>
        amount < 0 && !isReversal && !ReturnCode.Is(code) && reasons.Select(reason => reason is null).Distinct().Count() == 2;

    private static bool AreStated(IEnumerable<(long? Amount, Currency? Currency)> details, bool isCredit, Currency currency)
    {
        var all = details.ToList();
        return all.Count > 0 && all.TrueForAll(detail =>
            detail.Amount is { } amount && amount != 0 && amount > 0 == isCredit && ReferenceEquals(detail.Currency, currency));
    }

    private static object Values(StoredPayment payment, DateTimeOffset now) => new
    {
        payment.StatementId,
        payment.No,
        payment.Detail,
        payment.BookedOn,
        payment.ValueOn,
        payment.AccountId,
        payment.Company,
        payment.Currency,
        payment.Amount,
        payment.IsReturn,
        payment.EndToEndId,
        payment.BankReference,
        payment.Party,
        payment.PartyAccount,
        payment.Remittance,
        payment.StructuredReference,
        payment.ByHand,
        payment.ComesBack,
        now,
    };

    private static object Values(List<StoredPayment> payments, DateTimeOffset now)
    {
        T[] All<T>(Func<StoredPayment, T> value) => [.. payments.Select(value)];
        return new
        {
            statementId = All(one => one.StatementId),
            no = All(one => one.No),
            detail = All(one => one.Detail),
            bookedOn = All(one => one.BookedOn),
            valueOn = All(one => one.ValueOn),
            accountId = All(one => one.AccountId),
            company = All(one => one.Company),
            currency = All(one => one.Currency),
            amount = All(one => one.Amount),
            isReturn = All(one => one.IsReturn),
            endToEndId = All(one => one.EndToEndId),
            bankReference = All(one => one.BankReference),
            party = All(one => one.Party),
            partyAccount = All(one => one.PartyAccount),
            remittance = All(one => one.Remittance),
            structuredReference = All(one => one.StructuredReference),
            byHand = All(one => one.ByHand),
            comesBack = All(one => one.ComesBack),
            now,
        };
    }

    private sealed class Booking
    {
        public Guid StatementId { get; init; }

        public long No { get; init; }

        public DateOnly BookedOn { get; init; }

        public DateOnly ValueOn { get; init; }

        public string AccountId { get; init; } = string.Empty;

        public string Company { get; init; } = string.Empty;

        public string Currency { get; init; } = string.Empty;

        public long Amount { get; init; }

        public string? BankReference { get; init; }

        public string? EndToEndId { get; init; }

        public string? Party { get; init; }

        public string? PartyAccount { get; init; }

        public string? Remittance { get; init; }

        public string? StructuredReference { get; init; }

        public string? Details { get; init; }

        public string? Code { get; init; }

        public long Reversal { get; init; }

        public string? ReturnReason { get; init; }

        public IEnumerable<StoredPayment> Payments()
        {
            var whole = new StoredPayment
            {
                StatementId = StatementId,
                No = No,
                BookedOn = BookedOn,
                ValueOn = ValueOn,
                AccountId = AccountId,
                Company = Company,
                Currency = Currency,
                Amount = Amount,
                IsReturn = Amount < 0 ? 1 : 0,
                EndToEndId = EndToEndId,
                BankReference = BankReference,
                Party = Party,
                PartyAccount = Matching.PartyAccount.Of(PartyAccount),
                Remittance = Remittance,
                StructuredReference = StructuredReference,
            };
            var currency = Kernel.Currency.Parse(Currency);
            var details = StoredDetail.Read(Details);
            var isBack = PaymentIntake.ComesBack(Amount, Reversal == 1, Code, ReturnReason);
            long Back(StoredDetail detail) => isBack || PaymentIntake.ComesBack(Amount, false, detail.Code, detail.ReturnReason) ? 1 : 0;
            long? Minor(StoredDetail detail) => detail is { Amount: { } amount, Currency: { } own } ? (long)(amount * own.MinorPerMajor) : null;

            // The payments of several customers are no one's: only a person says what becomes of the sum.
            return IsPartlyReturned(Amount, Reversal == 1, Code, details.Select(detail => detail.ReturnReason))
                || !AreStated(details.Select(detail => (Minor(detail), detail.Currency)), Amount > 0, currency)
                ? [whole with { ByHand = details.Count > 1 ? 1 : 0, ComesBack = isBack || (details.Count > 0 && details.All(one => Back(one) == 1)) ? 1 : 0 }]
                : details.Select((detail, index) => whole with
                {
                    Detail = index + 1,
                    ComesBack = Back(detail),
                    Amount = Minor(detail)!.Value,
                    EndToEndId = detail.EndToEndId ?? EndToEndId,
                    BankReference = detail.BankReference ?? BankReference,
                    Party = detail.Party ?? Party,
                    PartyAccount = Matching.PartyAccount.Of(detail.PartyAccount ?? PartyAccount),
                    Remittance = detail.Remittance ?? Remittance,
                    StructuredReference = detail.StructuredReference ?? StructuredReference,
                });
        }
    }
}

/// <summary>Bank transaction codes of debits that take back what a customer paid, for files that do not mark them as reversals.</summary>
internal static class ReturnCode
{
    // ISO 20022 sub-families, SWIFT's type, German business codes and BAI2's.
    private static readonly HashSet<string> Codes = new(StringComparer.Ordinal)
    {
        "UPDD", "PRDD", "RCDD", "RRTN", "UPCQ", "CQRV", "UPCT", "NRTI", "108", "109", "555", "557",
    };

    // ISO 20022's sub-family, SWIFT's type, and the German business code of returned transfers.
    private static readonly HashSet<string> OfOurs = new(StringComparer.Ordinal) { "RRTN", "NRTI", "159" };

    /// <summary>Of a credit: a payment of ours came back.</summary>
    public static bool IsOfOurs(string? code) => code is not null && code.Split('/').Any(OfOurs.Contains);

    public static bool Is(string? code) => code is not null && code.Split('/').Any(Codes.Contains);
}
