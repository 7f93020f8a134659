using ArCredit.Banking.Posting;
using ArCredit.Banking.Statements;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.Storage;

/// <summary>
/// The transactions of a booking that another file brought before as a sum: its payments stand in for that sum as long as nothing was
/// ever decided of it.
/// </summary>
internal sealed class LateDetails(DbSession session)
{
    private readonly List<string> warnings = [];

    /// <summary>What came too late.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <param name="statement">That brought the booking.</param>
    /// <param name="no">Of the booking in it.</param>
    /// <param name="entry">The same booking in this file.</param>
    /// <param name="payments">How many it is here.</param>
    /// <param name="cancellation">Ends the work.</param>
    public async Task TakeAsync(Guid statement, long no, BankEntry entry, int payments, CancellationToken cancellation)
    {
        if (payments < 2)
        {
            return;
        }

        Task<int> ChangeAsync(string sql, object parameters) =>
            session.Connection.ExecuteAsync(new CommandDefinition(sql, parameters, session.Transaction, cancellationToken: cancellation));

        // Whoever decides at this moment finds it gone, or is found here.
        var gone = await ChangeAsync(
            """
            delete from bank_payment
             where statement_id = @statement and no = @no and detail = 0 and state in ('new', 'waiting') and attempt = 0
               and not exists (select 1 from bank_payment back where back.state = 'posting' and back.reverses = @key)
            """,
            new { statement, no, key = new PaymentKey(statement, no, 0).ToString() });
        if (await ChangeAsync(
            "update bank_transaction set details = @details, unread = 1 where statement_id = @statement and no = @no and (@gone = 1 or (unread = 1 and details is null))",
            new { statement, no, gone, details = StoredDetail.Write(entry.Details) }) == 1)
        {
            await ChangeAsync("update bank_statement set payments = payments + @more where id = @statement", new { statement, more = payments - 1 });
            return;
        }

        var state = await session.Connection.QueryFirstOrDefaultAsync<string?>(new CommandDefinition(
            "select state from bank_payment where statement_id = @statement and no = @no and detail = 0 and state <> 'setAside'",
            new { statement, no }, session.Transaction, cancellationToken: cancellation));
        if (state is not null)
        {
            warnings.Add($"{entry.Place}: the booking was taken as one payment before, which is decided ({state}); its {entry.Details.Count} transactions are left out");
        }
    }
}
