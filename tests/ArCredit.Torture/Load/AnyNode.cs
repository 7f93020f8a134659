using ArCredit.Testing.App;

namespace ArCredit.Torture.Load;

/// <summary>
/// A client's way into a cluster, as through a load balancer: each request goes to the next node that is not known to be out of
/// order. Requests under way at one that is gone are given up, and nobody knows what became of them; at one that is frozen they
/// wait, however long, for what it says once it wakes up.
/// </summary>
internal sealed class AnyNode() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
{
    private readonly List<Way> ways = [];
    private int next;

    /// <summary>A client that asks any node.</summary>
    public ApiClient Client => field ??= new ApiClient(
        new HttpClient(this) { BaseAddress = new Uri("http://any.node"), Timeout = Timeout.InfiniteTimeSpan }, AppSettings.AdminKey);

    /// <summary>From now on it is asked too.</summary>
    public void Add(HostProcess node)
    {
        lock (ways)
        {
            ways.Add(new Way(node));
        }
    }

    /// <summary>It is frozen: asked no more, but listened to.</summary>
    public void Avoid(HostProcess node)
    {
        lock (ways)
        {
            var way = ways.Single(each => each.Node == node);
            (way.IsOpen, way.WasFrozen) = (false, true);
        }
    }

    /// <summary>It is asked again.</summary>
    public void Reopen(HostProcess node)
    {
        lock (ways)
        {
            ways.Single(each => each.Node == node).IsOpen = true;
        }
    }

    /// <summary>It is gone.</summary>
    public async Task RemoveAsync(HostProcess node)
    {
        Way gone;
        lock (ways)
        {
            gone = ways.Single(each => each.Node == node);
            ways.Remove(gone);
        }

        await gone.End.CancelAsync();
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var way = NextWay();
        request.RequestUri = new Uri(way.Node.Address, request.RequestUri!.PathAndQuery);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, way.End.Token);
        using var patience = new CancellationTokenSource(Teller.Patience);
        using var givenUp = patience.Token.Register(() =>
        {
            if (!way.WasFrozen)
            {
                either.Cancel();
            }
        });
        try
        {
            return await ExchangeAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (way.End.IsCancellationRequested)
        {
            throw new HttpRequestException("Its node is gone.");
        }
    }

    private Way NextWay()
    {
        lock (ways)
        {
            var open = ways.FindAll(way => way.IsOpen);
            return open[(int)((uint)Interlocked.Increment(ref next) % open.Count)];
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        var response = await base.SendAsync(request, cancellation);
        await response.Content.LoadIntoBufferAsync(cancellation);
        return response;
    }

    private sealed class Way(HostProcess node)
    {
        public HostProcess Node { get; } = node;

        /// <summary>Cancelled when the node is gone.</summary>
        public CancellationTokenSource End { get; } = new();

        public bool IsOpen { get; set; } = true;

        /// <summary>Never false again.</summary>
        public bool WasFrozen { get; set; }
    }
}
