using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Scheduled;

/// <summary>Asks accounts to decide what time alone has brought; they know themselves what that is.</summary>
internal sealed class DueAccounts(IAccounts accounts, TimeProvider time)
{
    /// <summary>Whom audit names.</summary>
    public const string Caller = "system";

    /// <summary>How many accounts are asked at once: enough to fill a batch, too few to crowd the tills out.</summary>
    private const int Concurrency = 32;

    private const int Attempts = 5;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly AskOptions Options = new(Caller, Bulk: true);

    /// <summary>
    /// Asks each once. Those that could not answer stay due and do not keep the others from their turn; their failures are
    /// added to <paramref name="failures"/>, for <see cref="ThrowWhenAny"/> after the last page.
    /// </summary>
    public async Task RunAsync(IEnumerable<string> due, List<Exception> failures, CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation },
            async (account, stop) => await AskAsync(AccountId.Parse(account), failures, stop));
    }

    /// <summary>Throws what went wrong, as an outage when it was nothing else.</summary>
    public static void ThrowWhenAny(List<Exception> failures)
    {
        if (failures.Count > 0 && failures.TrueForAll(AccountOutage.Is))
        {
            throw new ServiceUnavailableException(
                "ACCOUNTS_BEHIND", RetryAfter, $"{failures.Count} accounts could not do what is due yet.", new AggregateException(failures));
        }

        if (failures.Count > 0)
        {
            throw new AggregateException($"{failures.Count} accounts could not do what is due.", failures);
        }
    }

    private async Task AskAsync(AccountId account, List<Exception> failures, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await accounts.AskAsync(account, new RunDue(), Options, cancellation);
                return;
            }
            catch (Exception soon) when (soon is AccountBusyException or AccountUnavailableException && attempt < Attempts)
            {
                await Task.Delay(Pause, time, cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                // Thrown after the last page: whatever is wrong with one account, the others have their turn.
                lock (failures)
                {
                    failures.Add(failure);
                }

                return;
            }
        }
    }
}
