using ArCredit.Kernel;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.Posting;

/// <summary>
/// One round: the oldest payments are decided, the decisions stored in one transaction, then carried out side by side. Payments of one
/// customer wait for each other, because the first one changes what is open for the second.
/// </summary>
internal sealed partial class PaymentRound(
    PaymentStore store, PaymentIntake intake, PaymentMatching matching, AccountPosting posting, IFeed feed, ILogger<PaymentRound> log)
{
    private const int PageSize = 64;

    /// <summary>True when there was something to do; the next round goes on. Throws what an account throws when it cannot answer.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        // The oldest bookings first, or one taken back could come before what it takes back.
        while (await intake.RunAsync(cancellation))
        {
        }

        var page = await store.WorkAsync(PageSize, cancellation);
        if (page.Count == 0)
        {
            return false;
        }

        // What was posted by the round before is open no more.
        await feed.CatchUpAsync(cancellation);
        var changes = await DecideAsync(page, cancellation);
        var saved = await store.SaveAsync([.. changes.Where(change => change.Was.State != change.Now.State)], cancellation);
        var carried = changes.Where(change => change.Was.State == change.Now.State)
            .Concat(changes.Where(change => change.Was.State != change.Now.State).Where((_, at) => saved[at]))
            .Select(change => change.Now).Where(payment => payment.State is PaymentState.Posting or PaymentState.Undoing);
        await Task.WhenAll(carried.Select(payment => CarryOutAsync(payment, cancellation)));
        return true;
    }

    private async Task<List<(StoredPayment Was, StoredPayment Now)>> DecideAsync(List<StoredPayment> page, CancellationToken cancellation)
    {
        var changes = new List<(StoredPayment Was, StoredPayment Now)>();
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var payment in page)
        {
            var now = payment;
            if (payment.IsReturn == 1)
            {
                // Whatever it takes back has to be settled first, and it changes what is open.
                if (changes.Count == 0)
                {
                    changes.Add((payment, payment.State == PaymentState.New ? await matching.DecideReturnAsync(payment, cancellation) : payment));
                }

                break;
            }

            if (payment.State == PaymentState.New)
            {
                var candidates = await matching.FindAsync(payment, cancellation);
                if (candidates.Accounts.Any(account => touched.Contains(account.Value)))
                {
                    break;
                }

                now = await matching.DecideAsync(payment, candidates, cancellation);
            }

            changes.Add((payment, now));
            if (now.State is PaymentState.Posting or PaymentState.Undoing)
            {
                touched.Add(now.Customer!);
            }
        }

        return changes;
    }

    private async Task CarryOutAsync(StoredPayment payment, CancellationToken cancellation)
    {
        try
        {
            await posting.RunAsync(payment, bulk: true, cancellation);
        }
        catch (InvariantException broken)
        {
            // A fault of ours in one payment: it waits for a person, and must not stop all others.
            LogBroken(payment.Key, broken);
            await store.SaveAsync([(payment, payment with { State = PaymentState.Waiting, Reason = "INTERNAL_ERROR" })], cancellation);
        }
    }

    [LoggerMessage(LogLevel.Error, "Bank payment {Payment} cannot be carried out")]
    private partial void LogBroken(PaymentKey payment, Exception failure);
}
