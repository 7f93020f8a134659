using System.Diagnostics;
using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Torture.Campaigns;
using ArCredit.Torture.Oracles;

namespace ArCredit.Torture;

/// <summary><c>build/torture</c>.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int Misused = 2;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(Help);
            return 0;
        }

        if (args.Contains("--oracles"))
        {
            return await OracleRun.RunAsync([.. args.Where(argument => argument != "--oracles")]);
        }

        if (!TryParse(args, out var names, out var order, out var dialects, out var complaint))
        {
            Console.Error.WriteLine($"build/torture: {complaint}");
            Console.Error.WriteLine(Help);
            return Misused;
        }

        var (passed, failed, notRun, leftOut) = (0, 0, 0, 0);
        foreach (var campaign in Campaign.All.Where(campaign => names.Count == 0 || names.Contains(campaign.Name)))
        {
            if (campaign.LeftOutReason is { } reason)
            {
                Console.WriteLine($"{campaign.Name}: left out, {reason}");
                leftOut++;
                continue;
            }

            foreach (var dialect in campaign.Dialects.Intersect(dialects))
            {
                if (campaign.MissingReason(dialect) is { } missing)
                {
                    Console.WriteLine($"{campaign.Name} on {dialect}: NOT RUN, {missing}");
                    notRun++;
                    continue;
                }

                _ = await RunAsync(campaign, dialect, order) ? passed++ : failed++;
            }
        }

        Console.WriteLine($"{passed} passed, {failed} failed{(notRun > 0 ? $", {notRun} not run" : string.Empty)}");
        return failed + notRun > 0 || passed + leftOut == 0 ? Failed : 0;
    }

    private static async Task<bool> RunAsync(Campaign campaign, Dialect dialect, Order order)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{campaign.Name} on {dialect}: {campaign.Title} (--seed {order.Seed})"));
        var tally = new Tally();
        var began = Stopwatch.GetTimestamp();
        await using var progress = new Timer(_ => Console.Error.WriteLine($"{campaign.Name}: {tally.Done}"), null, Often, Often);
        try
        {
            await campaign.RunAsync(order, dialect, tally);
        }
        catch (Exception failure)
        {
            // The outermost loop: the other campaigns still run, and this one has failed.
            tally.BrokeOff(failure);
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(tally);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(tally.IsClean ? "PASS" : "FAIL")} {campaign.Name} on {dialect}, {seconds:0} s"));
        return tally.IsClean;
    }

    private static bool TryParse(string[] args, out List<string> names, out Order order, out List<Dialect> dialects, out string complaint)
    {
        (names, dialects, complaint) = ([], [Dialect.Sqlite, Dialect.PostgreSql], string.Empty);
        order = new Order(Environment.ProcessId, Planted: Environment.GetEnvironmentVariable("ARCREDIT_PLANTED"));
        var rest = new Queue<string>(args);
        while (complaint.Length == 0 && rest.TryDequeue(out var argument))
        {
            switch (argument)
            {
                case "all":
                    break;
                case "--long":
                    order = order with { IsLong = true };
                    break;
                case "--sqlite":
                    dialects = [Dialect.Sqlite];
                    break;
                case "--postgres":
                    dialects = [Dialect.PostgreSql];
                    break;
                case "--seed" or "--rounds":
                    if (!rest.TryDequeue(out var text) || !int.TryParse(text, CultureInfo.InvariantCulture, out var number))
                    {
                        complaint = $"{argument} needs a number";
                        break;
                    }

                    order = argument == "--seed" ? order with { Seed = number } : order with { Rounds = number };
                    break;
                case "--host":
                    if (!rest.TryDequeue(out var path) || !File.Exists(path))
                    {
                        complaint = "--host needs the path of ArCredit.Host.dll";
                        break;
                    }

                    order = order with { HostPath = Path.GetFullPath(path) };
                    break;
                default:
                    complaint = Campaign.All.Any(campaign => campaign.Name == argument) ? string.Empty : $"there is no '{argument}'";
                    names.Add(argument);
                    break;
            }
        }

        return complaint.Length == 0;
    }

    private static string Help => $"""
        build/torture [CAMPAIGN …|all] [--long] [--rounds N] [--seed N] [--sqlite|--postgres] [--host PATH]

        build/torture --oracles [BUG …]

        Tortures real host processes and real databases, and compares what callers were told with the journal. Everything
        counted under "zero" must be 0; the exit code is 1 when it is not.

        {string.Join('\n', Campaign.All.Select(campaign => $"  {campaign.Name,-4} {campaign.Title}"))}

          --long       at least {Campaign.LongFaults} faults that met a commit in flight, where faults are injected (minutes each)
          --rounds N   so many faults instead
          --seed N     commands, accounts and times of faults come from this number; a failed run prints its own
          --sqlite, --postgres   only there
          --oracles    builds the product with planted bugs and sees that each is noticed; prints caught / planted
          --host PATH  another ArCredit.Host.dll; one built with planted bugs shows that of ARCREDIT_PLANTED
        """;
}
