using ArCredit.Testing.App;

namespace ArCredit.Torture.Oracle;

/// <summary>The product's own proof, run after the campaign's.</summary>
internal static class Verification
{
    private const string Broken = "findings of verify";

    /// <summary>Runs <c>verify</c> on what the campaign has left; a server may still run.</summary>
    public static async Task RunAsync(AppSettings settings, Tally tally)
    {
        tally.MustBeZero(Broken);
        var (exitCode, output) = await HostProcess.RunToEndAsync(settings, "verify", "--data", settings.DataDirectory!);
        if (exitCode != 0)
        {
            tally.Violation(Broken, $"exit code {exitCode}: {output}");
        }
    }
}
