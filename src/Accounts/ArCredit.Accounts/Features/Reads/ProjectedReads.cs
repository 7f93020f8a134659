using System.Data.Common;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>Opens the projection's tables once they show at least what was acknowledged before.</summary>
internal sealed class ProjectedReads(IFeed feed, IDatabase database)
{
    /// <summary>The problem of an account that is not there.</summary>
    public static ProblemResult NoSuchAccount { get; } = Problems.NotFound("ACCOUNT_NOT_FOUND", "There is no such account.");

    /// <summary>A session on tables that have caught up.</summary>
    public async Task<DbSession> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            await feed.CatchUpAsync(cancellation);
            return await database.OpenReadAsync(cancellation);
        }
        catch (DbException away)
        {
            throw new ServiceUnavailableException("DATABASE_UNAVAILABLE", TimeSpan.FromSeconds(5), cause: away);
        }
    }

    /// <summary>The account's company; null when there is no such account.</summary>
    public static Task<string?> FindCompanyAsync(DbSession session, AccountId account, CancellationToken cancellation) =>
        session.Connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "select company from account_view where account_id = @account", new { account = account.Value }, cancellationToken: cancellation));
}
