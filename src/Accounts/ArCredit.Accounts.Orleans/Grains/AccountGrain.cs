using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Orleans.Wire;
using ArCredit.Kernel;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace ArCredit.Accounts.Orleans.Grains;

/// <summary>
/// Where one account lives in the cluster: a thin shell around the same actor as in one process. Commands pipeline in the
/// actor, so the grain is reentrant. While membership changes there can be two activations of an account for a moment; the
/// journal's fence lets only one of them write, and the other goes.
/// </summary>
[Reentrant]
[GrainType("arcredit-account")]
internal sealed partial class AccountGrain : IGrainBase, IAccountGrain
{
    /// <summary>Stands where the cluster's own exception names what is stored: this node cannot read it.</summary>
    public const string NewerVersion = "newer-version";

    private readonly AccountActor actor;
    private readonly ActorServices services;
    private readonly AccountMeters meters;
    private readonly ILogger<AccountGrain> log;

    public AccountGrain(IGrainContext context, ActorServices services, AccountMeters meters, ILogger<AccountGrain> log)
    {
        GrainContext = context;
        this.log = log;
        this.services = services;
        this.meters = meters;
        actor = new AccountActor(AccountId.Parse(context.GrainId.Key.ToString()!), services) { MayHaveTwin = true };
    }

    /// <inheritdoc/>
    public IGrainContext GrainContext { get; }

    /// <inheritdoc/>
    public Task OnActivateAsync(CancellationToken token)
    {
        meters.WokeUp();
        LogAwake(actor.Id.Value);
        return Task.CompletedTask;
    }

    /// <summary>What was acknowledged is on disk already; what is under way is waited for, so that its callers hear of it.</summary>
    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        meters.FellAsleep();
        try
        {
            await actor.SettleAndSaveAsync(token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Out of time. The journal has everything; what got no snapshot is replayed.
        }
    }

    /// <inheritdoc/>
    public Task<AccountReply> AskAsync(AccountQuestion question, CancellationToken cancellation)
    {
        if (!question.Options.Bulk)
        {
            services.Tills.Asked();
        }

        return AnswerAsync(async () =>
        {
            if (question.Command is CommandOfNewerVersion unknown)
            {
                throw new NewerSchemaException(unknown.Name, 1);
            }

            var answer = await actor.AskAsync(question.Command, question.Options, question.Patience, cancellation);
            if (answer is Answer.Refused { Code: RefusalCode.CompanyUnknown })
            {
                // Another node may have been told of it a moment ago.
                await services.Reference.RefreshAsync(cancellation);
                answer = await actor.AskAsync(question.Command, question.Options, question.Patience, cancellation);
            }

            meters.Count(answer);
            return AccountReply.Of(answer);
        });
    }

    /// <inheritdoc/>
    public Task<AccountReply> ReadAsync(TimeSpan patience, CancellationToken cancellation) =>
        AnswerAsync(async () => AccountReply.Of(await actor.ReadAsync(patience, cancellation)));

    private static async Task<AccountReply> AnswerAsync(Func<Task<AccountReply>> ask)
    {
        try
        {
            return await ask();
        }
        catch (FencedException fenced)
        {
            // Orleans takes an activation away that lets this escape; the caller asks the one that wrote.
            throw new InconsistentStateException(fenced.Message);
        }
        catch (NewerSchemaException newer)
        {
            // While a cluster is upgraded another node can read what was written: this activation makes room for one there.
            throw new InconsistentStateException(newer.Message, NewerVersion, string.Empty);
        }
        catch (Exception outage) when (AccountReply.Tells(outage))
        {
            // Told as a value, which nodes of every version read alike; an exception travels with its stack, and as Orleans sees fit.
            return AccountReply.Of(outage);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Account {Account} is awake here.")]
    private partial void LogAwake(string account);
}
