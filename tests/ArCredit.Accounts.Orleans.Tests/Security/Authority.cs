using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ArCredit.Testing.App;

namespace ArCredit.Accounts.Orleans.Tests.Security;

/// <summary>An authority that issues certificates as PEM files.</summary>
internal sealed class Authority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly TestDirectory directory = new();
    private readonly X509Certificate2 certificate;
    private readonly string issuers;

    public Authority(string name = "nodes", Authority? under = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        certificate = under is null ? request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(2)) : Sign(request, key, under.certificate, Now.AddMonths(-6), Now.AddYears(1));
        issuers = certificate.ExportCertificatePem() + "\n" + under?.issuers;
        File = Write("authority.pem", issuers);
    }

    /// <summary>Its own certificate, and those of the authorities above it.</summary>
    public string File { get; }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A certificate and its key, in two files.</summary>
    public (string Certificate, string Key) Issue(string name, bool forServersOnly = false, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            forServersOnly ? [new Oid(ServerUse)] : [new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        using var issued = Sign(request, key, certificate, Now.AddDays(-2), Now.AddDays(expired ? -1 : 30));
        return (Write($"{name}.pem", issued.ExportCertificatePem()), Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }

    /// <summary>The settings of a node with a certificate of this authority.</summary>
    public Dictionary<string, string?> Settings((string Certificate, string Key) node) => new()
    {
        ["Cluster:Certificate"] = node.Certificate,
        ["Cluster:CertificateKey"] = node.Key,
        ["Cluster:Authority"] = File,
    };

    public void Dispose()
    {
        certificate.Dispose();
        directory.Dispose();
    }

    private static X509Certificate2 Sign(CertificateRequest request, ECDsa key, X509Certificate2 issuer, DateTimeOffset from, DateTimeOffset until)
    {
        using var signed = request.Create(issuer, from, until, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }

    private string Write(string name, string pem)
    {
        var path = Path.Combine(directory.Path, name);
        System.IO.File.WriteAllText(path, pem);
        return path;
    }
}
