using System.Security.Cryptography;
using ArCredit.Banking.Storage;
using Microsoft.Extensions.Logging;

namespace ArCredit.Banking.MoneyOut;

/// <summary>
/// Reads what the bank's files folder brings: status reports and statements. Each goes to <c>done</c>, or to <c>refused</c> with the reason
/// beside it, and one that contradicts what the bank said before has the payments beside it; one that cannot be opened or moved is left, and the others go on. A file that was read and not moved is read again and changes nothing, because its content is its key.
/// </summary>
internal sealed partial class Inbox(MoneyOutFolders folders, StatusReports reports, BankFileStore statements, WorkBells bells, ILogger<Inbox> log)
{
    /// <summary>Who is said to have sent it.</summary>
    public const string Caller = "bank-inbox";

    public async Task ReadAsync(CancellationToken cancellation)
    {
        if (folders.Inbox is not { } folder || !Directory.Exists(folder))
        {
            return;
        }

        foreach (var path in Directory.EnumerateFiles(folder).Where(IsWhole).Order(StringComparer.Ordinal).ToList())
        {
            await new Attempts(failure => LogLeft(failure, Path.GetFileName(path))).TryAsync(() => TakeAsync(folder, path, cancellation), cancellation);
        }
    }

    private async Task TakeAsync(string folder, string path, CancellationToken cancellation)
    {
        var (refusal, contradicted) = await TakeAsync(path, cancellation);
        var into = Path.Combine(folder, refusal is null ? "done" : "refused");
        Directory.CreateDirectory(into);
        var target = FreeName(into, Path.GetFileName(path));
        if (refusal is not null)
        {
            LogRefused(Path.GetFileName(path), refusal);
            await File.WriteAllTextAsync(target + ".reason.txt", refusal + "\n", cancellation);
        }

        if (contradicted.Count > 0)
        {
            // Nobody sees the answer of a file that nobody sent by hand.
            LogContradicted(Path.GetFileName(path), string.Join(", ", contradicted));
            await File.WriteAllLinesAsync(target + ".contradicted.txt", contradicted, cancellation);
        }

        File.Move(path, target);
    }

    // Whoever brings files writes them under such a name and renames them.
    private static bool IsWhole(string path) => Path.GetFileName(path) is var name && name[0] != '.' && Path.GetExtension(name) is not (".tmp" or ".part");

    private async Task<(string? Refusal, IReadOnlyList<string> Contradicted)> TakeAsync(string path, CancellationToken cancellation)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (content.Length > Features.SpooledBody.MaxBytes)
        {
            return (Features.SpooledBody.TooLarge.ToString(), []);
        }

        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
        var report = await reports.TakeAsync(content, hash, Caller, cancellation);
        if (report.Refusal != StatusReports.Unreadable)
        {
            bells.Files.Ring();
            return report.Refusal is null ? (null, report.View?.Contradicted ?? []) : ($"{report.Refusal}: {report.Detail}", []);
        }

        content.Position = 0;
        var outcome = await statements.TakeAsync(content, hash, Caller, cancellation);
        if (outcome.Refusal is { } refused)
        {
            return ($"{refused.Code}: {refused.Place}: {refused.Reason}", []);
        }

        bells.Payments.Ring();
        return (null, []);
    }

    private static string FreeName(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        for (var again = 2; File.Exists(path); again++)
        {
            path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(name)}-{again}{Path.GetExtension(name)}");
        }

        return path;
    }

    [LoggerMessage(LogLevel.Error, "File {File} of the inbox could not be taken; it is tried again")]
    private partial void LogLeft(Exception failure, string file);

    [LoggerMessage(LogLevel.Warning, "Report {File} of the inbox says that these are paid, which were rejected before: {Payments}")]
    private partial void LogContradicted(string file, string payments);

    [LoggerMessage(LogLevel.Warning, "File {File} of the inbox was refused: {Reason}")]
    private partial void LogRefused(string file, string reason);
}
