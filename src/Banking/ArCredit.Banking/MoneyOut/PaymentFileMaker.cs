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

    private const string CoolingDown = "PAYEE_COOLING_DOWN", InAnotherFile = "IN_ANOTHER_FILE";

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

        var left = new List<LeftOut>();
        var chosen = await ChooseAsync(own, today, left, cancellation);
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
        foreach (var (account, refund) in chosen)
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

    /// <summary>What may go, as much as a file holds, however much before it may not; that is said of each.</summary>
    private async Task<List<(AccountId Account, RefundState Refund)>> ChooseAsync(BankAccount own, DateOnly today, List<LeftOut> left, CancellationToken cancellation)
    {
        var chosen = new List<(AccountId Account, RefundState Refund)>();
        var after = (string.Empty, string.Empty);
        while (chosen.Count < MostLines
            && await refunds.StandingAsync(own.Company, RefundStatus.Approved, own.Currency, after, MostLines, cancellation) is { Count: > 0 } page)
        {
            foreach (var (account, refund) in page.TakeWhile(_ => chosen.Count < MostLines))
            {
                if (await ReasonAsync(account, refund, today, cancellation) is { } reason)
                {
                    left.Add(new LeftOut(account, refund.Id, reason));
                }
                else
                {
                    chosen.Add((account, refund));
                }
            }

            after = (page[^1].Account.Value, page[^1].Refund.Id.Value);
        }

        return chosen;
    }

    /// <summary>Why it may not go; null = it may. The approval of what has another payee now is void.</summary>
    private async Task<string?> ReasonAsync(AccountId account, RefundState refund, DateOnly today, CancellationToken cancellation)
    {
        Payee? payee;
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            payee = await PayeeStore.NewestAsync(reading, account.Value, refund.Payee);
            if (payee?.Version == refund.PayeeVersion && payee.ConfirmedBy is not null)
            {
                return IsCoolingDown(payee, today) ? CoolingDown : await PaymentFileStore.HasAsync(reading, account.Value, refund.Id.Value) ? InAnotherFile : null;
            }
        }

        try
        {
            await accounts.AskAsync(account, new VoidRefundApproval(refund.Id, PaymentFileRun.PayeeChanged), new AskOptions(PaymentFileRun.Caller), cancellation);
        }
        catch (Exception away) when (away is OutcomeUnknownException or AccountBusyException or AccountUnavailableException)
        {
            // It stays out, and the others go; the next file looks again.
            LogLeft(away, refund.Id.Value, account.Value);
        }

        return PaymentFileRun.PayeeChanged;
    }

    private static bool IsCoolingDown(Payee? payee, DateOnly today) => payee?.UsableFrom is not { } from || from > today;

    // What was chosen may have changed by the time that the file is written.
    private static async Task<bool> AddAsync(
        DbSession session, PaymentFile file, int line, AccountId account, RefundState refund, DateOnly today, List<LeftOut> left)
    {
        var payee = await PayeeStore.VersionAsync(session, account.Value, refund.Payee, refund.PayeeVersion);
        if (IsCoolingDown(payee, today))
        {
            left.Add(new LeftOut(account, refund.Id, CoolingDown));
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

        left.Add(new LeftOut(account, refund.Id, InAnotherFile));
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Refund {Refund} of account {Account} has another payee now, and its approval could not be voided")]
    private partial void LogLeft(Exception away, string refund, string account);
}
