using System.Security.Cryptography;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ArCredit.Banking.Features;

/// <summary>A request's body in a temporary file of its own, to be read more than once; gone when disposed.</summary>
internal sealed class SpooledBody : IAsyncDisposable
{
    /// <summary>Largest bank file accepted: 64 MiB.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private SpooledBody(FileStream file) => File = file;

    public FileStream File { get; }

    /// <summary>SHA-256 of the body, in hexadecimal.</summary>
    public string ContentHash { get; private set; } = string.Empty;

    public static ProblemResult TooLarge => new(413, "BODY_TOO_LARGE", "The body is larger than 64 MiB.");

    /// <summary>Null when the body is larger than <see cref="MaxBytes"/>.</summary>
    public static async Task<SpooledBody?> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxBytes)
        {
            return null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // Counted here: one byte more tells a body that is too large from one that is just not.
            size.MaxRequestBodySize = null;
        }

        var path = Path.Combine(Path.GetTempPath(), $"arcredit-bank-{Guid.NewGuid():N}");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            // It names the installation's customers.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var spooled = new SpooledBody(new FileStream(path, options));
        if (!OperatingSystem.IsWindows())
        {
            // An open file needs no name there, and a process that is killed leaves none behind.
            System.IO.File.Delete(path);
        }

        var isWhole = false;
        try
        {
            isWhole = await spooled.CopyAsync(http);
            return isWhole ? spooled : null;
        }
        finally
        {
            if (!isWhole)
            {
                await spooled.DisposeAsync();
            }
        }
    }

    public ValueTask DisposeAsync() => File.DisposeAsync();

    private async Task<bool> CopyAsync(HttpContext http)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        long length = 0;
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            length += read;
            if (length > MaxBytes)
            {
                return false;
            }

            hash.AppendData(buffer, 0, read);
            await File.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
        }

        await File.FlushAsync(http.RequestAborted);
        ContentHash = Convert.ToHexStringLower(hash.GetHashAndReset());
        return true;
    }
}
