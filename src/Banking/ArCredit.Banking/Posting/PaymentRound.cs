using System.Data.Common;
using System.Net.Sockets;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.Posting;

/// <summary>
/// One round: the oldest payments are decided, the decisions stored in one transaction, then carried out side by side. Payments of one
/// customer wait for each other, because the first one changes what is open for the second.
/// </summary>
internal sealed partial class PaymentRound(
    PaymentStore store, PaymentIntake intake, CollectionBookings collections, RefundReturns refunds, PaymentMatching matching, AccountPosting posting, IFeed feed, ILogger<PaymentRound> log)
{
    private const int PageSize = 64;

    /// <summary>True when there was something to do; the next round goes on, without what has to do with accounts that do not answer.</summary>
    public async Task<bool> RunAsync(SilentAccounts silent, CancellationToken cancellation)
    {
        // The oldest bookings first, or one taken back could come before what it takes back.
        while (await intake.RunAsync(cancellation))
        {
        }

        var before = silent.Count;
        if (silent.IsOutage)
        {
            return false;
        }

        var page = (await store.WorkAsync(PageSize + before, cancellation)).Where(payment => !silent.Leaves(payment)).Take(PageSize).ToList();
        if (page.Count == 0)
        {
            return silent.Count > before;
        }

        // What was posted by the round before is open no more.
        await feed.CatchUpAsync(cancellation);
        var changes = await DecideAsync(page, silent, cancellation);
        var saved = await store.SaveAsync([.. changes.Where(change => change.Was.State != change.Now.State)], cancellation);
        var carried = changes.Where(change => change.Was.State == change.Now.State)
            .Concat(changes.Where(change => change.Was.State != change.Now.State).Where((_, at) => saved[at]))
            .Select(change => change.Now).Where(payment => payment.State is PaymentState.Posting or PaymentState.Undoing && !silent.Leaves(payment));
        await Task.WhenAll(carried.GroupBy(payment => payment.Customer ?? payment.Key.ToString(), StringComparer.Ordinal).Select(async ofCustomer =>
        {
            foreach (var payment in ofCustomer)
            {
                // Those behind it wait with it.
                if (!await CarryOutAsync(payment, silent, cancellation))
                {
                    return;
                }
            }
        }));
        return true;
    }

    private async Task<List<(StoredPayment Was, StoredPayment Now)>> DecideAsync(List<StoredPayment> page, SilentAccounts silent, CancellationToken cancellation)
    {
        // Whatever a return takes back has to be settled first, and it changes what is open.
        if (page[0].IsReturn == 1)
        {
            return await IsolatedAsync(page[0], payment => DecideReturnAsync(payment, cancellation)) is { } decided ? [(page[0], decided)] : [];
        }

        var changes = new List<(StoredPayment Was, StoredPayment Now)>();
        var received = page.TakeWhile(payment => payment.IsReturn == 0).ToList();
        var touched = received.Where(payment => payment.State != PaymentState.New).Select(payment => payment.Customer!).ToHashSet(StringComparer.Ordinal);
        var isHeldUp = false;
        foreach (var payment in received)
        {
            if (payment.State != PaymentState.New)
            {
                changes.Add((payment, payment));
                continue;
            }

            // One waits for another of its customer, and all behind it wait with it.
            var now = isHeldUp ? null : await IsolatedAsync(payment, one => DecideAsync(one, touched, silent, cancellation));
            isHeldUp = now is null && !silent.Leaves(payment);
            if (now is not null)
            {
                changes.Add((payment, now));
                touched.UnionWith(now.Customer is { } customer ? [customer] : []);
            }
        }

        return changes;
    }

    private async Task<StoredPayment?> DecideReturnAsync(StoredPayment payment, CancellationToken cancellation) =>
        payment.State != PaymentState.New ? payment
        : await collections.DecideAsync(payment, cancellation) ?? await matching.DecideReturnAsync(payment, cancellation);

    // Null when what it may have to do with is about to change.
    private async Task<StoredPayment?> DecideAsync(StoredPayment payment, HashSet<string> touched, SilentAccounts silent, CancellationToken cancellation)
    {
        if (await collections.DecideAsync(payment, cancellation) is { } ours)
        {
            return ours;
        }

        var (decided, back) = await refunds.DecideAsync(payment, cancellation);
        if (decided is not null)
        {
            return decided;
        }

        var candidates = await matching.FindAsync(payment, cancellation);
        if (candidates.Accounts.Any(account => silent.Has(account.Value)))
        {
            silent.Leave(payment);
            return null;
        }

        if (candidates.Accounts.Any(account => touched.Contains(account.Value)))
        {
            return null;
        }

        var matched = await matching.DecideAsync(payment, candidates, cancellation);
        return back.Count == 0 ? matched : RefundReturns.Waiting(matched, back);
    }

    private async Task<StoredPayment?> IsolatedAsync(StoredPayment payment, Func<StoredPayment, Task<StoredPayment?>> decide)
    {
        try
        {
            return await decide(payment);
        }
        catch (Exception broken) when (!IsOutage(broken))
        {
            return Broken(payment, broken);
        }
    }

    private async Task<bool> CarryOutAsync(StoredPayment payment, SilentAccounts silent, CancellationToken cancellation)
    {
        try
        {
            await posting.RunAsync(payment, bulk: true, cancellation);
        }
        catch (Exception silence) when (IsSilence(silence))
        {
            LogSilent(payment.Key, silence);
            silent.Add(payment, silence);
            return false;
        }
        catch (Exception broken) when (!IsOutage(broken))
        {
            await store.SaveAsync([(payment, Broken(payment, broken))], cancellation);
        }

        return true;
    }

    // A fault of ours in one payment: it waits for a person, and must not stop all others.
    private StoredPayment Broken(StoredPayment payment, Exception broken)
    {
        LogBroken(payment.Key, broken);
        return payment with { State = PaymentState.Waiting, Reason = "INTERNAL_ERROR" };
    }

    // What goes away by itself, and would meet every other payment as well. Of a database's refusals those of a value (classes 22
    // and 23 of its codes) come again with the same payment.
    private static bool IsOutage(Exception failure) => failure switch
    {
        DbException { SqlState: ['2', '2' or '3', ..] } => false,
        DbException or OperationCanceledException or TimeoutException or IOException or SocketException => true,
        _ => IsSilence(failure),
    };

    private static bool IsSilence(Exception failure) => failure is OutcomeUnknownException or AccountBusyException or AccountUnavailableException;

    [LoggerMessage(LogLevel.Warning, "The account of bank payment {Payment} does not answer; what has to do with it is tried again, and the others go on")]
    private partial void LogSilent(PaymentKey payment, Exception silence);

    [LoggerMessage(LogLevel.Error, "Bank payment {Payment} cannot be carried out")]
    private partial void LogBroken(PaymentKey payment, Exception failure);
}
