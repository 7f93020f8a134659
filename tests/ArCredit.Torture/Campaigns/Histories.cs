using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Platform.Data;
using ArCredit.Torture.Oracles;

namespace ArCredit.Torture.Campaigns;

/// <summary>
/// The account against the reference model, and concurrent histories that must have a sequential explanation: the tests of
/// ArCredit.Accounts.Tests with other seeds and more rounds. They run in a process of their own.
/// </summary>
internal sealed partial class Histories : Campaign
{
    private const int LongRounds = 60;
    private const string Differences = "differences from the model and histories without an explanation";

    public override string Name => "R7";

    public override string Title => "random commands against the reference model; concurrent histories explained account by account";

    public override IReadOnlyList<Dialect> Dialects => [Dialect.Sqlite];

    /// <summary>They are tests already.</summary>
    public override bool HasShortForm => false;

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        tally.MustBeZero(Differences);
        var rounds = order.Rounds ?? (order.IsLong ? LongRounds : null);
        var (complaint, output) = await TestRun.RunAsync(
            "ArCredit.Accounts.Tests", "FullyQualifiedName~HistoryTests|FullyQualifiedName~ReferenceModelTests", TestRun.IsPlanted(order.HostPath),
            TimeSpan.FromHours(1),
            ("ARCREDIT_PLANTED", order.Planted), ("ARCREDIT_MODEL_SEED", Text(order.Seed)), ("ARCREDIT_HISTORY_SEED", Text(order.Seed)),
            ("ARCREDIT_HISTORY_ROUNDS", rounds is { } number ? Text(number) : null));
        foreach (Match played in Played().Matches(output))
        {
            tally.Add("operations explained", long.Parse(played.Groups[1].Value, CultureInfo.InvariantCulture));
            tally.Add("of them unknown to who asked", long.Parse(played.Groups[2].Value, CultureInfo.InvariantCulture));
            tally.Add(Faults, long.Parse(played.Groups[3].Value, CultureInfo.InvariantCulture));
        }

        if (complaint is not null)
        {
            tally.Violation(Differences, complaint);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@": (\d+) operations explained, (\d+) of them unknown to who asked, (\d+) faults")]
    private static partial Regex Played();
}
