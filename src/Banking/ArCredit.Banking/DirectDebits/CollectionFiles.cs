using System.Globalization;
using System.Security.Cryptography;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.DirectDebits;

/// <summary>A new file, one that the same request had made before, or why there is none.</summary>
internal sealed record MadeCollectionFile(string? MessageId, bool IsRepeated, IReadOnlyList<NotCollected> Left, string? Refusal = null);

/// <summary>Draws approved collections whose notice is over together into a file, and fixes what it asks for.</summary>
internal sealed partial class CollectionFiles(
    IDatabase database, DirectDebitSettings settings, CollectionStore store, PaymentFileStore files, DueCollections due, ICompanyRates companies, TimeProvider technical,
    ILogger<CollectionFiles> log)
{
    private const int MostLines = 1000;
    private const string NoticeRunning = "NOTICE_RUNNING";

    private const string InFile = "c.message_id = @MessageId and c.state in ('taken', 'filed')";

    // Files of refunds have keys of their own.
    private const string KeyPrefix = "direct-debits:";

    public async Task<MadeCollectionFile> MakeAsync(BankAccount own, string caller, string key, CancellationToken cancellation)
    {
        var today = companies.TodayOf(own.Company) ?? throw new InvariantException($"Company {own.Company} has no date.");
        if (own.Iban is null || await settings.FindAsync(own.Id, cancellation) is not { } setting)
        {
            return new MadeCollectionFile(null, false, [], CollectionRuns.NotSetUp);
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if (await PaymentFileStore.FindByKeyAsync(session, caller, KeyPrefix + key) is { } known)
        {
            return known.Request == own.Id ? new MadeCollectionFile(known.MessageId, true, []) : new MadeCollectionFile(null, false, [], CollectionRuns.KeyReused);
        }

        var left = new List<NotCollected>();
        var taken = new List<Collection>();
        const string approved = "c.state = 'approved' and c.run_id in (select r.run_id from collection_run r where r.bank_account = @Id)";
        foreach (var collection in await CollectionStore.WhereAsync(session, $"{approved} and c.file_from <= @today", new { own.Id, today }, cancellation, order: "c.collect_on, c.collection_id"))
        {
            var reason = taken.Count == MostLines ? "RUN_FULL" : await ReasonAsync(session, setting.LeadDays, setting.CreditorId, collection, today);
            if (reason is not null)
            {
                left.Add(new NotCollected(AccountId.Parse(collection.AccountId), null, null, reason));
            }
            else
            {
                taken.Add(collection);
            }
        }

        left.AddRange((await CollectionStore.WhereAsync(session, $"{approved} and c.file_from > @today", new { own.Id, today }, cancellation))
            .Select(collection => new NotCollected(AccountId.Parse(collection.AccountId), null, null, NoticeRunning)));
        if (taken.Count == 0)
        {
            await session.CommitAsync(cancellation);
            return new MadeCollectionFile(null, false, left, CollectionRuns.NothingToCollect);
        }

        var now = technical.GetUtcNow();
        var file = new PaymentFile
        {
            MessageId = PaymentFileStore.NewMessageId(now),
            BankAccount = own.Id,
            Company = own.Company,
            Currency = own.Currency.Code,
            Format = DirectDebitFile.Format,
            CreditorId = setting.CreditorId,
            Holder = setting.Holder,
            Iban = own.Iban,
            Bic = setting.Bic,
            ExecutionOn = taken.Min(collection => collection.CollectOn),
            State = PaymentFileStore.Name(FileState.Collecting),
            CreatedAt = now,
            CreatedBy = caller,
            Request = own.Id,
        };
        await PaymentFileStore.InsertAsync(session, file, KeyPrefix + key);
        await AssignAsync(session, file, taken);
        await session.CommitAsync(cancellation);
        return new MadeCollectionFile(file.MessageId, false, left);
    }

    /// <summary>Asks what is still open of each, then writes what is left. Done again it changes nothing that was decided.</summary>
    public async Task CollectAsync(PaymentFile file, CancellationToken cancellation)
    {
        var today = companies.TodayOf(file.Company) ?? throw new InvariantException($"Company {file.Company} has no date.");

        // Those that were decided before a node was away are asked again: their mandates may have changed since.
        var attempts = new Attempts(LogLeft);
        foreach (var collection in await store.WhereAsync(InFile, new { file.MessageId }, cancellation))
        {
            await attempts.TryAsync(() => store.NotedAsync(collection, () => CollectAsync(file, collection, today, cancellation), cancellation), cancellation);
        }

        var standing = await store.WhereAsync(InFile, new { file.MessageId }, cancellation);
        var filed = standing.Where(collection => collection.Is(CollectionState.Filed)).ToList();
        var left = standing.Where(collection => collection.Is(CollectionState.Taken)).ToList();
        if (left.Count > 0)
        {
            if (filed.Count == 0 || left.Exists(collection => collection.Attempts < PaymentFileRun.MostAttempts))
            {
                // Each was logged, shows why, and is tried again at the next look.
                return;
            }

            await LeaveBehindAsync(file, cancellation);
        }

        if (filed.Count == 0)
        {
            await files.MoveAsync(file.MessageId, FileState.Collecting, FileState.Empty, cancellation);
            return;
        }

        byte[] content;
        List<(string CollectionId, IReadOnlyList<MandateAmendment> Amendments)> told;
        await using (var session = await database.OpenReadAsync(cancellation))
        {
            (content, told) = await WriteAsync(session, file, filed);
        }

        await files.FixAsync(
            file, filed.Count, filed.Sum(collection => collection.Amount), content, Convert.ToHexStringLower(SHA256.HashData(content)),
            async session => await IsStillAsync(session, file, filed, content, today, cancellation) && await ReportAsync(session, told), cancellation);
    }

    private async Task CollectAsync(PaymentFile file, Collection collection, DateOnly today, CancellationToken cancellation)
    {
        if (await IsOverAsync(collection, file, today, cancellation) || collection.Is(CollectionState.Filed))
        {
            return;
        }

        var items = await due.StillDueAsync(collection, today, cancellation);
        if (items.Count == 0)
        {
            await store.MoveAsync(collection, CollectionState.Taken, CollectionState.Cancelled, cancellation, "NOTHING_DUE");
        }
        else
        {
            await store.FileAsync(collection, items.Sum(item => item.Amount), items, file.CreatedBy, cancellation);
        }
    }

    // What cannot be worked on must not make the others miss their day: it is tried again in a file of its own.
    private async Task LeaveBehindAsync(PaymentFile file, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if ((await PaymentFileStore.FindAsync(session, file.MessageId))?.State != PaymentFileStore.Name(FileState.Collecting))
        {
            return;
        }

        var left = (await CollectionStore.WhereAsync(session, "c.message_id = @MessageId and c.state = 'taken'", new { file.MessageId }, cancellation)).ToList();
        if (left.Count == 0)
        {
            // Somebody else was told of them meanwhile.
            return;
        }

        var next = file.Next(technical.GetUtcNow());
        await PaymentFileStore.InsertAsync(session, next, PaymentFile.KeyOfNext(file));
        await session.Connection.ExecuteAsync(
            """
            update collection set state = 'approved', moved_from = coalesce(moved_from, message_id), message_id = null, block = null
             where message_id = @MessageId and state = 'taken'
            """,
            new { file.MessageId }, session.Transaction);
        await AssignAsync(session, next, left);
        await session.CommitAsync(cancellation);
    }

    private static async Task<(byte[] Content, List<(string CollectionId, IReadOnlyList<MandateAmendment> Amendments)> Told)> WriteAsync(
        DbSession session, PaymentFile file, IReadOnlyList<Collection> filed)
    {
        var told = new List<(string CollectionId, IReadOnlyList<MandateAmendment> Amendments)>();
        var lines = new List<DebitLine>(filed.Count);
        foreach (var collection in filed)
        {
            var amended = await MandateAmendmentStore.StandingAsync(session, collection.Company, collection.MandateId, collection.CollectOn)
                ?? throw new InvariantException($"There is no mandate {collection.MandateId}.");
            lines.Add(new DebitLine(collection, amended.Mandate, amended.Originals));
            told.Add((collection.CollectionId, amended.Untold));
        }

        var blocks = (await CollectionStore.BlocksAsync(session, file.MessageId)).Where(block => filed.Any(collection => collection.Block == block.Block)).ToList();
        return (DirectDebitFile.Write(file, file.CreditorId ?? throw new InvariantException($"File {file.MessageId} has no creditor."), blocks, lines), told);
    }

    // In turn with amendments, and with whoever works on the same file: all that is filed and what a mandate is now goes into the file, or
    // the file is made anew.
    private async Task<bool> IsStillAsync(
        DbSession session, PaymentFile file, IReadOnlyList<Collection> filed, byte[] content, DateOnly today, CancellationToken cancellation)
    {
        var standing = await CollectionStore.WhereAsync(session, InFile, new { file.MessageId }, cancellation);
        if (!standing.Select(collection => (collection.CollectionId, collection.State)).SequenceEqual(filed.Select(collection => (collection.CollectionId, collection.State))))
        {
            return false;
        }

        var setting = await DirectDebitSettings.OfAsync(session, file.BankAccount);
        foreach (var collection in filed)
        {
            if (await ReasonAsync(session, setting.LeadDays, file.CreditorId, collection, today) is not null)
            {
                return false;
            }
        }

        return (await WriteAsync(session, file, filed)).Content.AsSpan().SequenceEqual(content);
    }

    private static async Task<bool> ReportAsync(DbSession session, List<(string CollectionId, IReadOnlyList<MandateAmendment> Amendments)> told)
    {
        foreach (var (collectionId, amendments) in told)
        {
            if (!await MandateAmendmentStore.ReportAsync(session, collectionId, amendments))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when a file that has not left comes too late for one of its collections: the bank would debit on another day than was announced.</summary>
    public async Task<bool> IsTooLateAsync(PaymentFile file, CancellationToken cancellation)
    {
        var today = companies.TodayOf(file.Company) ?? throw new InvariantException($"Company {file.Company} has no date.");
        await using var session = await database.OpenReadAsync(cancellation);
        var setting = await DirectDebitSettings.OfAsync(session, file.BankAccount);
        var first = TargetDays.FirstFor(today, setting.LeadDays);
        return (await CollectionStore.WhereAsync(session, "c.message_id = @MessageId and c.state = 'filed' and c.collect_on < @first", new { file.MessageId, first }, cancellation, 1))
            .Count > 0;
    }

    // The mandate may have ended and the day be gone since the file was begun: a node may have been away between.
    private async Task<bool> IsOverAsync(Collection collection, PaymentFile file, DateOnly today, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if ((await PaymentFileStore.FindAsync(session, file.MessageId))?.State != PaymentFileStore.Name(FileState.Collecting))
        {
            // Somebody else has fixed it: what is in it can only be told by the bank.
            return true;
        }

        var setting = await DirectDebitSettings.OfAsync(session, file.BankAccount);
        var reason = await ReasonAsync(session, setting.LeadDays, file.CreditorId, collection, today);
        if (reason is not null)
        {
            await store.MoveAsync(session, collection, collection.Is(CollectionState.Filed) ? CollectionState.Filed : CollectionState.Taken, CollectionState.Cancelled, reason);
        }

        await session.CommitAsync(cancellation);
        return reason is not null;
    }

    /// <summary>Why it does not go into a file today; one that never can is cancelled.</summary>
    private async Task<string?> ReasonAsync(DbSession session, long leadDays, string? creditorId, Collection collection, DateOnly today)
    {
        if (collection.FileFrom > today)
        {
            return NoticeRunning;
        }

        // The customer was told the day; another one has to be announced anew.
        var amended = await MandateAmendmentStore.StandingAsync(session, collection.Company, collection.MandateId, collection.CollectOn);
        var mandate = amended?.Mandate;
        var status = mandate?.StandsOn(collection.CollectOn);
        var ended = TargetDays.FirstFor(today, leadDays) > collection.CollectOn ? "DATE_MISSED"
            : status is MandateStatus.Cancelled or MandateStatus.Lapsed ? string.Create(CultureInfo.InvariantCulture, $"MANDATE_{status}").ToUpperInvariant()
            : null;
        if (ended is not null)
        {
            await store.MoveAsync(session, collection, CollectionState.Approved, CollectionState.Cancelled, ended);
        }

        return ended ?? (status == MandateStatus.Suspended ? "MANDATE_SUSPENDED"
            : mandate?.CreditorId != creditorId ? "MANDATE_OTHER_CREDITOR"
            : amended?.UsableFrom > today ? "MANDATE_COOLING_DOWN"
            : null);
    }

    private static async Task AssignAsync(DbSession session, PaymentFile file, List<Collection> taken)
    {
        var mandates = new Dictionary<string, Mandate>(StringComparer.Ordinal);
        foreach (var collection in taken)
        {
            mandates[collection.CollectionId] = (await MandateStore.FindAsync(session, collection.Company, collection.MandateId))!;
        }

        var blocks = taken.GroupBy(collection => (collection.CollectOn, mandates[collection.CollectionId].Scheme, mandates[collection.CollectionId].Sequence))
            .OrderBy(block => block.Key.CollectOn).ThenBy(block => block.Key.Scheme, StringComparer.Ordinal).ThenBy(block => block.Key.Sequence, StringComparer.Ordinal);
        foreach (var (index, block) in blocks.Index())
        {
            await session.Connection.ExecuteAsync(
                "insert into collection_block (message_id, block, scheme, sequence, collect_on) values (@MessageId, @number, @Scheme, @Sequence, @CollectOn)",
                new { file.MessageId, number = index + 1L, block.Key.Scheme, block.Key.Sequence, block.Key.CollectOn }, session.Transaction);
            foreach (var collection in block)
            {
                await session.Connection.ExecuteAsync(
                    "update collection set state = 'taken', message_id = @MessageId, block = @number where collection_id = @CollectionId and state = 'approved'",
                    new { file.MessageId, number = index + 1L, collection.CollectionId }, session.Transaction);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "A collection could not be filed; it is tried again")]
    private partial void LogLeft(Exception failure);
}
