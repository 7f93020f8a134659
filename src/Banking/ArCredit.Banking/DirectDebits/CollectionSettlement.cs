using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Posting;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.DirectDebits;

/// <summary>The first day on which something of a company is due.</summary>
internal sealed class CollectionDay
{
    public string Company { get; init; } = string.Empty;

    public DateOnly Day { get; init; }
}

/// <summary>
/// Tells accounts what becomes of collections: announced, paid when their day has come, taken back. Each is stored before it is told and
/// changes nothing when it is told again, because the collection's id is the payment's number.
/// </summary>
internal sealed partial class CollectionSettlement(
    IAccounts accounts, CollectionStore store, DueCollections due, IDatabase database, ICompanyRates companies, ILogger<CollectionSettlement> log)
{
    /// <summary>Who accounts are told it was, where no person asked for it.</summary>
    public const string Caller = "bank-direct-debits";

    private const int Page = 200;

    /// <summary>Carries out everything that is decided or due. One that fails holds up no other; throws what failed first.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await EndMissedAsync(cancellation);
        await BeginAsync(cancellation);
        var attempts = new MoneyOut.Attempts(LogLeft);
        foreach (var collection in await store.WhereAsync("c.untold = 1", new { }, cancellation, Page))
        {
            await attempts.TryAsync(() => store.NotedAsync(collection, () => AnnounceAsync(collection, cancellation), cancellation), cancellation);
        }

        foreach (var collection in await store.WhereAsync("c.state = 'settling'", new { }, cancellation))
        {
            await attempts.TryAsync(() => store.NotedAsync(collection, () => SettleAsync(collection, cancellation), cancellation), cancellation);
        }

        foreach (var collection in await store.WhereAsync("c.state = 'settled' and c.wanted = 'returned'", new { }, cancellation))
        {
            await attempts.TryAsync(() => store.NotedAsync(collection, () => ReturnAsync(collection, cancellation), cancellation), cancellation);
        }

        attempts.Finish();
    }

    /// <summary>Writes the announcements of a run into the timelines.</summary>
    public async Task AnnounceAsync(string runId, CancellationToken cancellation)
    {
        var attempts = new MoneyOut.Attempts(LogLeft);
        foreach (var collection in await store.WhereAsync("c.run_id = @runId and c.untold = 1", new { runId }, cancellation))
        {
            await attempts.TryAsync(() => store.NotedAsync(collection, () => AnnounceAsync(collection, cancellation), cancellation), cancellation);
        }

        attempts.Finish();
    }

    /// <summary>The first day on which something will be due, by company.</summary>
    public async Task<IReadOnlyList<CollectionDay>> NextDaysAsync(CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return [.. await session.Connection.QueryAsync<CollectionDay>(new CommandDefinition(
            """
            select c.company as Company, min(c.collect_on) as Day from collection c join payment_file f on f.message_id = c.message_id
             where c.state = 'filed' and f.state = 'sent' group by c.company
            """,
            cancellationToken: cancellation))];
    }

    // The customer was told the day: what nobody approved or filed for it is announced anew, and must not hold its items meanwhile.
    private async Task EndMissedAsync(CancellationToken cancellation)
    {
        IEnumerable<(string BankAccount, string Company, DateOnly First, long LeadDays)> waiting;
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            waiting = await reading.Connection.QueryAsync<(string BankAccount, string Company, DateOnly First, long LeadDays)>(new CommandDefinition(
                """
                select r.bank_account, r.company, min(c.collect_on), s.lead_days
                  from collection c join collection_run r on r.run_id = c.run_id join direct_debit_setting s on s.bank_account = r.bank_account
                 where c.state in ('announced', 'approved') group by r.bank_account, r.company, s.lead_days
                """,
                cancellationToken: cancellation));
        }

        foreach (var (bankAccount, company, earliest, leadDays) in waiting)
        {
            if (companies.TodayOf(company) is { } today && TargetDays.FirstFor(today, leadDays) is var first && first > earliest)
            {
                await using var session = await database.BeginWriteAsync(cancellation);
                await MoneyOut.Turn.TakeAsync(session);
                await store.EndMissedAsync(session, bankAccount, first, cancellation);
                await session.CommitAsync(cancellation);
            }
        }
    }

    // From here on a rejection comes too late to be one: it takes the payment back.
    private async Task BeginAsync(CancellationToken cancellation)
    {
        foreach (var company in (await NextDaysAsync(cancellation)).Where(next => companies.TodayOf(next.Company) >= next.Day).Select(next => next.Company))
        {
            await using var session = await database.BeginWriteAsync(cancellation);
            await session.Connection.ExecuteAsync(new CommandDefinition(
                """
                update collection set state = 'settling'
                 where state = 'filed' and company = @company and collect_on <= @today and wanted is null
                   and message_id in (select f.message_id from payment_file f where f.state = 'sent')
                """,
                new { company, today = companies.TodayOf(company) }, session.Transaction, cancellationToken: cancellation));
            await session.CommitAsync(cancellation);
        }
    }

    private async Task AnnounceAsync(Collection collection, CancellationToken cancellation)
    {
        var note = string.Create(
            CultureInfo.InvariantCulture,
            $"Direct debit of {new Money(collection.Announced, collection.Money)} on {collection.CollectOn:yyyy-MM-dd} under mandate {collection.MandateId} announced.");
        var answer = await accounts.AskAsync(
            AccountId.Parse(collection.AccountId),
            new LogContact(
                DocumentNumber.Parse(collection.CollectionId), ContactChannel.Note, ContactDirection.Outgoing, null, "direct-debit-announced",
                [.. collection.AllItems.Select(item => item.Number).Distinct()], new FreeText(note)),
            new AskOptions(Caller), cancellation);
        if (answer is Answer.Refused refused)
        {
            LogRefused(collection.CollectionId, collection.AccountId, refused.Code);
        }

        await store.ToldAsync(collection, cancellation);
    }

    private async Task SettleAsync(Collection collection, CancellationToken cancellation)
    {
        var answer = await PostAsync(collection, collection.AllItems, cancellation);
        if (answer is Answer.Refused { Code: not RefusalCode.NumberConflict })
        {
            // Somebody paid since it was filed: the money is there all the same, and what it finds nothing for is unapplied.
            var today = companies.TodayOf(collection.Company) ?? collection.CollectOn;
            var open = await due.StillOpenAsync(collection, today, cancellation);
            await store.DivideAsync(collection, open, cancellation);
            answer = await PostAsync(collection, open, cancellation);
        }

        if (answer is Answer.Refused { Code: not RefusalCode.NumberConflict } refused)
        {
            LogRefused(collection.CollectionId, collection.AccountId, refused.Code);
            return;
        }

        await store.MoveAsync(collection, CollectionState.Settling, CollectionState.Settled, cancellation);
    }

    private Task<Answer> PostAsync(Collection collection, IReadOnlyList<CollectionItem> items, CancellationToken cancellation) => accounts.AskAsync(
        AccountId.Parse(collection.AccountId),
        new PostPayment(
            DocumentNumber.Parse(collection.CollectionId), new Money(collection.Amount, collection.Money), collection.CollectOn, null, null, PaymentMethod.DirectDebit,
            collection.ClearsOn, [.. items.Select(item => new AllocationRequest(item.Number, item.Instalment, item.Amount))], null)
        {
            NextOpenDay = true,
        },
        new AskOptions(collection.ToldBy ?? Caller), cancellation);

    private async Task ReturnAsync(Collection collection, CancellationToken cancellation)
    {
        var answer = await accounts.AskAsync(
            AccountId.Parse(collection.AccountId),
            new ReversePayment(DocumentNumber.Parse(collection.CollectionId), ReversalReason.Bounced, null, null) { NextOpenDay = true }, new AskOptions(collection.ToldBy ?? Caller),
            cancellation);

        // Somebody reversed it on the account before; it is not there any more either way.
        if (answer is Answer.Refused { Code: not (RefusalCode.NumberConflict or RefusalCode.PaymentReversed) } refused)
        {
            LogRefused(collection.CollectionId, collection.AccountId, refused.Code);
            return;
        }

        await store.ReturnedAsync(collection, cancellation);
    }

    [LoggerMessage(LogLevel.Warning, "A collection could not be told to its account; it is tried again")]
    private partial void LogLeft(Exception failure);

    [LoggerMessage(LogLevel.Warning, "Collection {Collection} of account {Account} was refused: {Code}")]
    private partial void LogRefused(string collection, string account, RefusalCode code);
}
