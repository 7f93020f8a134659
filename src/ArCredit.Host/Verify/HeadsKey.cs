using System.Security.Cryptography;
using ArCredit.Platform.Start;

namespace ArCredit.Host.Verify;

/// <summary>The installation's key for exported heads: ECDSA on P-256, in the data directory, made when it is first needed.</summary>
internal static class HeadsKey
{
    private const string PrivateFile = "heads-key.pem";
    private const string PublicFile = "heads-key.pub.pem";

    /// <summary>The private key of a data directory.</summary>
    /// <exception cref="SettingException">What is there is no such key.</exception>
    public static ECDsa Open(string directory)
    {
        var path = Path.Combine(directory, PrivateFile);
        if (!File.Exists(path))
        {
            Make(directory, path);
        }

        return Read(path);
    }

    /// <summary>The public key that a third party holds.</summary>
    /// <exception cref="SettingException">The file holds none.</exception>
    public static byte[] ReadPublic(string path)
    {
        using var key = Read(path);
        return key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>How people compare keys: the first bytes of the SHA-256 of the public key.</summary>
    public static string Fingerprint(byte[] publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 8));

    private static void Make(string directory, string path)
    {
        Directory.CreateDirectory(directory);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new StreamWriter(path, options))
        {
            file.WriteLine(key.ExportPkcs8PrivateKeyPem());
        }

        File.WriteAllText(Path.Combine(directory, PublicFile), key.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    private static ECDsa Read(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new SettingException($"{path} holds no ECDSA key in PEM.");
        }
    }
}
