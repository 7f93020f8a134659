using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using ArCredit.Platform.Data;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Accounts.Orleans;

/// <summary>
/// Before a node joins: waits until nodes that nobody answers for are known to be silent. When every node died at once there is
/// nobody left to declare them dead; Orleans lets a newcomer do that only if they were silent already when it came, and else
/// keeps it out for minutes. Takes no time while all nodes that are listed can be reached; one that cannot be reached from here and
/// yet gives signs of life is left to Orleans after a while.
/// </summary>
internal sealed partial class FormerNodes(IDatabase database, ClusterSettings settings, TimeProvider time, ILogger<FormerNodes> log) : IHostedService
{
    private const int Active = 3;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ToConnect = TimeSpan.FromSeconds(1);

    // Twice as long as a dead node needs to be silent, and then some.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>A node tells this often that it lives.</summary>
    public static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(2);

    /// <summary>So many signs missed in a row are silence.</summary>
    public const int MissedSigns = 3;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var told = false;
        var started = time.GetTimestamp();
        while (await FindWaitedForAsync(cancellationToken) is { } node)
        {
            if (time.GetElapsedTime(started) >= LongestWait)
            {
                LogNotSilent(node.ToString());
                return;
            }

            if (!told)
            {
                told = true;
                LogWaiting(node.ToString());
            }

            await Task.Delay(LookAgain, time, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A node that gave its last sign of life a moment ago and does not answer; null when there is none, or others answer.</summary>
    private async Task<IPEndPoint?> FindWaitedForAsync(CancellationToken cancellation)
    {
        List<(string Address, int Port, DateTimeOffset Sign)> listed;
        await using (var session = await database.OpenReadAsync(cancellation))
        {
            listed = [.. await session.Connection.QueryAsync<(string, int, DateTimeOffset)>(
                "select address, port, iamalivetime from orleans_silo where deploymentid = @Name and status = @Active", new { settings.Name, Active })];
        }

        var silentSince = time.GetUtcNow() - (SignOfLife * MissedSigns);
        var own = OwnAddresses();
        IPEndPoint? waitedFor = null;
        foreach (var (address, port, sign) in listed.Where(node => node.Sign > silentSince))
        {
            // Orleans itself knows who was here before on this very address.
            var node = new IPEndPoint(IPAddress.Parse(address), port);
            if (port == settings.Port && own.Contains(node.Address))
            {
                continue;
            }

            if (await AnswersAsync(node, cancellation))
            {
                return null;
            }

            waitedFor = node;
        }

        return waitedFor;
    }

    private HashSet<IPAddress> OwnAddresses() => settings.Address is { } address
        ? [address]
        : [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(network => network.GetIPProperties().UnicastAddresses).Select(each => each.Address)];

    private static async Task<bool> AnswersAsync(IPEndPoint node, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ToConnect);
        using var socket = new Socket(node.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(node, patience.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Node {Node} does not answer, nor does any other; this one joins once it has been silent for long enough.")]
    private partial void LogWaiting(string node);

    [LoggerMessage(LogLevel.Warning, "Node {Node} cannot be reached from here, yet it gives signs of life; this one joins if Orleans lets it. Can the nodes reach each other's Cluster__Port?")]
    private partial void LogNotSilent(string node);
}
