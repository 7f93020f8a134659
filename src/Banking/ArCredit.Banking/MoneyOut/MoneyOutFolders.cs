using Microsoft.Extensions.Configuration;

namespace ArCredit.Banking.MoneyOut;

/// <summary>The folders that are the port to the bank: something else carries files between them and it.</summary>
/// <param name="Outbox">Files for the bank appear here under their names, whole; null = they are downloaded and sent by hand.</param>
/// <param name="Inbox">Files of the bank are read from here; null = they are posted.</param>
internal sealed record MoneyOutFolders(string? Outbox, string? Inbox)
{
    public static MoneyOutFolders From(IConfiguration configuration)
    {
        static string? Folder(string? setting) => string.IsNullOrWhiteSpace(setting) ? null : Path.GetFullPath(setting);
        return new MoneyOutFolders(Folder(configuration["Banking:Outbox"]), Folder(configuration["Banking:Inbox"]));
    }
}

/// <summary>
/// Puts a file into the outbox exactly once, however often the process dies. The whole file is on disk under a temporary name before the
/// database says that it is being uploaded; from then on the name tells: as long as it is there it has to be renamed, and when it is gone
/// it was, even if the bank has taken the file away since. That holds for one folder which all nodes share.
/// </summary>
internal static class Outbox
{
    /// <summary>Whoever collects from the folder leaves names alone that begin with a dot.</summary>
    public static string NewTemporary(PaymentFile file) => $".{file.MessageId}.{Guid.NewGuid():N}.tmp";

    /// <summary>Writes the whole file and waits for the disk.</summary>
    public static void Write(string folder, string temporary, byte[] content)
    {
        Directory.CreateDirectory(folder);
        using var file = new FileStream(Path.Combine(folder, temporary), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Gives the file its name, unless that was done before. False where it has neither name: somebody has taken it away since, or it is in
    /// another folder. The first looks like the second, and a file must not be sent twice.
    /// </summary>
    public static bool Publish(string folder, string temporary, string name)
    {
        try
        {
            File.Move(Path.Combine(folder, temporary), Path.Combine(folder, name), overwrite: false);
            return true;
        }
        catch (FileNotFoundException)
        {
            // Whoever renamed it died before saying so.
            return File.Exists(Path.Combine(folder, name));
        }
    }

    /// <summary>Takes away what others of the same file have left under temporary names.</summary>
    public static void Sweep(string folder, PaymentFile file)
    {
        foreach (var left in Directory.EnumerateFiles(folder, $".{file.MessageId}.*.tmp"))
        {
            File.Delete(left);
        }
    }
}
