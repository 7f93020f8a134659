using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;

namespace ArCredit.Accounts.Orleans.Security;

/// <summary>
/// Who is a node, where the wire is not trusted: each shows a certificate, and accepts only those that the cluster's own
/// authority issued. Names are not looked at, because nodes come and go under any address; the authority must issue none to others.
/// </summary>
internal sealed class NodeCertificate
{
    private const string CertificateKey = "Cluster:Certificate";
    private const string PrivateKeyKey = "Cluster:CertificateKey";
    private const string AuthorityKey = "Cluster:Authority";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection authority;

    private NodeCertificate(X509Certificate2 own, X509Certificate2Collection authority)
    {
        Own = own;
        this.authority = authority;
    }

    /// <summary>This node's, with its private key.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>What the configuration says; null = nodes talk in plain text.</summary>
    /// <exception cref="SettingException">Not all three files are named, one cannot be read, or the certificate is not a node's.</exception>
    public static NodeCertificate? From(IConfiguration configuration)
    {
        var (certificate, key, authority) = (configuration[CertificateKey], configuration[PrivateKeyKey], configuration[AuthorityKey]);
        if (string.IsNullOrEmpty(certificate) && string.IsNullOrEmpty(key) && string.IsNullOrEmpty(authority))
        {
            return null;
        }

        if (string.IsNullOrEmpty(certificate) || string.IsNullOrEmpty(key) || string.IsNullOrEmpty(authority))
        {
            throw new SettingException("Cluster__Certificate, Cluster__CertificateKey and Cluster__Authority belong together: name a PEM file in each, or in none.");
        }

        var node = Read(certificate, key, authority);
        return node.FindFault(node.Own) is { } fault
            ? throw new SettingException($"Cluster__Certificate is not one that the other nodes would accept: {fault}")
            : node;
    }

    /// <summary>True for a certificate of a node of this cluster.</summary>
    public bool IsNode(X509Certificate2 certificate) => FindFault(certificate) is null;

    private static NodeCertificate Read(string certificate, string key, string authority)
    {
        try
        {
            var issuers = new X509Certificate2Collection();
            issuers.ImportFromPemFile(authority);
            return new NodeCertificate(X509Certificate2.CreateFromPemFile(certificate, key), issuers);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new SettingException($"Cluster__Certificate, Cluster__CertificateKey or Cluster__Authority cannot be read as PEM: {unreadable.Message}");
        }
    }

    private string? FindFault(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // Nodes call and are called.
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerUse));
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUse));
        foreach (var issuer in authority)
        {
            (issuer.SubjectName.RawData.AsSpan().SequenceEqual(issuer.IssuerName.RawData) ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(issuer);
        }

        return chain.Build(certificate) ? null
            : chain.ChainStatus.Length == 0 ? "its authority is another"
            : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct());
    }
}
