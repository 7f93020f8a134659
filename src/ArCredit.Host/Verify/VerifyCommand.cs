using System.CommandLine;
using System.Data.Common;
using ArCredit.Accounts.Verify;
using ArCredit.Host.Start;
using ArCredit.Platform.Data;
using ArCredit.Platform.Start;
using Microsoft.Data.Sqlite;

namespace ArCredit.Host.Verify;

/// <summary><c>build/run verify</c>.</summary>
internal static class VerifyCommand
{
    private const int Whole = 0;
    private const int Broken = 1;
    private const int NotVerified = 2;
    private const int Stopped = 130;

    // SQLite's own words for a file that was damaged or is none.
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private const string About =
        """
        Proves that what is stored is whole; changes nothing, and a server may run meanwhile.

        Every account's rows are held against the chain of hashes and replayed; its snapshot, projected rows, document numbers and texts must
        be what the replay gives, and every decision what the rules say on the state it stood on. One line for each finding.

        A chain does not show that its end was cut off, or that an account is gone as a whole: --write-heads exports the newest hash of every
        account, signed with a key in the data directory (heads-key.pem, its public part beside it); --heads holds the journal against it.

        The database is the one that the server would open: --data, or ConnectionStrings__ArCredit.
        Exit code: 0 whole, 1 something is broken, 2 could not verify, 130 stopped.
        """;

    private static readonly Option<string?> Account = new("--account") { Description = "Only this account", HelpName = "ID" };
    private static readonly Option<string?> Heads = new("--heads") { Description = "Heads exported earlier, which must still be in the journal", HelpName = "FILE" };
    private static readonly Option<string?> WriteHeads = new("--write-heads") { Description = "Exports all heads here when no finding is in the way", HelpName = "FILE" };
    private static readonly Option<string?> PublicKey = new("--public-key") { Description = "Key in PEM that --heads must be signed with. Default: the one it names", HelpName = "FILE" };

    /// <summary>The subcommand; the host's own flags are the root's and hold here too.</summary>
    public static Command Create(Func<string[]> args)
    {
        var command = new Command("verify", About) { Account, Heads, WriteHeads, PublicKey };
        command.SetAction((line, cancellation) => RunAsync(line, args(), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, string[] args, CancellationToken cancellation)
    {
        try
        {
            return await VerifyAsync(line, args, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is Corrupt or NotADatabase)
        {
            await Console.Out.WriteLineAsync($"Installation: database: {damaged.Message}");
            return Broken;
        }
        catch (Exception failure) when (failure is SettingException or DbException or IOException or UnauthorizedAccessException or DurabilityException)
        {
            await Console.Error.WriteLineAsync($"Not verified: {failure.Message}");
            return NotVerified;
        }
    }

    private static async Task<int> VerifyAsync(ParseResult line, string[] args, CancellationToken cancellation)
    {
        var (account, heads, writeHeads) = (line.GetValue(Account), line.GetValue(Heads), line.GetValue(WriteHeads));
        if (account is not null && writeHeads is not null)
        {
            throw new SettingException("--write-heads exports all accounts; it does not go with --account.");
        }

        if (line.GetValue(PublicKey) is not null && heads is null)
        {
            throw new SettingException("--public-key goes with --heads.");
        }

        if (heads is not null)
        {
            CheckHeads(heads, line.GetValue(PublicKey));
        }

        await using var app = ArCreditHost.Build(args);
        using var writer = writeHeads is null
            ? null
            : new HeadsFile.Writer(writeHeads, HeadsKey.Open(app.Services.GetRequiredService<DataOptions>().DataDirectory), TimeProvider.System.GetUtcNow());
        var output = new VerifyOutput(Console.Out, Console.Error, !Console.IsErrorRedirected, TimeProvider.System, writer);
        var counts = await app.Services.GetRequiredService<JournalVerification>()
            .RunAsync(new VerifyRequest(account, heads is null ? null : HeadsFile.ReadAsync(heads)), output, cancellation);
        output.Finish(counts);
        if (counts.Findings > 0)
        {
            return Broken;
        }

        writer?.Finish();
        return Whole;
    }

    private static void CheckHeads(string path, string? publicKeyPath)
    {
        var key = HeadsFile.Check(path, publicKeyPath is null ? null : HeadsKey.ReadPublic(publicKeyPath));
        Console.Out.WriteLine(publicKeyPath is null
            ? $"{path} is signed with the key that it names itself, {HeadsKey.Fingerprint(key)}; --public-key holds it to a key of yours."
            : $"{path} is signed with the key {HeadsKey.Fingerprint(key)}.");
    }
}
