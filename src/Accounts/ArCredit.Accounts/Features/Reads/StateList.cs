using System.Text.Json;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
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

    /// <summary>A stored state. Throws <see cref="InvariantException"/> when there is none.</summary>
    public static TState Parse<TState>(string state)
        where TState : class =>
        JsonSerializer.Deserialize<TState>(state, EventCodec.Options) ?? throw new InvariantException($"A {typeof(TState).Name} is null.");
}
