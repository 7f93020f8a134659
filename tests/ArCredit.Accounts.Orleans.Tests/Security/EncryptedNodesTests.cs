using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ArCredit.Accounts.Orleans.Security;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests.Security;

/// <summary>Nodes with certificates, as processes: they work as others do, and nobody else gets a word out of them.</summary>
[Collection("cluster processes")]
public sealed class EncryptedNodesTests
{
    private const int Accounts = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [PostgresFact]
    public async Task Nodes_with_certificates_of_one_authority_ask_each_other_and_talk_to_nobody_else()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        using var authority = new Authority();
        using var strangers = new Authority();
        await using var nodes = await NodeProcesses.StartAsync(AppSettings.On(database) with { More = authority.Settings(authority.Issue("node")) }, 2);
        for (var i = 0; i < Accounts; i++)
        {
            var path = $"/api/v1/accounts/T{i}";
            (await nodes.All[i % 2].Admin.PutAsync(path, new { name = "Told in private", currency = "EUR", creditLimit = 10 })).ShouldBe(201);
            (await nodes.All[(i + 1) % 2].Admin.PostAsync($"{path}/reservations", new { kind = "pos", amount = 4, currency = "EUR" })).ShouldBe(201);
            (await nodes.All[i % 2].Admin.GetAsync(path)).ShouldBe(200)["exposure"].GetProperty("total").GetDecimal().ShouldBe(4m);
        }

        var (certificate, key) = authority.Issue("another");
        var (foreign, foreignKey) = strangers.Issue("another");
        using var own = X509Certificate2.CreateFromPemFile(certificate, key);
        using var others = X509Certificate2.CreateFromPemFile(foreign, foreignKey);
        var trusted = NodeCertificate.From(new ConfigurationBuilder().AddInMemoryCollection(authority.Settings((certificate, key))).Build())!;
        var port = nodes.PortOf(nodes.All[0]);
        (await SpeaksToAsync(port, trusted, own)).ShouldBeTrue("a node's certificate");
        (await SpeaksToAsync(port, trusted, others)).ShouldBeFalse("another authority's certificate");
        (await SpeaksToAsync(port, trusted, null)).ShouldBeFalse("no certificate");
        (await SpeaksInPlainTextAsync(port)).ShouldBeFalse("no TLS");

        // Whoever was turned away took nothing with him.
        (await nodes.All[0].Admin.GetAsync("/api/v1/accounts/T0")).ShouldBe(200);
        (await nodes.All[1].Admin.GetAsync("/api/v1/accounts/T0")).ShouldBe(200);
    }

    /// <summary>True when the node says its first words to who shows this certificate.</summary>
    private static async Task<bool> SpeaksToAsync(int port, NodeCertificate trusted, X509Certificate2? certificate)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "test",
                    ClientCertificates = certificate is null ? null : [certificate],
                    RemoteCertificateValidationCallback = (_, shown, _, _) => trusted.IsNode((X509Certificate2)shown!),
                },
                patience.Token);
            return await stream.ReadAsync(new byte[1], patience.Token) > 0;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> SpeaksInPlainTextAsync(int port)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        try
        {
            await client.GetStream().WriteAsync(new byte[64], patience.Token);
            return await client.GetStream().ReadAsync(new byte[1], patience.Token) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
