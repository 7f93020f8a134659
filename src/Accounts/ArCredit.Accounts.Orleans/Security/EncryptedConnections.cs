using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace ArCredit.Accounts.Orleans.Security;

/// <summary>
/// TLS on every connection between nodes, whoever opened it: both sides show a certificate, and one that is no node's ends the
/// connection before a byte of a message was read.
/// </summary>
internal sealed class EncryptedConnections(NodeCertificate certificate, string cluster)
{
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    // One record of TLS.
    private const int BufferSize = 16 * 1024;

    // As long as Orleans waits for a connection.
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);

    /// <summary>Puts it under everything that silos say to each other.</summary>
    public void Configure(SiloConnectionOptions connections)
    {
        connections.ConfigureSiloInboundConnection(connection => connection.Use(next => context => RunAsync(context, next, AnswerAsync)));
        connections.ConfigureGatewayInboundConnection(connection => connection.Use(next => context => RunAsync(context, next, AnswerAsync)));
        connections.ConfigureSiloOutboundConnection(connection => connection.Use(next => context => RunAsync(context, next, CallAsync)));
    }

    private static async Task RunAsync(ConnectionContext context, ConnectionDelegate next, Func<SslStream, CancellationToken, Task> shakeHands)
    {
        var plain = context.Transport;
        await using var encrypted = new SslStream(new TwoWayStream(plain));
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed))
        {
            patience.CancelAfter(Handshake);
            await shakeHands(encrypted, patience.Token);
        }

        var transport = new EncryptedPipe(
            PipeReader.Create(encrypted, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true)),
            PipeWriter.Create(encrypted, new StreamPipeWriterOptions(leaveOpen: true)));
        try
        {
            context.Transport = transport;
            await next(context);
        }
        finally
        {
            context.Transport = plain;
            await transport.Input.CompleteAsync();
            await transport.Output.CompleteAsync();
        }
    }

    private Task AnswerAsync(SslStream stream, CancellationToken cancellation) => stream.AuthenticateAsServerAsync(
        new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate.Own,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = Protocols,
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = IsNode,
        },
        cancellation);

    private Task CallAsync(SslStream stream, CancellationToken cancellation) => stream.AuthenticateAsClientAsync(
        new SslClientAuthenticationOptions
        {
            // Nodes are known by their authority, not by a name; TLS wants one all the same.
            TargetHost = cluster,
            ClientCertificates = [certificate.Own],
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            EnabledSslProtocols = Protocols,
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = IsNode,
        },
        cancellation);

    private bool IsNode(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown is X509Certificate2 other && certificate.IsNode(other);

    private sealed record EncryptedPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
