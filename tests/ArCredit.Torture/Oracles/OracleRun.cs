using System.Diagnostics;
using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.Oracles;
using ArCredit.Torture.Campaigns;

namespace ArCredit.Torture.Oracles;

/// <summary>
/// <c>build/torture --oracles</c>: builds the product with its planted bugs and turns them on one after the other. Who has to
/// notice must fail with the bug and pass without it.
/// </summary>
internal sealed class OracleRun
{
    private const int Seed = 20261121;

    // More histories than the ordinary form plays: the first one that is not explained ends it.
    private const string HistoryRounds = "25";

    // A test that does not end has not said what is wrong: that is no catch.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly Dictionary<Catcher, bool> sound = [];

    /// <summary>Tries these bugs, or all; 0 when every one was caught.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> names)
    {
        if (names.Except(PlantedBugs.All.Select(bug => bug.Name)).FirstOrDefault() is { } unknown)
        {
            Console.Error.WriteLine($"build/torture: there is no planted bug '{unknown}'");
            return 2;
        }

        var bugs = PlantedBugs.All.Where(bug => names.Count == 0 || names.Contains(bug.Name)).ToList();
        var run = new OracleRun();
        foreach (var project in bugs.Select(bug => bug.Catcher).OfType<Catcher.Test>().Select(test => $"tests/{test.Project}").Distinct().Prepend("src/ArCredit.Host"))
        {
            await TestRun.BuildPlantedAsync(project);
        }

        var caught = new List<PlantedBug>();
        foreach (var bug in bugs)
        {
            if (await run.IsCaughtAsync(bug))
            {
                caught.Add(bug);
            }
        }

        foreach (var group in bugs.GroupBy(bug => bug.Place).OrderBy(group => group.Key))
        {
            Console.WriteLine($"  {group.Key}: {group.Count(caught.Contains)} / {group.Count()}");
        }

        Console.WriteLine($"caught / planted: {caught.Count} / {bugs.Count}");
        return caught.Count == bugs.Count ? 0 : 1;
    }

    private async Task<bool> IsCaughtAsync(PlantedBug bug)
    {
        if (!sound.TryGetValue(bug.Catcher, out var passes))
        {
            var complaint = await FailureOfAsync(bug.Catcher, planted: null);
            sound.Add(bug.Catcher, passes = complaint is null);
            Console.WriteLine(passes ? $"{Name(bug.Catcher)} passes without a bug" : $"{Name(bug.Catcher)} FAILS WITHOUT A BUG: {complaint}");
        }

        if (!passes)
        {
            Console.WriteLine($"bug {bug.Name} NOT TRIED: {Name(bug.Catcher)} proves nothing");
            return false;
        }

        var began = Stopwatch.GetTimestamp();
        string? failure = null;
        try
        {
            failure = await FailureOfAsync(bug.Catcher, bug.Name);
        }
        catch (TimeoutException late)
        {
            Console.WriteLine($"bug {bug.Name}: {late.Message}");
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        Console.WriteLine(failure is null
            ? $"bug {bug.Name} NOT CAUGHT by {Name(bug.Catcher)}, {seconds} s"
            : $"bug {bug.Name} caught by {Name(bug.Catcher)}, {seconds} s: {failure}");
        return failure is not null;
    }

    /// <summary>What it complains about, in a line; null = nothing.</summary>
    private static async Task<string?> FailureOfAsync(Catcher catcher, string? planted) => catcher switch
    {
        Catcher.Test test => (await TestRun.RunAsync(
            test.Project, $"FullyQualifiedName~{test.Filter}", planted: true, Patience,
            ("ARCREDIT_PLANTED", planted), ("ARCREDIT_HISTORY_ROUNDS", planted is null ? null : HistoryRounds))).Complaint,
        Catcher.Campaign campaign => await CampaignAsync(campaign, planted),
        _ => throw new InvalidOperationException($"Unknown catcher {catcher}."),
    };

    private static async Task<string?> CampaignAsync(Catcher.Campaign catcher, string? planted)
    {
        var dialect = catcher.OnPostgres ? Dialect.PostgreSql : Dialect.Sqlite;
        var campaign = Campaign.All.Single(each => each.Name == catcher.Number);
        if (campaign.MissingReason(dialect) is { } missing)
        {
            // A bug that nobody could look for is not a bug that was found.
            return planted is null ? missing : null;
        }

        var tally = new Tally();
        try
        {
            await campaign.RunAsync(new Order(Seed, Rounds: catcher.Rounds, HostPath: TestRun.PlantedAssembly("ArCredit.Host"), Planted: planted), dialect, tally);
        }
        catch (Exception failure)
        {
            // The outermost loop of one attempt: the campaign has failed, for the bug's sake or, without one, for its own.
            tally.BrokeOff(failure);
        }

        return tally.IsClean ? null : tally.ToString().Split('\n').First(line => line.StartsWith("  !", StringComparison.Ordinal))[4..];
    }

    private static string Name(Catcher catcher) => catcher switch
    {
        Catcher.Test test => test.Filter,
        Catcher.Campaign campaign => $"{campaign.Number} on {(campaign.OnPostgres ? "PostgreSQL" : "SQLite")}",
        _ => throw new InvalidOperationException($"Unknown catcher {catcher}."),
    };
}
