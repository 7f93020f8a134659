using System.Text.Json;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>A list of what an account has in a table of states: (account_id, id, status, state), by id, all or of one status.</summary>
internal static class StateList
{
    /// <summary>Answers the request with a page.</summary>
    /// <param name="http">Its query has status, limit and cursor.</param>
    /// <param name="reads">Opens the tables.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="view">What a state is shown as.</param>
    /// <param name="id">A view's id, which the next page begins behind.</param>
    public static async Task AnswerAsync<TStatus, TState, TView>(
        HttpContext http, ProjectedReads reads, string table, Func<TState, TView> view, Func<TView, DocumentNumber> id)
        where TStatus : struct, Enum
        where TState : class
    {
        var query = new QueryReader(http);
        var status = query.OneOf<TStatus>("status");
        var paging = query.Paging(1);
        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await reads.OpenAsync(http.RequestAborted);
        if (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null)
        {
            await ProjectedReads.NoSuchAccount.ExecuteAsync(http);
            return;
        }

        var states = await session.Connection.QueryAsync<string>(new CommandDefinition(
            $"""
            select state from {table}
             where account_id = @account and id > @after {(status is null ? string.Empty : "and status = @status")}
             order by id limit @limit
            """,
            new
            {
                account = account.Value,
                after = paging.After?[0] ?? string.Empty,
                status = status is { } wanted ? EnumNames.Name(wanted) : null,
                limit = paging.Limit + 1,
            },
            cancellationToken: http.RequestAborted));
        await Reply.Json(http, 200, paging.Page([.. states.Select(Parse<TState>).Select(view)], shown => [id(shown).Value]));
    }

    /// <summary>
    /// One of them, by the id in the path, with the session it was read in; null when there is none, or the request is no such
    /// question: then it is answered.
    /// </summary>
    /// <param name="http">Its path has the account and the id; its query is empty.</param>
    /// <param name="reads">Opens the tables.</param>
    /// <param name="table">The table's name.</param>
    /// <param name="idName">The path parameter.</param>
    public static async Task<OneState<TState>?> FindOrAnswerAsync<TState>(HttpContext http, ProjectedReads reads, string table, string idName)
        where TState : class
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem)
            || !RouteReader.TryNumber(http, idName, out var id, out problem)
            || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return null;
        }

        var session = await reads.OpenSnapshotAsync(http.RequestAborted);
        var found = await session.Connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            $"select state from {table} where account_id = @account and id = @id",
            new { account = account.Value, id = id.Value }, session.Transaction, cancellationToken: http.RequestAborted));
        if (found is not null)
        {
            return new OneState<TState>(session, account, id, Parse<TState>(found));
        }

        await using (session)
        {
            await (await ProjectedReads.FindCompanyAsync(session, account, http.RequestAborted) is null
                ? ProjectedReads.NoSuchAccount
                : ProjectedReads.NoSuchThing).ExecuteAsync(http);
            return null;
        }
    }

    /// <summary>A stored state. Throws <see cref="InvariantException"/> when there is none.</summary>
    public static TState Parse<TState>(string state)
        where TState : class =>
        JsonSerializer.Deserialize<TState>(state, EventCodec.Options) ?? throw new InvariantException($"A {typeof(TState).Name} is null.");
}

/// <summary>A state as it was read.</summary>
/// <param name="Session">For what else belongs to it; dispose of it.</param>
/// <param name="Account">Whose it is.</param>
/// <param name="Id">Its id.</param>
/// <param name="State">As it stands.</param>
internal sealed record OneState<TState>(DbSession Session, AccountId Account, DocumentNumber Id, TState State) : IAsyncDisposable
    where TState : class
{
    public ValueTask DisposeAsync() => Session.DisposeAsync();
}
