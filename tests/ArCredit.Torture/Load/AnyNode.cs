using ArCredit.Testing.App;

namespace ArCredit.Torture.Load;

/// <summary>
/// A client's way into a cluster, as through a load balancer: each request goes to the next node that is not known to be out of
/// order. Requests under way at one that falls out are given up, and nobody knows what became of them.
/// </summary>
internal sealed class AnyNode() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
{
    private readonly List<(HostProcess Node, CancellationTokenSource Out)> nodes = [];
    private int next;

    /// <summary>A client that asks any node.</summary>
    public ApiClient Client => field ??= new ApiClient(
        new HttpClient(this) { BaseAddress = new Uri("http://any.node"), Timeout = Teller.Patience }, AppSettings.AdminKey);

    /// <summary>From now on it is asked too.</summary>
    public void Add(HostProcess node)
    {
        lock (nodes)
        {
            nodes.Add((node, new CancellationTokenSource()));
        }
    }

    /// <summary>It is asked no more.</summary>
    public async Task RemoveAsync(HostProcess node)
    {
        (HostProcess Node, CancellationTokenSource Out) gone;
        lock (nodes)
        {
            gone = nodes.Single(each => each.Node == node);
            nodes.Remove(gone);
        }

        await gone.Out.CancelAsync();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HostProcess node;
        CancellationToken isOut;
        lock (nodes)
        {
            (node, var source) = nodes[(int)((uint)Interlocked.Increment(ref next) % nodes.Count)];
            isOut = source.Token;
        }

        request.RequestUri = new Uri(node.Address, request.RequestUri!.PathAndQuery);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, isOut);
        var response = await base.SendAsync(request, either.Token);
        await response.Content.LoadIntoBufferAsync(either.Token);
        return response;
    }
}
