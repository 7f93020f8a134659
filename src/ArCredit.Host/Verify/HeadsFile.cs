using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArCredit.Accounts.Verify;
using ArCredit.Platform.Start;

namespace ArCredit.Host.Verify;

/// <summary>
/// A signed checkpoint of all heads, as text: <c>arcredit-heads 1</c>, when it was written, the public key, then
/// <c>VERSION HASH ACCOUNT</c> for each account in the databases' order, and last the signature over the bytes before it.
/// </summary>
internal static class HeadsFile
{
    private const string Magic = "arcredit-heads 1";
    private const string Written = "written ";
    private const string Key = "key ";
    private const string Signature = "signature ";

    /// <summary>Checks the signature; the public key it was made with.</summary>
    /// <exception cref="SettingException">It is no such file, or not what was signed, or signed with another key than <paramref name="pinned"/>.</exception>
    public static byte[] Check(string path, byte[]? pinned)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var lines = File.ReadLines(path, Encoding.UTF8).GetEnumerator();
        byte[]? publicKey = null;
        byte[]? signature = null;
        for (var number = 1; signature is null && lines.MoveNext(); number++)
        {
            var line = lines.Current;
            if (number == 1 && line != Magic)
            {
                throw new SettingException($"{path} holds no exported heads.");
            }

            if (line.StartsWith(Signature, StringComparison.Ordinal))
            {
                signature = Decode(path, line[Signature.Length..]);
                break;
            }

            publicKey = number == 3 && line.StartsWith(Key, StringComparison.Ordinal) ? Decode(path, line[Key.Length..]) : publicKey;
            hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        }

        if (publicKey is null || signature is null || lines.MoveNext())
        {
            throw new SettingException($"{path} is not whole: it does not end with its signature.");
        }

        if (pinned is not null && !pinned.AsSpan().SequenceEqual(publicKey))
        {
            throw new SettingException($"{path} is signed with the key {HeadsKey.Fingerprint(publicKey)}, not with {HeadsKey.Fingerprint(pinned)}.");
        }

        return IsSigned(publicKey, hash.GetHashAndReset(), signature)
            ? publicKey
            : throw new SettingException($"The signature of {path} is wrong: its heads are not the ones that were exported.");
    }

    /// <summary>The heads of a checked file.</summary>
    public static async IAsyncEnumerable<AccountHead> ReadAsync(string path)
    {
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(path, Encoding.UTF8))
        {
            if (++number > 3 && !line.StartsWith(Signature, StringComparison.Ordinal))
            {
                var parts = line.Split(' ', 3);
                yield return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                    ? new AccountHead(parts[2], version, Convert.FromHexString(parts[1]))
                    : throw new SettingException($"Line {number} of {path} holds no head.");
            }
        }
    }

    private static bool IsSigned(byte[] publicKey, byte[] hash, byte[] signature)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            return key.VerifyHash(hash, signature);
        }
        catch (CryptographicException)
        {
            // No key at all signed nothing.
            return false;
        }
    }

    private static byte[] Decode(string path, string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : throw new SettingException($"{path} holds no exported heads.");
    }

    /// <summary>Writes beside the file and puts it in its place once it is signed.</summary>
    internal sealed class Writer : IDisposable
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly ECDsa key;
        private readonly string path;
        private readonly StreamWriter file;

        public Writer(string path, ECDsa key, DateTimeOffset now)
        {
            (this.path, this.key) = (path, key);
            file = new StreamWriter(path + ".part", append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            Line(Magic);
            Line(Written + now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            Line(Key + Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));
        }

        public void Add(AccountHead head) =>
            Line(string.Create(CultureInfo.InvariantCulture, $"{head.Version} {Convert.ToHexStringLower(head.Hash)} {head.Account}"));

        /// <summary>Signs, and the file is there.</summary>
        public void Finish()
        {
            file.Write(Signature + Convert.ToBase64String(key.SignHash(hash.GetHashAndReset())) + "\n");
            file.Dispose();
            File.Move(path + ".part", path, overwrite: true);
        }

        public void Dispose()
        {
            file.Dispose();
            File.Delete(path + ".part");
            hash.Dispose();
            key.Dispose();
        }

        private void Line(string text)
        {
            file.Write(text + "\n");
            hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        }
    }
}
