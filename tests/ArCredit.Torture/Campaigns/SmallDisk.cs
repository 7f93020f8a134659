using System.Diagnostics;
using System.Globalization;

namespace ArCredit.Torture.Campaigns;

/// <summary>A file system of its own in memory, small enough to be filled. Needs the right to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string ballast;

    private SmallDisk(string directory)
    {
        Directory = directory;
        ballast = System.IO.Path.Combine(directory, "ballast");
    }

    /// <summary>Where it is mounted.</summary>
    public string Directory { get; }

    /// <summary>A new one; null where this user may not mount.</summary>
    public static SmallDisk? TryMount(int megabytes)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("arcredit-disk-").FullName;
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0777");
        if (Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", size, "tmpfs", directory))
        {
            return new SmallDisk(directory);
        }

        System.IO.Directory.Delete(directory);
        return null;
    }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var block = new byte[1 << 20]; block.Length >= 512; block = new byte[block.Length / 2])
        {
            try
            {
                while (true)
                {
                    file.Write(block);
                }
            }
            catch (IOException)
            {
                // Full for blocks of this size; a smaller one may still fit.
            }
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(ballast);

    public void Dispose()
    {
        if (Run("umount", "--lazy", Directory))
        {
            System.IO.Directory.Delete(Directory);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
