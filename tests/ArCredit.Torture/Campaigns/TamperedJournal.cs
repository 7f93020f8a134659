using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Testing.Tampering;

namespace ArCredit.Torture.Campaigns;

/// <summary>The journal is changed by hand, and verify has to say where.</summary>
internal sealed class TamperedJournal : Campaign
{
    private const string Missed = "changes not named by verify";

    public override string Name => "R9";

    public override string Title => "bytes, rows, order, ends and accounts of the journal are changed by hand; verify must name each";

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        tally.MustBeZero(Missed);

        // One change at a time, undone again: number i of a run has the seed + i, so one that was missed is run again alone.
        Count(await TamperingCampaign.RunAsync(dialect, Rounds(order, few: 60, many: 3000), order.Seed, TextWriter.Null), tally);

        // And all at once, by the command, on what the host under torture wrote itself.
        for (var round = 0; round < (order.IsLong ? 5 : 1); round++)
        {
            await using var database = await TestDatabase.CreateAsync(dialect);
            Count(await TamperedByCommand.RunAsync(order.Settings(AppSettings.On(database)), database.Options, unchecked(order.Seed + round)), tally);
        }
    }

    private static void Count(TamperingResult result, Tally tally)
    {
        tally.Add("changes by hand", result.Tampered);
        tally.Add("named", result.Detected);
        foreach (var missed in result.Missed)
        {
            tally.Violation(Missed, missed);
        }
    }
}
