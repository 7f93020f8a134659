using ArCredit.Bench.Arms;

namespace ArCredit.Bench.Goals;

/// <summary>All samples of the interleaved rounds, by arm and shape.</summary>
internal sealed class Series
{
    private readonly Dictionary<(string Arm, Shape Shape), List<Sample>> samples = [];

    /// <summary>In the order they were first measured.</summary>
    public IEnumerable<(string Arm, Shape Shape, IReadOnlyList<Sample> Samples)> All => samples.Select(pair => (pair.Key.Arm, pair.Key.Shape, (IReadOnlyList<Sample>)pair.Value));

    public void Add(string arm, Shape shape, Sample sample)
    {
        if (!samples.TryGetValue((arm, shape), out var list))
        {
            samples[(arm, shape)] = list = [];
        }

        list.Add(sample);
    }

    /// <summary>The samples of an arm; null when it was not measured.</summary>
    public IReadOnlyList<Sample>? Find(string arm, Shape shape) => samples.GetValueOrDefault((arm, shape));

    /// <summary>What the rounds say about the goals whose arms were measured.</summary>
    /// <param name="withCpu">False when PostgreSQL's processes are not on this machine.</param>
    public IEnumerable<Outcome> Judge(bool withCpu)
    {
        (Goal, (string, Shape), (string, Shape), Func<Sample, double>, string, bool)[] ratios =
        [
            (Goal.P1Cpu, (ArmNames.Locking, Shape.Uniform), (ArmNames.Product, Shape.Uniform), Cpu, "µs", true),
            (Goal.P1Throughput, (ArmNames.Product, Shape.Uniform), (ArmNames.Locking, Shape.Uniform), Throughput, "/s", false),
            (Goal.P2Cpu, (ArmNames.Function, Shape.Uniform), (ArmNames.Product, Shape.Uniform), Cpu, "µs", true),
            (Goal.P2Throughput, (ArmNames.Product, Shape.Uniform), (ArmNames.Function, Shape.Uniform), Throughput, "/s", false),
            (Goal.P3, (ArmNames.Product, Shape.Uniform), (ArmNames.Pgbench, Shape.Uniform), Throughput, "/s", false),
            (Goal.P4, (ArmNames.Bare, Shape.Uniform), (ArmNames.Product, Shape.Uniform), Cpu, "µs", true),
            (Goal.P5, (ArmNames.Bare, Shape.Uniform), (ArmNames.Check, Shape.Uniform), Cpu, "µs", true),
            (Goal.P6, (ArmNames.Product, Shape.Hot), (ArmNames.Product, Shape.Uniform), Throughput, "/s", false),
            (Goal.P7Locking, (ArmNames.Product, Shape.Hot), (ArmNames.Locking, Shape.Hot), Throughput, "/s", false),
            (Goal.P7Function, (ArmNames.Product, Shape.Hot), (ArmNames.Function, Shape.Hot), Throughput, "/s", false),
            (Goal.P7Pgbench, (ArmNames.Product, Shape.Hot), (ArmNames.Pgbench, Shape.Hot), Throughput, "/s", false),
            (Goal.P8, (ArmNames.Product, Shape.Uniform), (ArmNames.Pipeline, Shape.Uniform), Cpu, "µs", true),
            (Goal.P9, (ArmNames.Product, Shape.Uniform), (ArmNames.Function, Shape.Uniform), sample => sample.DatabaseMicros, "µs", true),
            (Goal.C1, (ArmNames.Silo, Shape.Uniform), (ArmNames.Product, Shape.Uniform), Cpu, "µs", true),
            (Goal.C2, (ArmNames.Silos, Shape.Uniform), (ArmNames.Product, Shape.Uniform), Cpu, "µs", true),
        ];
        return ratios.Where(ratio => withCpu || !ratio.Item6).Select(ratio => Compare(ratio.Item1, ratio.Item2, ratio.Item3, ratio.Item4, ratio.Item5)).OfType<Outcome>();
    }

    private static double Cpu(Sample sample) => sample.CpuMicros;

    private static double Throughput(Sample sample) => sample.Throughput;

    private Outcome? Compare(Goal goal, (string Arm, Shape Shape) over, (string Arm, Shape Shape) under, Func<Sample, double> value, string unit)
    {
        if (Find(over.Arm, over.Shape) is not { } above || Find(under.Arm, under.Shape) is not { } below)
        {
            return null;
        }

        // Round by round: both sides of a ratio were measured within seconds of each other.
        var ratios = above.Zip(below, (left, right) => value(left) / value(right)).ToList();
        return new Outcome(goal, ratios, $"{Outcome.MedianOf(above.Select(value)):N0} {unit} ÷ {Outcome.MedianOf(below.Select(value)):N0} {unit}");
    }
}
