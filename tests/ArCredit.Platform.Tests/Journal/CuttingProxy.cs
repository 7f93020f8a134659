using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ArCredit.Platform.Tests.Journal;

/// <summary>Where a connection is cut.</summary>
internal enum Cut
{
    /// <summary>The request never reaches the server.</summary>
    BeforeSend,

    /// <summary>The server gets the request; nobody hears its answer.</summary>
    AfterSend,

    /// <summary>The first bytes of the answer arrive.</summary>
    InsideAnswer,
}

/// <summary>Stands between a host and PostgreSQL and cuts connections just when a batch goes through.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint server;
    private readonly Task accepting;
    private int armed = -1;
    private int cuts;

    public CuttingProxy(string connectionString, int port = 0)
    {
        listener = new TcpListener(IPAddress.Loopback, port);
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        server = new IPEndPoint(IPAddress.TryParse(builder.Host, out var address) ? address : IPAddress.Loopback, builder.Port);
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

    /// <summary>Connections cut so far.</summary>
    public int Cuts => cuts;

    /// <summary>The next request that carries <see cref="Marker"/> is cut.</summary>
    public void Arm(Cut cut) => armed = (int)cut;

    /// <summary>A text that a batch to be cut holds in its rows.</summary>
    public static ReadOnlySpan<byte> Marker => "cut-me-here"u8;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
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
                await upstream.ConnectAsync(server, stop.Token);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var (near, far) = (client.GetStream(), upstream.GetStream());
                var pending = new TaskCompletionSource<Cut>(TaskCreationOptions.RunContinuationsAsynchronously);
                var ended = await Task.WhenAny(RequestsAsync(near, far, pending, over.Token), AnswersAsync(far, near, pending.Task, over.Token));
                await over.CancelAsync();
                await ended;
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                // One side went away; the other one follows by the disposal.
            }
        }
    }

    private async Task RequestsAsync(NetworkStream from, NetworkStream to, TaskCompletionSource<Cut> pending, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        int count;
        while ((count = await from.ReadAsync(buffer, cancellation)) > 0)
        {
            if (buffer.AsSpan(0, count).IndexOf(Marker) < 0 || Interlocked.Exchange(ref armed, -1) is not (>= 0 and var cut))
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
                continue;
            }

            Interlocked.Increment(ref cuts);
            if ((Cut)cut == Cut.BeforeSend)
            {
                return;
            }

            pending.SetResult((Cut)cut);
            await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }
    }

    private static async Task AnswersAsync(NetworkStream from, NetworkStream to, Task<Cut> pending, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        int count;
        while ((count = await from.ReadAsync(buffer, cancellation)) > 0)
        {
            if (pending.IsCompleted)
            {
                // The server has answered, so it has committed; the client hears nothing, or half of it.
                if (await pending == Cut.InsideAnswer)
                {
                    await to.WriteAsync(buffer.AsMemory(0, count / 2), cancellation);
                }

                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }
    }
}
