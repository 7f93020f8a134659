using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>A host of accounts with one or more nodes, each with its own way to the journal.</summary>
internal interface INodes : IAsyncDisposable
{
    /// <summary>Starts a node for each; what a client of each node talks to.</summary>
    Task<IReadOnlyList<IAccounts>> StartAsync(IReadOnlyList<ActorServices> services);
}

/// <summary>The in-process host; several nodes know nothing of each other.</summary>
internal sealed class InProcessNodes : INodes
{
    private InProcessAccounts[] nodes = [];

    public Task<IReadOnlyList<IAccounts>> StartAsync(IReadOnlyList<ActorServices> services)
    {
        nodes = [.. services.Select(each => new InProcessAccounts(each))];
        return Task.FromResult<IReadOnlyList<IAccounts>>(nodes);
    }

    public ValueTask DisposeAsync()
    {
        Array.ForEach(nodes, node => node.Dispose());
        return ValueTask.CompletedTask;
    }
}
