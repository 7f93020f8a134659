using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.MoneyOut;

/// <summary>A refund that is approved and not in the file, with the reason.</summary>
/// <param name="Account">The customer.</param>
/// <param name="RefundId">The refund.</param>
/// <param name="Reason">
/// PAYEE_COOLING_DOWN (not before usableFrom), PAYEE_CHANGED (its approval is void), IN_ANOTHER_FILE, or the code with which the account
/// refused it.
/// </param>
internal sealed record LeftOut(AccountId Account, DocumentNumber RefundId, string Reason);

/// <summary>A new file, one that the same request had made before, or why there is none.</summary>
internal sealed record MadeFile(string? MessageId, bool IsRepeated, IReadOnlyList<LeftOut> Left, string? Refusal = null);

/// <summary>Draws approved refunds together into a file.</summary>
internal sealed partial class PaymentFileMaker(
    IDatabase database, IRefunds refunds, IAccounts accounts, ICompanyRates companies, TimeProvider technical, ILogger<PaymentFileMaker> log)
{
    public const string NotSetUp = "OUTGOING_NOT_SET_UP", NothingToPay = "NOTHING_TO_PAY", KeyReused = "IDEMPOTENCY_KEY_REUSED", InPast = "EXECUTION_IN_PAST";

    private const int MostLines = 1000;

    /// <summary>Takes all approved refunds of the own account's company and currency, 1,000 at most; the accounts have yet to let them go.</summary>
    public async Task<MadeFile> MakeAsync(BankAccount own, DateOnly? execution, string caller, string key, CancellationToken cancellation)
    {
        var today = companies.TodayOf(own.Company) ?? throw new InvariantException($"Company {own.Company} has no date.");
        var request = string.Create(CultureInfo.InvariantCulture, $"{own.Id}|{execution:yyyy-MM-dd}");
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            if (await PaymentFileStore.FindByKeyAsync(reading, caller, key) is { } known)
            {
                return Repeated(known, request);
            }
        }

        if (execution < today)
        {
            return new MadeFile(null, false, [], InPast);
        }

        var approved = await refunds.StandingAsync(own.Company, RefundStatus.Approved, own.Currency, (string.Empty, string.Empty), MostLines, cancellation);
        var left = new List<LeftOut>();
        await VoidAsync(approved, left, cancellation);
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if (await PaymentFileStore.FindByKeyAsync(session, caller, key) is { } meanwhile)
        {
            return Repeated(meanwhile, request);
        }

        if (own.Iban is null || await OutgoingStore.FindAsync(session, own.Id) is not { } outgoing)
        {
            return new MadeFile(null, false, left, NotSetUp);
        }

        var now = technical.GetUtcNow();
        var file = new PaymentFile
        {
            MessageId = PaymentFileStore.NewMessageId(now),
            BankAccount = own.Id,
            Company = own.Company,
            Currency = own.Currency.Code,
            Format = outgoing.CreditTransfers,
            Holder = outgoing.Holder,
            Iban = own.Iban,
            Bic = outgoing.Bic,
            ExecutionOn = execution ?? today,
            State = PaymentFileStore.Name(FileState.Collecting),
            CreatedAt = now,
            CreatedBy = caller,
            Request = request,
        };
        await PaymentFileStore.InsertAsync(session, file, key);
        var lines = 0;
        foreach (var (account, refund) in approved.Where(each => !left.Exists(one => one.Account == each.Account && one.RefundId == each.Refund.Id)))
        {
            lines += await AddAsync(session, file, lines + 1, account, refund, today, left) ? 1 : 0;
        }

        if (lines == 0)
        {
            return new MadeFile(null, false, left, NothingToPay);
        }

        await session.CommitAsync(cancellation);
        return new MadeFile(file.MessageId, false, left);
    }

    private static MadeFile Repeated(PaymentFile known, string request) =>
        known.Request == request ? new MadeFile(known.MessageId, true, []) : new MadeFile(null, false, [], KeyReused);

    /// <summary>Approvals of what has another payee now are void.</summary>
    private async Task VoidAsync(IReadOnlyList<(AccountId Account, RefundState Refund)> approved, List<LeftOut> left, CancellationToken cancellation)
    {
        foreach (var (account, refund) in approved)
        {
            Payee? payee;
            await using (var reading = await database.OpenReadAsync(cancellation))
            {
                payee = await PayeeStore.NewestAsync(reading, account.Value, refund.Payee);
            }

            if (payee?.Version != refund.PayeeVersion || payee.ConfirmedBy is null)
            {
                try
                {
                    await accounts.AskAsync(
                        account, new VoidRefundApproval(refund.Id, PaymentFileRun.PayeeChanged), new AskOptions(PaymentFileRun.Caller), cancellation);
                }
                catch (Exception away) when (away is OutcomeUnknownException or AccountBusyException or AccountUnavailableException)
                {
                    // It stays out, and the others go; the next file looks again.
                    LogLeft(away, refund.Id.Value, account.Value);
                }

                left.Add(new LeftOut(account, refund.Id, PaymentFileRun.PayeeChanged));
            }
        }
    }

    private static async Task<bool> AddAsync(
        DbSession session, PaymentFile file, int line, AccountId account, RefundState refund, DateOnly today, List<LeftOut> left)
    {
        var payee = await PayeeStore.VersionAsync(session, account.Value, refund.Payee, refund.PayeeVersion);
        if (payee?.UsableFrom is not { } from || from > today)
        {
            left.Add(new LeftOut(account, refund.Id, "PAYEE_COOLING_DOWN"));
            return false;
        }

        if (await PaymentFileStore.InsertAsync(session, new PaymentLine
        {
            MessageId = file.MessageId,
            Line = line,
            AccountId = account.Value,
            RefundId = refund.Id.Value,
            EndToEndId = string.Create(CultureInfo.InvariantCulture, $"{file.MessageId}-{line}"),
            Amount = refund.Amount,
            Payee = refund.Payee,
            PayeeVersion = refund.PayeeVersion,
            State = PaymentFileStore.Name(LineState.Taken),
        }))
        {
            return true;
        }

        left.Add(new LeftOut(account, refund.Id, "IN_ANOTHER_FILE"));
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Refund {Refund} of account {Account} has another payee now, and its approval could not be voided")]
    private partial void LogLeft(Exception away, string refund, string account);
}
