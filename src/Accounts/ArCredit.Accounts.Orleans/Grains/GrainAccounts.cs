using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Orleans.Wire;
using ArCredit.Kernel;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace ArCredit.Accounts.Orleans.Grains;

/// <summary>
/// The way to accounts on whichever node they live. A node that dies under a question is the same to the caller as a
/// connection that breaks under a commit: nobody knows. What can be asked twice is asked again until the deadline, of the node
/// that has the account then; the journal's keys see to it that it has one effect.
/// </summary>
internal sealed class GrainAccounts(IGrainFactory grains, ActorServices services, TimeProvider time) : IAccounts
{
    // The account keeps the deadline itself and says more exactly what became of the question; this is for a node that is silent.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async Task<Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation)
    {
        if (!options.Bulk)
        {
            services.Tills.Asked();
        }

        var reply = await CallAsync(
            CanBeAskedTwice(command, options),
            patience => grains.GetGrain<IAccountGrain>(account.Value).AskAsync(new AccountQuestion(command, options, patience), cancellation),
            cancellation);
        return reply.ToAnswer();
    }

    /// <inheritdoc/>
    public async Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation)
    {
        var reply = await CallAsync(
            canBeAskedTwice: true, patience => grains.GetGrain<IAccountGrain>(account.Value).ReadAsync(patience, cancellation), cancellation);
        return reply.ToView();
    }

    /// <summary>
    /// True when a second asking has no second effect: it changes nothing, or the journal knows it by its key or number. A PUT
    /// without a key would leave a second version behind.
    /// </summary>
    private static bool CanBeAskedTwice(AccountCommand command, AskOptions options) =>
        options.Key is not null || NumberKey.Of(command) is not null || command is CheckCredit or FindReservation or RunDue;

    private async Task<AccountReply> CallAsync(bool canBeAskedTwice, Func<TimeSpan, Task<AccountReply>> call, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        var unknown = false;
        while (true)
        {
            var left = services.Deadline - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw unknown ? new OutcomeUnknownException() : new AccountBusyException("No node has the account now.");
            }

            try
            {
                return await call(left).WaitAsync(left + Silence, time, cancellation);
            }
            catch (TimeoutException)
            {
                throw new OutcomeUnknownException();
            }
            catch (InconsistentStateException)
            {
                // That activation was not the account any more and has decided nothing.
            }
            catch (OrleansException)
            {
                // The node is gone, going, or was not found; the question may have reached it.
                unknown = canBeAskedTwice ? true : throw new OutcomeUnknownException();
            }

            await Task.Delay(pause < left ? pause : left, time, cancellation);
            pause = pause + pause < LongestPause ? pause + pause : LongestPause;
        }
    }
}
