using System.Globalization;
using System.Runtime.InteropServices;
using ArCredit.Bench.Arms;
using ArCredit.Bench.Databases;
using ArCredit.Bench.Goals;
using ArCredit.Bench.Load;
using ArCredit.Bench.Measurements;

namespace ArCredit.Bench;

/// <summary>A whole run: interleaved arms, further measurements, table.</summary>
internal static class BenchRun
{
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await using var postgres = new BenchPostgres(
                Environment.GetEnvironmentVariable("ARCREDIT_TEST_POSTGRES") is { Length: > 0 } server ? server : throw new BenchException("ARCREDIT_TEST_POSTGRES names no server"));
            await postgres.OpenAsync(stop.Token);
            using ILoad load = Wrk.IsInstalled ? new Wrk() : new OwnLoad();
            await MeasureAsync(new BenchContext(options, postgres, load, stop.Token));
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task MeasureAsync(BenchContext bench)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        var machine = Machine();
        machine["load from"] = bench.Load.Name;
        var settings = await bench.Postgres.ReadSettingsAsync(bench.Cancellation);
        BenchContext.Say("PostgreSQL as it says itself: " + string.Join(", ", settings.Select(setting => $"{setting.Key}={setting.Value}")));
        if (!bench.Postgres.IsLocal)
        {
            BenchContext.Say("PostgreSQL's processes are not on this machine: goals on CPU are left out");
        }

        var outcomes = new List<Outcome>();
        var arms = Arms(bench);
        var rounds = new Rounds(bench, arms);
        try
        {
            await rounds.RunAsync();
            outcomes.AddRange(rounds.Series.Judge(bench.Postgres.IsLocal));
            var kept = bench.Options.Quick ? arms.OfType<ProductArm>().FirstOrDefault() : null;
            await DisposeAsync(arms, but: kept);
            foreach (var measurement in Measurements(bench with { Kept = kept }))
            {
                BenchContext.Say($"{string.Join(", ", measurement.Goals)} ...");
                outcomes.AddRange(await measurement.RunAsync());
            }

            if (kept is not null)
            {
                BenchContext.Say($"{kept.Title}, in the end: {await kept.CheckAsync(bench.Cancellation)}");
            }
        }
        finally
        {
            await DisposeAsync(arms, but: null);
        }

        machine["load when it ended"] = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        var report = new Report
        {
            StartedAt = startedAt,
            Machine = machine,
            Settings = settings,
            Judged = !bench.Options.Quick,
            Series = rounds.Series,
            Outcomes = [.. outcomes.Where(outcome => bench.Options.Goals.Count == 0 || bench.Options.Goals.Contains(outcome.Goal.Id, StringComparer.Ordinal))],
            Checks = rounds.Checks,
        };
        await PrintAsync(report, bench.Options.Output);
    }

    private static async Task DisposeAsync(List<Arm> arms, Arm? but)
    {
        foreach (var arm in arms.Where(arm => arm != but).ToList())
        {
            arms.Remove(arm);
            await arm.DisposeAsync();
        }
    }

    private static List<Arm> Arms(BenchContext bench)
    {
        var wanted = Rounds.ArmsOf(bench.Options);
        if (wanted.Contains(ArmNames.Pgbench) && !Pgbench.IsInstalled)
        {
            BenchContext.Say("pgbench is not installed: (b) is left out");
        }

        var product = new ProductArm(ArmNames.Product, "A ArCredit", bench);
        var all = new List<Arm>
        {
            product,
            new RivalArm(ArmNames.Locking, "(a) select for update", bench),
            new RivalArm(ArmNames.Function, "(a′) one function", bench),
            new PgbenchArm(bench),
            new BareArm(bench),
            new PipelineArm(bench),
            new CheckArm(product, bench),
            new ClusterArm(ArmNames.Silo, "A as a cluster of one node", 1, bench),
            new ClusterArm(ArmNames.Silos, "A as a cluster of three nodes", 3, bench),
        };
        if (wanted.FirstOrDefault(name => all.TrueForAll(arm => arm.Name != name)) is { } unknown)
        {
            throw new BenchException($"there is no arm '{unknown}'");
        }

        if (ClusterArm.MissingReason is { } reason && (wanted.Contains(ArmNames.Silo) || wanted.Contains(ArmNames.Silos)))
        {
            BenchContext.Say($"the clusters are left out: {reason}");
        }

        all.RemoveAll(arm => !wanted.Contains(arm.Name, StringComparer.Ordinal)
            || (arm.Name == ArmNames.Pgbench && !Pgbench.IsInstalled) || (arm is ClusterArm && ClusterArm.MissingReason is not null));
        return all;
    }

    private static IEnumerable<IMeasurement> Measurements(BenchContext bench)
    {
        IMeasurement[] all =
        [
            new LatencyMeasurement(bench),
            new WakeUpMeasurement(bench),
            new LargeAccountMeasurement(bench),
            new SqliteMeasurement(bench),
            new ImportMeasurement(bench),
            new MemoryMeasurement(bench),
            new StartMeasurement(bench),
        ];
        return all.Where(measurement => bench.Options.Arms.Count == 0 && (bench.Options.Goals.Count == 0 || measurement.Goals.Intersect(bench.Options.Goals).Any()));
    }

    private static Dictionary<string, string> Machine() => new()
    {
        ["processors"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["model"] = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1] ?? "unknown",
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["temporary files on"] = new DriveInfo(Path.GetTempPath()).DriveFormat,
        ["load when it began"] = File.ReadAllText("/proc/loadavg").Split(' ')[0],
    };

    private static async Task PrintAsync(Report report, string folder)
    {
        var text = report.ToMarkdown();
        Console.WriteLine();
        Console.WriteLine(text);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.md"), text);
        await File.WriteAllTextAsync(Path.Combine(folder, "bench.json"), report.ToJson());
        Console.WriteLine($"Written to {folder}/bench.md and bench.json");
    }
}
