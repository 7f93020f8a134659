using System.Collections.Concurrent;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Accounts.Actors;

/// <summary>
/// The in-process host: one activation per account in this process, woken on demand, put to sleep when more than
/// <see cref="AccountsOptions.MaxActive"/> are awake (the longest unused first, found by a second-chance queue).
/// </summary>
internal sealed partial class InProcessAccounts : IAccounts, IHostedService, IDisposable
{
    private readonly ActorServices services;
    private readonly ConcurrentDictionary<AccountId, AccountActor> active = new();
    private readonly ConcurrentQueue<AccountActor> sleepers = new();

    // Its count too: the dictionary's own takes all locks.
    private readonly AccountMeters meters = new();
    private const int LooksPerWakeUp = 8;
    private static readonly TimeSpan SnapshotsAtStop = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DozeInterval = TimeSpan.FromSeconds(5);

    // Some tens of milliseconds of one processor.
    private const int MostDozingPerRound = 2000;

    private ITimer? dozing;

    public InProcessAccounts(ActorServices services) => this.services = services;

    /// <inheritdoc/>
    public async Task<Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation)
    {
        if (!options.Bulk)
        {
            services.Tills.Asked();
        }

        var actor = Enter(account);
        try
        {
            var answer = await actor.AskAsync(command, options, cancellation);
            meters.Count(answer);
            return answer;
        }
        catch (Exception away) when (DatabaseOutage.Is(away) && !DatabaseOutage.IsStatementRefused(away))
        {
            throw new AccountUnavailableException(away);
        }
        finally
        {
            actor.Leave();
        }
    }

    /// <inheritdoc/>
    public async Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation)
    {
        var actor = Enter(account);
        try
        {
            return await actor.ReadAsync(cancellation);
        }
        catch (Exception away) when (DatabaseOutage.Is(away) && !DatabaseOutage.IsStatementRefused(away))
        {
            throw new AccountUnavailableException(away);
        }
        finally
        {
            actor.Leave();
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        dozing = services.Technical.CreateTimer(_ => DozeSafely(), null, DozeInterval, DozeInterval);
        return Task.CompletedTask;
    }

    /// <summary>Leaves snapshots behind, so that large accounts wake up quickly after a restart.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        dozing?.Dispose();
        try
        {
            await Task.WhenAll(active.Values.Select(actor => actor.SaveBeforeStopAsync()))
                .WaitAsync(SnapshotsAtStop, services.Technical, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The journal has everything; what got no snapshot is replayed.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        dozing?.Dispose();
        meters.Dispose();
    }

    /// <summary>One round over the accounts awake: those that nobody asked since the round before are packed.</summary>
    public void Doze()
    {
        var left = MostDozingPerRound;
        foreach (var (_, actor) in active)
        {
            if (actor.TryDoze() && --left == 0)
            {
                return;
            }
        }
    }

    private void DozeSafely()
    {
        try
        {
            Doze();
        }
        catch (Exception broken)
        {
            // The outermost loop of the rounds: the account stays as it is, and the next round comes.
            LogDozeFailed(services.Logger, broken);
        }
    }

    [LoggerMessage(LogLevel.Error, "An account could not be packed; it stays awake as it is.")]
    private static partial void LogDozeFailed(ILogger logger, Exception broken);

    private AccountActor Enter(AccountId account)
    {
        while (true)
        {
            if (!active.TryGetValue(account, out var actor))
            {
                var fresh = new AccountActor(account, services);
                actor = active.GetOrAdd(account, fresh);
                if (ReferenceEquals(actor, fresh))
                {
                    meters.WokeUp();
                    sleepers.Enqueue(fresh);
                    PutSomeToSleep();
                }
            }

            if (actor.TryEnter())
            {
                return actor;
            }
        }
    }

    private void PutSomeToSleep()
    {
        // The first look at an account takes its mark of use away, the second puts it to sleep; busy ones stay, whatever the
        // number. A few looks for each account that wakes up keep pace, and no caller pays for a walk over all that are busy.
        for (var looks = LooksPerWakeUp; looks > 0 && meters.Awake > services.Options.MaxActive && sleepers.TryDequeue(out var actor); looks--)
        {
            if (actor.TryRetire())
            {
                active.TryRemove(KeyValuePair.Create(actor.Id, actor));
                meters.FellAsleep();
            }
            else
            {
                sleepers.Enqueue(actor);
            }
        }
    }
}
