using ArCredit.Banking.Statements;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.Storage;

/// <summary>
/// Tells when a statement does not open with what the one before it closed with: a day's file is missing. It is taken all the
/// same, because files come late and out of order; the missing one may follow.
/// </summary>
internal sealed class StatementGaps(DbSession session)
{
    // Several statements of one day and their pages have no order among themselves that the database knows.
    private const int NearDays = 7;

    private const string Before = "account_id = @account and intraday = 0 and closing is not null and closing_on <= @on";

    private readonly List<string> warnings = [];

    /// <summary>One for each gap, with the statement's place in the file.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Holds a statement, before it is stored, against those that are, of this file too.</summary>
    public async Task LookAsync(BankAccount account, StatementHead head, StatementClosed closed, CancellationToken cancellation)
    {
        // What people export as CSV overlaps; an interim report and an extract start anywhere.
        if (head.IsIntraday || closed.IsExtract || head.Format == StatementFormat.Csv || head.Opening is not { } opening || closed.Closing is not { } closing)
        {
            return;
        }

        if (await NewestAsync(account, closing.On, cancellation) is not { } newest || await FollowsAsync(account, opening, closing, newest.On, cancellation))
        {
            return;
        }

        warnings.Add(
            $"{head.Place}: the statement opens with {Show(opening.Amount, account)}, the one before it, of {newest.On:yyyy-MM-dd}, "
            + $"closed with {Show(newest.Amount, account)}: what is between them is missing");
    }

    private Task<Balance?> NewestAsync(BankAccount account, DateOnly on, CancellationToken cancellation) =>
        session.Connection.QueryFirstOrDefaultAsync<Balance?>(new CommandDefinition(
            $"select closing as Amount, closing_on as \"On\" from bank_statement where {Before} order by closing_on desc limit 1",
            new { account = account.Id, on }, session.Transaction, cancellationToken: cancellation));

    // One that is there already came in another form.
    private async Task<bool> FollowsAsync(BankAccount account, Balance opening, Balance closing, DateOnly newest, CancellationToken cancellation) =>
        await session.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            $"""
            select count(*) from bank_statement
             where {Before} and closing_on >= @from and (closing = @opening or opening = @opening and closing = @closing)
            """,
            new { account = account.Id, on = closing.On, from = newest.AddDays(-NearDays), opening = opening.Amount, closing = closing.Amount },
            session.Transaction, cancellationToken: cancellation)) > 0;

    private static Money Show(long amount, BankAccount account) => new(amount, account.Currency);
}
