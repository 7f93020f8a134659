using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace ArCredit.Testing.Databases;

/// <summary>What happens to a connection just when a batch goes through.</summary>
public enum Cut
{
    /// <summary>The request never reaches the server.</summary>
    BeforeSend,

    /// <summary>The first bytes of the request reach the server.</summary>
    InsideRequest,

    /// <summary>The whole request reaches the server, and the connection is gone at once.</summary>
    RightAfterSend,

    /// <summary>The server has answered, so it has committed; nobody hears its answer.</summary>
    AfterSend,

    /// <summary>The first bytes of the answer arrive.</summary>
    InsideAnswer,

    /// <summary>The answer is held back for <see cref="CuttingProxy.Delay"/>; nothing is cut.</summary>
    LateAnswer,

    /// <summary>The request is swallowed and the connection stays open, until <see cref="CuttingProxy.CutSilent"/>.</summary>
    SilentBefore,

    /// <summary>The server commits; its answer is swallowed and the connection stays open, until <see cref="CuttingProxy.CutSilent"/>.</summary>
    SilentAfter,
}

/// <summary>Stands between a host and PostgreSQL and cuts connections just when a batch goes through.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    /// <summary>A text that a batch to be cut holds in its rows, unless the proxy is told others.</summary>
    public const string Marker = "cut-me-here";

    private static readonly TimeSpan ShortDelay = TimeSpan.FromMilliseconds(300);

    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint server;
    private readonly byte[][] markers;
    private readonly Task accepting;
    private readonly ConcurrentDictionary<Connection, bool> open = new();
    private readonly ConcurrentDictionary<Connection, bool> silent = new();
    private Fault? armed;
    private int cuts;

    /// <summary>A proxy in front of the server of a connection string.</summary>
    /// <param name="connectionString">The server's.</param>
    /// <param name="port">Where to listen; 0 = a free port.</param>
    /// <param name="markers">A request that holds one of these can be cut; none = <see cref="Marker"/>.</param>
    public CuttingProxy(string connectionString, int port = 0, params string[] markers)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        server = new IPEndPoint(IPAddress.TryParse(builder.Host, out var address) ? address : IPAddress.Loopback, builder.Port);
        this.markers = [.. (markers.Length == 0 ? [Marker] : markers).Select(Encoding.UTF8.GetBytes)];
        listener.Start();
        builder.Host = "127.0.0.1";
        Port = builder.Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        builder.SslMode = SslMode.Disable;
        ConnectionString = builder.ConnectionString;
        accepting = AcceptAsync();
    }

    /// <summary>Through the proxy.</summary>
    public string ConnectionString { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Faults that met a batch so far.</summary>
    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>How long <see cref="Cut.LateAnswer"/> holds an answer.</summary>
    public TimeSpan Delay { get; init; } = ShortDelay;

    /// <summary>While true nobody gets through: new connections end at once.</summary>
    public bool IsDown { get; set; }

    /// <summary>The next request that carries a marker meets this.</summary>
    /// <param name="cut">What happens.</param>
    /// <param name="share">How much of the request or the answer passes an <c>Inside…</c> cut, 0 to 1.</param>
    public void Arm(Cut cut, double share = 0.5) => Volatile.Write(ref armed, new Fault(cut, share));

    /// <summary>Nothing is cut any more.</summary>
    public void Disarm() => Volatile.Write(ref armed, null);

    /// <summary>Cuts the connections that were left open and silent; how many.</summary>
    public int CutSilent() => End(silent);

    /// <summary>Cuts every connection, whatever it is at; how many.</summary>
    public int CutAll() => End(open);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private static int End(ConcurrentDictionary<Connection, bool> connections)
    {
        var ended = 0;
        foreach (var connection in connections.Keys)
        {
            if (connections.TryRemove(connection, out _))
            {
                connection.End();
                ended++;
            }
        }

        return ended;
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var upstream = new TcpClient();
        using (client)
        {
            try
            {
                if (IsDown)
                {
                    return;
                }

                await upstream.ConnectAsync(server, stop.Token);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var connection = new Connection(client.GetStream(), upstream.GetStream(), over);
                open[connection] = true;
                var ended = await Task.WhenAny(RequestsAsync(connection), AnswersAsync(connection));
                open.TryRemove(connection, out _);
                silent.TryRemove(connection, out _);
                connection.End();
                await ended;
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                // One side went away; the other one follows by the disposal.
            }
        }
    }

    private async Task RequestsAsync(Connection connection)
    {
        var buffer = new byte[1 << 20];
        int count;
        while ((count = await connection.Near.ReadAsync(buffer, connection.Over.Token)) > 0)
        {
            if (!IsMarked(buffer.AsSpan(0, count)) || Interlocked.Exchange(ref armed, null) is not { } fault)
            {
                await connection.Far.WriteAsync(buffer.AsMemory(0, count), connection.Over.Token);
                continue;
            }

            Interlocked.Increment(ref cuts);
            switch (fault.Cut)
            {
                case Cut.BeforeSend:
                    return;
                case Cut.InsideRequest:
                    await connection.Far.WriteAsync(buffer.AsMemory(0, fault.Of(count)), connection.Over.Token);
                    return;
                case Cut.RightAfterSend:
                    await connection.Far.WriteAsync(buffer.AsMemory(0, count), connection.Over.Token);
                    return;
                case Cut.SilentBefore:
                    silent[connection] = true;
                    await connection.IsOverAsync();
                    return;
                default:
                    connection.Pending = fault;
                    await connection.Far.WriteAsync(buffer.AsMemory(0, count), connection.Over.Token);
                    break;
            }
        }
    }

    private async Task AnswersAsync(Connection connection)
    {
        var buffer = new byte[1 << 16];
        int count;
        while ((count = await connection.Far.ReadAsync(buffer, connection.Over.Token)) > 0)
        {
            if (connection.Pending is { } fault)
            {
                connection.Pending = null;
                switch (fault.Cut)
                {
                    case Cut.InsideAnswer:
                        await connection.Near.WriteAsync(buffer.AsMemory(0, fault.Of(count)), connection.Over.Token);
                        return;
                    case Cut.LateAnswer:
                        using (var hold = new PeriodicTimer(Delay))
                        {
                            await hold.WaitForNextTickAsync(connection.Over.Token);
                        }

                        break;
                    case Cut.SilentAfter:
                        silent[connection] = true;
                        await connection.IsOverAsync();
                        return;
                    default:
                        return;
                }
            }

            await connection.Near.WriteAsync(buffer.AsMemory(0, count), connection.Over.Token);
        }
    }

    private bool IsMarked(ReadOnlySpan<byte> request)
    {
        foreach (var marker in markers)
        {
            if (request.IndexOf(marker) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Fault(Cut Cut, double Share)
    {
        // At least one byte passes and at least one does not.
        public int Of(int count) => Math.Clamp((int)(count * Share), Math.Min(1, count), Math.Max(count - 1, 0));
    }

    private sealed class Connection(NetworkStream near, NetworkStream far, CancellationTokenSource over)
    {
        private volatile Fault? pending;
        private bool ended;

        public NetworkStream Near { get; } = near;

        public NetworkStream Far { get; } = far;

        public CancellationTokenSource Over { get; } = over;

        public Fault? Pending
        {
            get => pending;
            set => pending = value;
        }

        // Whoever ends it may come after it has ended by itself.
        public void End()
        {
            lock (Over)
            {
                if (!ended)
                {
                    ended = true;
                    Over.Cancel();
                }
            }
        }

        public async Task IsOverAsync()
        {
            var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (Over.Token.UnsafeRegister(source => ((TaskCompletionSource)source!).SetResult(), cut))
            {
                await cut.Task;
            }
        }
    }
}
