using System.Security.Cryptography;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.MoneyOut;

/// <summary>
/// Carries a file through its states. Each step is stored before the next begins and changes nothing when it is done again, so that
/// whoever goes on after a crash ends where this one would have.
/// </summary>
internal sealed partial class PaymentFileRun(
    IAccounts accounts, IRefunds refunds, IDatabase database, PaymentFileStore store, DirectDebits.CollectionFiles collections, MoneyOutFolders folders,
    TimeProvider technical, ILogger<PaymentFileRun> log)
{
    /// <summary>Who accounts are told it was, where no person asked for it.</summary>
    public const string Caller = "bank-files";

    public const string PayeeChanged = "PAYEE_CHANGED";

    /// <summary>So often in a row one account may fail before a file goes on without it.</summary>
    public const int MostAttempts = 3;

    /// <summary>
    /// Goes on with a file as far as it can: what is known of its payments is told also while it cannot be uploaded, and of one also while
    /// another's account cannot answer. Throws what failed first.
    /// </summary>
    public async Task AdvanceAsync(string messageId, CancellationToken cancellation)
    {
        if (await store.FindAsync(messageId, cancellation) is not { } file)
        {
            return;
        }

        if (file.State == PaymentFileStore.Name(FileState.Collecting))
        {
            await (file.Format == DirectDebits.DirectDebitFile.Format ? collections.CollectAsync(file, cancellation) : CollectAsync(file, cancellation));
            file = (await store.FindAsync(messageId, cancellation))!;
        }

        var attempts = new Attempts(failure => LogLeft(failure, messageId));
        if (folders.Outbox is { } outbox)
        {
            await attempts.TryAsync(() => UploadAsync(file, outbox, cancellation), cancellation);
        }

        foreach (var line in (await store.LinesAsync(messageId, cancellation)).Where(line => line.Wanted is not null))
        {
            await attempts.TryAsync(() => NotedAsync(line, () => TellAsync(line, cancellation), cancellation), cancellation);
        }

        attempts.Finish();
    }

    /// <summary>Lets the refunds leave their ledgers, then writes what did.</summary>
    private async Task CollectAsync(PaymentFile file, CancellationToken cancellation)
    {
        var attempts = new Attempts(failure => LogLeft(failure, file.MessageId));
        foreach (var line in (await store.LinesAsync(file.MessageId, cancellation)).Where(line => line.State == PaymentFileStore.Name(LineState.Taken)))
        {
            await attempts.TryAsync(() => NotedAsync(line, () => TakeAsync(file, line, cancellation), cancellation), cancellation);
        }

        var lines = await store.LinesAsync(file.MessageId, cancellation);
        var filed = lines.Where(line => line.State == PaymentFileStore.Name(LineState.Filed)).ToList();
        var silent = lines.Where(line => line.State == PaymentFileStore.Name(LineState.Taken)).ToList();
        if (silent.Count > 0)
        {
            if (filed.Count == 0 || silent.Exists(line => line.Attempts < MostAttempts))
            {
                // Each was logged, shows why, and is tried again at the next look.
                return;
            }

            await store.LeaveBehindAsync(file, technical.GetUtcNow(), cancellation);
        }

        if (filed.Count == 0)
        {
            await store.MoveAsync(file.MessageId, FileState.Collecting, FileState.Empty, cancellation);
            return;
        }

        var paid = new List<PaidLine>(filed.Count);
        await using (var session = await database.OpenReadAsync(cancellation))
        {
            foreach (var line in filed)
            {
                paid.Add(new PaidLine(
                    line, await PayeeStore.VersionAsync(session, line.AccountId, line.Payee, line.PayeeVersion)
                        ?? throw new InvariantException($"Payee {line.Payee} of {line.AccountId} has no version {line.PayeeVersion}.")));
            }
        }

        var content = CreditTransferFile.Write(file, paid);
        await store.FixAsync(
            file, filed.Count, filed.Sum(line => line.Amount), content, Convert.ToHexStringLower(SHA256.HashData(content)),
            session => IsAllAsync(session, file, filed), cancellation);
    }

    // Whoever works on the same file may have let one more leave its ledger meanwhile: then the content is made anew.
    internal static async Task<bool> IsAllAsync(DbSession session, PaymentFile file, IEnumerable<PaymentLine> filed) =>
        (await PaymentFileStore.LinesAsync(session, file.MessageId)).Where(line => line.State != PaymentFileStore.Name(LineState.Dropped))
            .Select(line => (line.Line, line.State)).SequenceEqual(filed.Select(line => (line.Line, line.State)));

    /// <summary>What an account could not be asked is seen at its payment.</summary>
    private async Task NotedAsync(PaymentLine line, Func<Task> ask, CancellationToken cancellation)
    {
        try
        {
            await ask();
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            await store.FailedAsync(line, AccountError.CodeOf(failure), cancellation);
            throw;
        }
    }

    private async Task TakeAsync(PaymentFile file, PaymentLine line, CancellationToken cancellation)
    {
        var (account, refund) = (AccountId.Parse(line.AccountId), DocumentNumber.Parse(line.RefundId));
        Payee? newest;
        await using (var session = await database.OpenReadAsync(cancellation))
        {
            newest = await PayeeStore.NewestAsync(session, line.AccountId, line.Payee);
        }

        if (newest?.Version != line.PayeeVersion && await refunds.FindAsync(account, refund, cancellation) is not { Status: RefundStatus.Filed })
        {
            await accounts.AskAsync(account, new VoidRefundApproval(refund, PayeeChanged), new AskOptions(Caller), cancellation);
            await store.LeaveAsync(line, LineState.Dropped, PayeeChanged, cancellation);
            return;
        }

        var answer = await accounts.AskAsync(
            account, new FileRefund(refund, (int)line.PayeeVersion, line.MovedFrom ?? file.MessageId, line.EndToEndId) { NextOpenDay = true }, new AskOptions(file.CreatedBy), cancellation);
        if (answer is Answer.Refused { Code: not RefusalCode.RefundUnchanged } refused)
        {
            LogRefused(line.RefundId, line.AccountId, refused.Code);
            await store.LeaveAsync(line, LineState.Dropped, Posting.AccountPosting.CodeOf(refused.Code), cancellation);
            return;
        }

        await store.LeaveAsync(line, LineState.Filed, null, cancellation);
    }

    private async Task UploadAsync(PaymentFile file, string outbox, CancellationToken cancellation)
    {
        if (file.State == PaymentFileStore.Name(FileState.Ready))
        {
            if (file.Format == DirectDebits.DirectDebitFile.Format && await collections.IsTooLateAsync(file, cancellation))
            {
                await store.MoveAsync(file.MessageId, FileState.Ready, FileState.Withdrawn, cancellation, reason: "DATE_MISSED");
                return;
            }

            var content = await store.ContentAsync(file.MessageId, cancellation) ?? throw new InvariantException($"File {file.MessageId} has no content.");
            var temporary = Outbox.NewTemporary(file);
            Outbox.Write(outbox, temporary, content);
            await store.MoveAsync(file.MessageId, FileState.Ready, FileState.Uploading, cancellation, temporary);
            file = (await store.FindAsync(file.MessageId, cancellation))!;
        }

        if (file.State == PaymentFileStore.Name(FileState.Uploading) && file.Temporary is { } name)
        {
            if (!Outbox.Publish(outbox, name, file.FileName))
            {
                LogGone(file.MessageId, outbox);
            }

            Outbox.Sweep(outbox, file);
            await store.MoveAsync(
                file.MessageId, FileState.Uploading, FileState.Sent, cancellation, sentAt: technical.GetUtcNow(), wanted: LineState.Sent);
        }
    }

    /// <summary>Tells an account what became of a payment, as it is wanted.</summary>
    public async Task TellAsync(PaymentLine line, CancellationToken cancellation)
    {
        var (account, refund) = (AccountId.Parse(line.AccountId), DocumentNumber.Parse(line.RefundId));
        var wanted = EnumNames.TryParse<LineState>(line.Wanted, out var known) ? known : throw new InvariantException($"No payment becomes {line.Wanted}.");
        AccountCommand command = wanted switch
        {
            LineState.Sent => new ReportRefund(refund, Settled: false),
            LineState.Settled => new ReportRefund(refund, Settled: true),
            LineState.Rejected => new EndRefund(refund, RefundStatus.Rejected, line.Reason, null, null) { NextOpenDay = true },
            LineState.Returned => new EndRefund(refund, RefundStatus.Returned, line.Reason, null, null) { NextOpenDay = true },
            _ => throw new InvariantException($"No payment becomes {wanted}."),
        };
        var answer = await accounts.AskAsync(account, command, new AskOptions(line.ToldBy ?? Caller), cancellation);
        var state = wanted;
        if (answer is Answer.Refused { Code: not RefusalCode.RefundUnchanged } refused)
        {
            // The account knows better, for instance because the answer of the bank came before this.
            LogRefused(line.RefundId, line.AccountId, refused.Code);
            state = (await refunds.FindAsync(account, refund, cancellation))?.Status switch
            {
                RefundStatus.Sent => LineState.Sent,
                RefundStatus.Settled => LineState.Settled,
                RefundStatus.Returned => LineState.Returned,
                RefundStatus.Filed => LineState.Filed,
                _ => LineState.Rejected,
            };
        }

        await store.ToldAsync(line, state, cancellation);
    }

    /// <summary>Somebody could not go on with a file; the worker does.</summary>
    public void LogLeft(string messageId, Exception outage) => LogLeft(outage, messageId);

    [LoggerMessage(LogLevel.Warning, "Payment file {MessageId} is not finished; it is gone on with")]
    private partial void LogLeft(Exception outage, string messageId);

    [LoggerMessage(LogLevel.Warning, "Payment file {MessageId} is not in {Outbox} any more and counts as sent: ask the bank, if nodes have different folders there")]
    private partial void LogGone(string messageId, string outbox);

    [LoggerMessage(LogLevel.Information, "Refund {Refund} of account {Account} was refused: {Code}")]
    private partial void LogRefused(string refund, string account, RefusalCode code);
}
