using System.Globalization;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>A booking on an own account, as the bank says it.</summary>
/// <param name="Id">Our id: the statement that brought it, and its number there.</param>
/// <param name="Account">The own account.</param>
/// <param name="StatementId">The statement that brought it first.</param>
/// <param name="BookedIn">The statement at the end of the day that lists it; null while only intraday reports do.</param>
/// <param name="BookedOn">Booking date.</param>
/// <param name="ValueOn">From when it bears interest.</param>
/// <param name="Amount">What came in is positive.</param>
/// <param name="Currency">The account's.</param>
/// <param name="Credit">It came in.</param>
/// <param name="Reversal">It takes an earlier booking back.</param>
/// <param name="BankReference">The bank's reference.</param>
/// <param name="EndToEndId">The payer's reference.</param>
/// <param name="Party">Name of the other side.</param>
/// <param name="PartyAccount">Its IBAN, or number.</param>
/// <param name="Remittance">Free text.</param>
/// <param name="StructuredReference">A creditor reference.</param>
/// <param name="Code">Bank transaction code, in the scheme of the file's format.</param>
/// <param name="Details">The transactions of a booking that sums several up.</param>
/// <param name="Payments">What became of it, payment by payment; none for money that goes out, and until a new booking is looked at.</param>
internal sealed record TransactionView(
    string Id, string Account, Guid StatementId, Guid? BookedIn, DateOnly BookedOn, DateOnly ValueOn, decimal Amount, Currency Currency, bool Credit, bool Reversal,
    string? BankReference, string? EndToEndId, string? Party, string? PartyAccount, string? Remittance, string? StructuredReference, string? Code,
    IReadOnlyList<StoredDetail> Details, IReadOnlyList<BankPaymentView> Payments);

/// <summary><c>/bank/transactions</c>.</summary>
internal static class TransactionEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/api/v1/bank/transactions", ListAsync)
        .WithTags("Bank")
        .RequireRoles(BankAccountEndpoints.Readers)
        .WithSummary("Bookings on own accounts, oldest first, each once however many files list it")
        .HasQuery("account", typeof(string), "Of one own account.")
        .HasQuery("from", typeof(DateOnly), "First booking date.")
        .HasQuery("to", typeof(DateOnly), "Last booking date.")
        .HasQuery("state", typeof(PaymentState), "With a payment that stands there; waiting = for a person.")
        .HasPaging()
        .Answers(200, typeof(ListPage<TransactionView>), "Bookings.")
        .Refuses(400, 503);

    private static async Task ListAsync(HttpContext http, IDatabase database)
    {
        var query = new QueryReader(http);
        var (account, from, to) = (query.Text("account", BankAccountEndpoints.MaxId), query.Date("from"), query.Date("to"));
        var state = query.OneOf<PaymentState>("state");
        var paging = query.Paging(cursorKeys: 3);
        if (!TryAfter(paging, out var day, out var statement, out var no))
        {
            query.Refuse("cursor", "is not a cursor of this list");
        }

        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        string Conditions(string table) => string.Concat(
            account is null ? string.Empty : $" and {table}.account_id = @account",
            from is null ? string.Empty : $" and {table}.booked_on >= @from",
            to is null ? string.Empty : $" and {table}.booked_on <= @to",
            paging.After is null ? string.Empty : $" and ({table}.booked_on, {table}.statement_id, {table}.no) > (@day, @statement, @no)");

        // The few that wait are found among themselves, not among all bookings.
        var bookings = state is null ? "bank_transaction t" : $"""
            (select distinct p.booked_on, p.statement_id, p.no from bank_payment p where p.state = @stateName{Conditions("p")}
              order by p.booked_on, p.statement_id, p.no limit @limit) f
              join bank_transaction t on t.statement_id = f.statement_id and t.no = f.no
            """;
        await using var session = await database.OpenReadAsync(http.RequestAborted);
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            select t.statement_id as StatementId, t.no as No, t.account_id as Account, t.booked_in as BookedIn, t.booked_on as BookedOn, t.value_on as ValueOn,
                   t.amount as Amount, a.currency as Currency, t.credit as Credit, t.reversal as Reversal, t.bank_reference as BankReference,
                   t.end_to_end_id as EndToEndId, t.party as Party, t.party_account as PartyAccount, t.remittance as Remittance,
                   t.structured_reference as StructuredReference, t.code as Code, t.details as Details
              from {bookings}
              join bank_account a on a.id = t.account_id
             where true{(state is null ? Conditions("t") : string.Empty)}
             order by t.booked_on, t.statement_id, t.no
             limit @limit
            """,
            new { account, from, to, day, statement, no, stateName = state is { } one ? EnumNames.Name(one) : null, limit = paging.Limit + 1 },
            cancellationToken: http.RequestAborted));
        var page = paging.Page(rows.AsList(), row => [row.BookedOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), row.StatementId.ToString("D"), $"{row.No}"]);
        var payments = await PaymentStore.OfTransactionsAsync(session, [.. page.Items.Select(row => (row.StatementId, row.No))], http.RequestAborted);
        await Reply.Json(
            http, 200, new ListPage<TransactionView>([.. page.Items.Select(row => row.ToView(payments[(row.StatementId, row.No)]))], page.NextCursor));
    }

    private static bool TryAfter(Paging paging, out DateOnly day, out Guid statement, out long no)
    {
        (day, statement, no) = (default, default, 0);
        return paging.After is not [var date, var id, var number]
            || (DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
                && Guid.TryParseExact(id, "D", out statement) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out no));
    }

    private sealed class Row
    {
        public Guid StatementId { get; init; }

        public long No { get; init; }

        public string Account { get; init; } = string.Empty;

        public Guid? BookedIn { get; init; }

        public DateOnly BookedOn { get; init; }

        public DateOnly ValueOn { get; init; }

        public long Amount { get; init; }

        public string Currency { get; init; } = string.Empty;

        public long Credit { get; init; }

        public long Reversal { get; init; }

        public string? BankReference { get; init; }

        public string? EndToEndId { get; init; }

        public string? Party { get; init; }

        public string? PartyAccount { get; init; }

        public string? Remittance { get; init; }

        public string? StructuredReference { get; init; }

        public string? Code { get; init; }

        public string? Details { get; init; }

        public TransactionView ToView(IEnumerable<StoredPayment> payments)
        {
            var currency = Kernel.Currency.Parse(Currency);
            return new TransactionView(
                $"{StatementId:D}-{No}", Account, StatementId, BookedIn, BookedOn, ValueOn, Money.ToDecimal(Amount, currency), currency, Credit != 0, Reversal != 0,
                BankReference, EndToEndId, Party, PartyAccount, Remittance, StructuredReference, Code, StoredDetail.Read(Details), [.. payments.Select(BankPaymentView.Of)]);
        }
    }
}
