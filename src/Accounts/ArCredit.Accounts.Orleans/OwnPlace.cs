using System.Net;
using System.Net.Sockets;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ArCredit.Accounts.Orleans;

/// <summary>
/// Before a node joins: its address is one of this machine, and nobody listens at its ports. Orleans takes a newcomer at the place
/// of a node for that node's next life and declares the old one dead, however healthy, and its listener shares a port with it.
/// </summary>
internal sealed class OwnPlace(ClusterSettings settings, IConfiguration configuration) : IHostedService
{
    private static readonly TimeSpan ToConnect = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Address is { } address)
        {
            RequireOwn(address);
        }

        await RequireFreeAsync("Cluster__Port", settings.Address ?? IPAddress.Loopback, settings.Port, cancellationToken);
        foreach (var url in configuration["urls"]?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (Uri.TryCreate(url, UriKind.Absolute, out var listens) && listens.Port > 0)
            {
                var host = IPAddress.TryParse(listens.Host, out var own) && !own.Equals(IPAddress.Any) && !own.Equals(IPAddress.IPv6Any) ? own : IPAddress.Loopback;
                await RequireFreeAsync("--urls", host, listens.Port, cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void RequireOwn(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, 0));
        }
        catch (SocketException foreign)
        {
            throw new SettingException($"Cluster__Address: {address} is no address of this machine ({foreign.SocketErrorCode}).");
        }
    }

    // Whoever can be reached there is there; binding would not tell, a node's own listener lets others bind too.
    private static async Task RequireFreeAsync(string setting, IPAddress address, int port, CancellationToken cancellation)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ToConnect);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), patience.Token);
        }
        catch (SocketException)
        {
            return;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return;
        }

        throw new SettingException($"{setting}: somebody listens at {address}:{port} already; a node there would end a node that runs.");
    }
}
