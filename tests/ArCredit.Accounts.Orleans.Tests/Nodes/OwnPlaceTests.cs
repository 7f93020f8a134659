using System.Net;
using System.Net.Sockets;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests.Nodes;

/// <summary>A node does not come up where another one is: that one would be declared dead.</summary>
public sealed class OwnPlaceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_place_that_is_taken_is_refused_before_anything_happens(bool forNodes)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var (port, free) = (((IPEndPoint)taken.LocalEndpoint).Port, FreePort());
        var (nodes, callers) = forNodes ? (port, free) : (free, port);
        var refused = await Should.ThrowAsync<SettingException>(Place(IPAddress.Loopback, nodes, callers).StartAsync(CancellationToken.None));
        refused.Message.ShouldStartWith(forNodes ? "Cluster__Port" : "--urls");
        taken.Stop();
        await Place(IPAddress.Loopback, nodes, callers).StartAsync(CancellationToken.None);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_refused() =>
        (await Should.ThrowAsync<SettingException>(Place(IPAddress.Parse("203.0.113.7"), 1, 1).StartAsync(CancellationToken.None))).Message.ShouldContain("203.0.113.7");

    private static OwnPlace Place(IPAddress address, int nodes, int callers) => new(
        new ClusterSettings("test", nodes, address, null, IsAlone: false),
        new ConfigurationBuilder().AddInMemoryCollection([new("urls", $"http://0.0.0.0:{callers};http://127.0.0.1:0")]).Build());

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
