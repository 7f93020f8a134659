using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
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

    /// <summary>What asking a second time does.</summary>
    private enum Second
    {
        /// <summary>As little as the first: nothing.</summary>
        ChangesNothing,

        /// <summary>The journal knows it by its key or number, and answers as the first time.</summary>
        IsRecognised,

        /// <summary>All over again: a PUT without a key would leave a second version behind.</summary>
        IsAnother,
    }

    /// <inheritdoc/>
    public async Task<Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation)
    {
        if (!options.Bulk)
        {
            services.Tills.Asked();
        }

        var reply = await CallAsync(
            SecondOf(command, options),
            patience => grains.GetGrain<IAccountGrain>(account.Value).AskAsync(new AccountQuestion(command, options, patience), cancellation),
            cancellation);
        return reply.ToAnswer();
    }

    /// <inheritdoc/>
    public async Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation)
    {
        var reply = await CallAsync(
            Second.ChangesNothing, patience => grains.GetGrain<IAccountGrain>(account.Value).ReadAsync(patience, cancellation), cancellation);
        return reply.ToView();
    }

    private static Second SecondOf(AccountCommand command, AskOptions options) =>
        command is CheckCredit or FindReservation ? Second.ChangesNothing
        : options.Key is not null || NumberKey.Of(command) is not null || command is RunDue ? Second.IsRecognised
        : Second.IsAnother;

    private async Task<AccountReply> CallAsync(Second second, Func<TimeSpan, Task<AccountReply>> call, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        var unknown = false;
        string? newer = null;
        while (true)
        {
            var left = services.Deadline - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw unknown ? new OutcomeUnknownException()
                    : newer is not null ? new NewerSchemaException(newer)
                    : new AccountBusyException("No node has the account now.");
            }

            try
            {
                var reply = await call(left).WaitAsync(left + Silence, time, cancellation);

                // That nothing was done is true of this asking alone: what an earlier one did, the account says once it can.
                if (!unknown || reply.Kind is not (ReplyKind.Busy or ReplyKind.Unavailable))
                {
                    return reply;
                }
            }
            catch (TimeoutException)
            {
                throw new OutcomeUnknownException();
            }
            catch (InconsistentStateException other)
            {
                // That activation was not the account any more, or cannot read it, and has decided nothing.
                newer = other.StoredEtag == AccountGrain.NewerVersion ? other.Message : null;
            }
            catch (Exception gone) when (gone is OrleansException || (gone is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // The node is gone, going, or was not found, or what looked for it was called off; the question may have reached it.
                unknown |= second switch
                {
                    Second.ChangesNothing => false,
                    Second.IsRecognised => true,
                    _ => throw new OutcomeUnknownException(),
                };
            }

            await Task.Delay(pause < left ? pause : left, time, cancellation);
            pause = pause + pause < LongestPause ? pause + pause : LongestPause;
        }
    }
}
