using ArCredit.Banking.Posting;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Statements.Csv;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.Storage;

/// <summary>Writes the statements of a file within one transaction, a bounded number of entries at a time.</summary>
internal sealed class FileBooking(
    DbSession session, string contentHash, FileSurvey survey, IReadOnlyDictionary<(OwnAccount Account, Currency? Currency), BankAccount> accounts, DateTimeOffset now,
    CsvKnowledge csv)
{
    private const int Chunk = 100;

    private readonly KnownEntries known = new(session, contentHash);
    private readonly List<StatementView> statements = [];
    private readonly StatementGaps gaps = new(session);
    private readonly LateDetails late = new(session);
    private readonly List<(BankEntry Entry, string Key)> waiting = [];
    private BankAccount account = null!;
    private StatementHead head = null!;
    private Guid statement;
    private long number;
    private long alreadyBooked;
    private long payments;

    /// <summary>Books the file and says what it brought.</summary>
    public async Task<BankFileView> RunAsync(Stream file, CancellationToken cancellation)
    {
        file.Position = 0;
        foreach (var part in StatementReader.Read(file, csv))
        {
            switch (part)
            {
                case StatementOpened opened:
                    Begin(opened.Head);
                    break;
                case EntryRead { Entry: { IsPending: false } entry }:
                    waiting.Add((entry, ContentKey.Of(entry)));
                    if (waiting.Count == Chunk)
                    {
                        await FlushAsync(cancellation);
                    }

                    break;
                case StatementClosed closed:
                    await FlushAsync(cancellation);
                    await EndAsync(closed, cancellation);
                    break;
            }
        }

        return new BankFileView(
            contentHash, statements, statements.Sum(one => one.Credits.Count + one.Debits.Count), statements.Sum(one => one.AlreadyBooked),
            [.. survey.Warnings.Concat(gaps.Warnings).Concat(late.Warnings).Take(FileSurvey.MaxWarnings)]);
    }

    private void Begin(StatementHead opened)
    {
        head = opened;
        account = accounts[(opened.Account, opened.Currency)];
        statement = Guid.CreateVersion7(now);
        (number, alreadyBooked, payments) = (0, 0, 0);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        var found = await known.FindAsync(account.Id, head, survey.Ends[statements.Count], waiting, cancellation);
        var fresh = new List<(long No, BankEntry Entry, string Key, int Payments)>(waiting.Count);
        for (var i = 0; i < waiting.Count; i++)
        {
            number++;
            var ofEntry = PaymentIntake.CountOf(waiting[i].Entry, account.Currency);
            if (found[i] is not { } booked)
            {
                payments += ofEntry;
                fresh.Add((number, waiting[i].Entry, waiting[i].Key, ofEntry));
                continue;
            }

            alreadyBooked++;
            await late.TakeAsync(booked.StatementId, booked.No, waiting[i].Entry, ofEntry, cancellation);
            if (!head.IsIntraday && booked.BookedIn is null)
            {
                await session.Connection.ExecuteAsync(new CommandDefinition(
                    "update bank_transaction set booked_in = @statement where statement_id = @StatementId and no = @No",
                    new { statement, booked.StatementId, booked.No }, session.Transaction, cancellationToken: cancellation));
            }
        }

        waiting.Clear();
        await TransactionInsert.RunAsync(session, account.Id, statement, head.IsIntraday, fresh, cancellation);
    }

    private async Task EndAsync(StatementClosed closed, CancellationToken cancellation)
    {
        var sums = closed.Booked;
        await gaps.LookAsync(account, head, closed, cancellation);
        await session.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into bank_statement (id, content_hash, account_id, format, reference, sequence, intraday, opening, opening_on, closing, closing_on,
                                        available, available_on, credits, credit_sum, debits, debit_sum, already_booked, payments)
            values (@statement, @contentHash, @account, @format, @Id, @Sequence, @intraday, @opening, @openingOn, @closing, @closingOn,
                    @available, @availableOn, @Credits, @CreditSum, @Debits, @DebitSum, @alreadyBooked, @payments)
            """,
            new
            {
                statement,
                contentHash,
                account = account.Id,
                format = Formats.NameOf(head.Format),
                head.Id,
                head.Sequence,
                intraday = head.IsIntraday ? 1L : 0L,
                opening = head.Opening?.Amount,
                openingOn = head.Opening?.On,
                closing = closed.Closing?.Amount,
                closingOn = closed.Closing?.On,
                available = closed.Available?.Amount,
                availableOn = closed.Available?.On,
                sums.Credits,
                sums.CreditSum,
                sums.Debits,
                sums.DebitSum,
                alreadyBooked,
                payments,
            },
            session.Transaction, cancellationToken: cancellation));
        var currency = account.Currency;
        BalanceView? View(Balance? balance) => balance is null ? null : new BalanceView(Money.ToDecimal(balance.Amount, currency), balance.On);
        statements.Add(new StatementView(
            statement, account.Id, Formats.NameOf(head.Format), head.Id, head.Sequence, head.IsIntraday, currency, View(head.Opening), View(closed.Closing),
            View(closed.Available), new SumView(sums.Credits, Money.ToDecimal(sums.CreditSum, currency)),
            new SumView(sums.Debits, Money.ToDecimal(sums.DebitSum, currency)), alreadyBooked, new PaymentCounts(payments, payments, 0, 0, 0, 0)));
    }
}
