using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Matching;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.Posting;

/// <summary>
/// Carries stored decisions out: asks the customer's account, then writes down what it said. Whoever does so again, after a crash or
/// on another node, asks for the same payment, which the account has only once.
/// </summary>
internal sealed partial class AccountPosting(
    IAccounts accounts, IDatabase database, PaymentStore store, MoneyOut.RefundReturns refunds, AccountTimeline timeline, TimeProvider technical, ILogger<AccountPosting> log)
{
    private const int MaxAttempts = 3;

    /// <summary>Carries out what is stored and returns the payment as it stands then. Throws what an account throws when it cannot answer.</summary>
    public async Task<StoredPayment> RunAsync(StoredPayment payment, bool bulk, CancellationToken cancellation) => (payment.State, payment.IsReturn) switch
    {
        (PaymentState.Posting, 0) => await PostAsync(payment, bulk, cancellation),
        (PaymentState.Posting, _) => await TakeBackAsync(payment, bulk, cancellation),
        (PaymentState.Undoing, _) when payment.Refund is not null => await refunds.UndoAsync(payment, cancellation),
        (PaymentState.Undoing, _) => await UndoAsync(payment, bulk, cancellation),
        _ => payment,
    };

    /// <summary>A refusal's code as the interface writes it: ALLOCATION_EXCEEDS_OPEN.</summary>
    public static string CodeOf(RefusalCode code)
    {
        var text = new StringBuilder();
        foreach (var letter in code.ToString())
        {
            text.Append(char.IsAsciiLetterUpper(letter) && text.Length > 0 ? "_" : string.Empty).Append(char.ToUpperInvariant(letter));
        }

        return text.ToString();
    }

    private async Task<StoredPayment> PostAsync(StoredPayment payment, bool bulk, CancellationToken cancellation)
    {
        // The decision before this one was refused here; another one who asked for it at the same time may have got it, and then died.
        if (payment.Attempt > 1 && await WithdrawAsync(payment with { PaymentId = (payment with { Attempt = payment.Attempt - 2 }).NextPaymentId }, bulk, cancellation) is { } stays)
        {
            return await SettleAsync(payment, Waiting(payment, CodeOf(stays)), null, bulk, cancellation);
        }

        var answer = await accounts.AskAsync(
            AccountId.Parse(payment.Customer!), PaymentMatching.CommandOf(payment), new AskOptions(payment.DecidedBy!, Bulk: bulk), cancellation);
        if (answer is Answer.Refused refused)
        {
            LogRefused(payment.Key, CodeOf(refused.Code));
            var waiting = Waiting(payment, CodeOf(refused.Code));

            // Somebody paid the invoice since it was looked at: look again, but not for ever.
            var isStale = refused.Code == RefusalCode.AllocationExceedsOpen && payment.DecidedBy == PaymentMatching.Caller && payment.Attempt < MaxAttempts;
            return await SettleAsync(payment, isStale ? waiting with { State = PaymentState.New } : waiting, null, bulk, cancellation);
        }

        // What a person decided is learned; what we decided ourselves would only confirm itself.
        var learns = payment.PartyAccount is not null && payment.DecidedBy != PaymentMatching.Caller;
        return await SettleAsync(
            payment, payment with { State = PaymentState.Posted },
            learns ? session => LearnAsync(session, payment, payment.PartyAccount!) : null,
            bulk, cancellation);
    }

    private async Task LearnAsync(DbSession session, StoredPayment payment, string partyAccount)
    {
        if (await LearnedLinks.LearnAsync(session, partyAccount, payment.Customer!, payment.DecidedBy!, technical.GetUtcNow()))
        {
            await timeline.PayerAsync(session, payment.Customer!, partyAccount, payment.PaymentId!, "payerAccountLearned", payment.DecidedBy!);
        }
    }

    private async Task UnlearnAsync(DbSession session, StoredPayment payment, string partyAccount)
    {
        if (await LearnedLinks.UnlearnAsync(session, partyAccount, payment.Customer!))
        {
            await timeline.PayerAsync(session, payment.Customer!, partyAccount, payment.PaymentId!, "payerAccountForgotten", payment.DecidedBy!);
        }
    }

    private async Task<StoredPayment> UndoAsync(StoredPayment payment, bool bulk, CancellationToken cancellation)
    {
        var answer = await accounts.AskAsync(
            AccountId.Parse(payment.Customer!), new ReversePayment(DocumentNumber.Parse(payment.PaymentId!), ReversalReason.Mistake, null, null),
            new AskOptions(payment.DecidedBy!, Bulk: bulk), cancellation);

        // A number conflict: somebody reversed it on the account on another day or for another reason. It is not there any more either way.
        if (answer is Answer.Refused { Code: not RefusalCode.NumberConflict } refused)
        {
            LogRefused(payment.Key, CodeOf(refused.Code));
            return await SettleAsync(payment, payment with { State = PaymentState.Posted, Reason = CodeOf(refused.Code) }, null, bulk, cancellation);
        }

        var partyAccount = payment.PartyAccount;
        return await SettleAsync(
            payment,
            PaymentMatching.Undone(payment),
            partyAccount is null ? null : session => UnlearnAsync(session, payment, partyAccount), bulk, cancellation);
    }

    private async Task<StoredPayment> TakeBackAsync(StoredPayment taken, bool bulk, CancellationToken cancellation)
    {
        if (!PaymentKey.TryParse(taken.Reverses!, out var key) || await store.FindAsync(key, cancellation) is not { } received)
        {
            throw new InvariantException($"The payment {taken.Reverses} that {taken.Key} takes back is not there.");
        }

        if (received.State == PaymentState.Posting)
        {
            received = await RunAsync(received, bulk, cancellation);
        }

        var was = received;
        if (received.State == PaymentState.Posted)
        {
            var answer = await accounts.AskAsync(
                AccountId.Parse(received.Customer!), new ReversePayment(DocumentNumber.Parse(received.PaymentId!), ReversalReason.Bounced, null, null),
                new AskOptions(taken.DecidedBy!, Bulk: bulk), cancellation);
            if (answer is Answer.Refused refused)
            {
                LogRefused(taken.Key, CodeOf(refused.Code));
                return await SettleAsync(taken, Waiting(taken, CodeOf(refused.Code)), null, bulk, cancellation);
            }

            received = received with { Allocations = StoredAllocation.Write(TakenBack.Of(((Answer.Done)answer).Events, received.Money.Currency)) };
        }
        else if (received.State is PaymentState.Undoing or PaymentState.Returned)
        {
            return received.State == PaymentState.Returned && received.Reverses == taken.Key.ToString()
                ? await SettleAsync(taken, taken with { State = PaymentState.Posted }, null, bulk, cancellation)
                : await SettleAsync(taken, Waiting(taken, "PAYMENT_REVERSED"), null, bulk, cancellation);
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        var done = taken with { State = PaymentState.Posted, Customer = received.Customer, PaymentId = received.PaymentId };
        if (await store.SaveAsync(session, was, received with { State = PaymentState.Returned, Reverses = taken.Key.ToString() }, cancellation)
            && await store.SaveAsync(session, taken, done, cancellation))
        {
            await session.CommitAsync(cancellation);
            return done;
        }

        // Somebody decided at the same time: what is stored then is carried out by the next look.
        return await store.FindAsync(taken.Key, cancellation) ?? taken;
    }

    private static StoredPayment Waiting(StoredPayment payment, string reason) => payment.Undecided() with { State = PaymentState.Waiting, Reason = reason };

    private async Task<StoredPayment> SettleAsync(
        StoredPayment was, StoredPayment now, Func<DbSession, Task>? with, bool bulk, CancellationToken cancellation)
    {
        var from = was;
        while (!await SaveAsync(from, now, with, cancellation))
        {
            // Another one carried the same decision out, or went on from there.
            var stored = await store.FindAsync(was.Key, cancellation) ?? now;
            if (was.State != PaymentState.Posting || now.State != PaymentState.Posted || (stored.PaymentId is not null && stored.PaymentId == was.PaymentId))
            {
                return stored;
            }

            if (stored.Attempt != was.Attempt || stored.State is not (PaymentState.New or PaymentState.Waiting))
            {
                // It was refused there and taken here, and decided anew since: here is one too many.
                if (was.IsReturn == 0 && await WithdrawAsync(was, bulk, cancellation) is { } stays)
                {
                    throw new InvariantException($"Payment {was.PaymentId} of {was.Customer} cannot be taken back ({CodeOf(stays)}), and {was.Key} was decided anew.");
                }

                return stored;
            }

            // Refused there and taken here: the account has the payment.
            from = stored;
        }

        return now;
    }

    /// <summary>Makes sure that a payment is not on its account: it never was, or is taken back. Else the code why it stays.</summary>
    private async Task<RefusalCode?> WithdrawAsync(StoredPayment payment, bool bulk, CancellationToken cancellation)
    {
        var answer = await accounts.AskAsync(
            AccountId.Parse(payment.Customer!), new ReversePayment(DocumentNumber.Parse(payment.PaymentId!), ReversalReason.Mistake, null, null),
            new AskOptions(payment.DecidedBy!, Bulk: bulk), cancellation);
        return answer is Answer.Refused { Code: not (RefusalCode.NotFound or RefusalCode.AccountNotFound or RefusalCode.NumberConflict) } refused ? refused.Code : null;
    }

    private async Task<bool> SaveAsync(StoredPayment was, StoredPayment now, Func<DbSession, Task>? with, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        if (!await store.SaveAsync(session, was, now, cancellation))
        {
            return false;
        }

        await (with?.Invoke(session) ?? Task.CompletedTask);
        await session.CommitAsync(cancellation);
        return true;
    }

    [LoggerMessage(LogLevel.Information, "The account refused what was decided of bank payment {Payment}: {Code}")]
    private partial void LogRefused(PaymentKey payment, string code);
}
