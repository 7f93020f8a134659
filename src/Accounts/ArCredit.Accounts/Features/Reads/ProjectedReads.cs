using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Reference;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>Opens the projection's tables once they show at least what was acknowledged before.</summary>
internal sealed class ProjectedReads(IFeed feed, IDatabase database, TimeProvider technical)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The problem of an account that is not there.</summary>
    public static ProblemResult NoSuchAccount { get; } = Problems.NotFound("ACCOUNT_NOT_FOUND", "There is no such account.");

    /// <summary>The problem of something that the account does not have.</summary>
    public static ProblemResult NoSuchThing { get; } = Problems.NotFound("NOT_FOUND", "There is no such thing on the account.");

    /// <summary>A session on tables that have caught up; 503 when they do not in time, so that no reader waits for ever.</summary>
    public Task<DbSession> OpenAsync(CancellationToken cancellation) => OpenAsync(database.OpenReadAsync, cancellation);

    /// <summary>The same for reads of several statements that must agree: all of them see one state.</summary>
    public Task<DbSession> OpenSnapshotAsync(CancellationToken cancellation) => OpenAsync(database.OpenSnapshotAsync, cancellation);

    private async Task<DbSession> OpenAsync(Func<CancellationToken, Task<DbSession>> open, CancellationToken cancellation)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Patience, technical);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
            try
            {
                await feed.CatchUpAsync(either.Token);
            }
            catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
            {
                throw new ServiceUnavailableException("READS_BEHIND", TimeSpan.FromSeconds(5), cause: late);
            }

            return await open(cancellation);
        }
        catch (Exception away) when (DatabaseOutage.Is(away))
        {
            throw new ServiceUnavailableException("DATABASE_UNAVAILABLE", TimeSpan.FromSeconds(5), cause: away);
        }
    }

    /// <summary>The account's company; null when there is no such account.</summary>
    public static Task<string?> FindCompanyAsync(DbSession session, AccountId account, CancellationToken cancellation) =>
        session.Connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "select company from account_view where account_id = @account", new { account = account.Value }, session.Transaction, cancellationToken: cancellation));

    /// <summary>The account's company with its calendar; null when there is no such account.</summary>
    public static async Task<Company?> FindCompanyAsync(DbSession session, AccountId account, IReference reference, CancellationToken cancellation) =>
        await FindCompanyAsync(session, account, cancellation) is { } id
            ? await reference.FindCompanyAsync(id, cancellation) ?? throw new InvariantException($"No company {id}.")
            : null;
}
