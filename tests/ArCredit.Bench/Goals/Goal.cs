namespace ArCredit.Bench.Goals;

/// <summary>A line of the table of goals.</summary>
/// <param name="Id">P1 …</param>
/// <param name="What">What is compared.</param>
/// <param name="Floor">Missed beyond it.</param>
/// <param name="Aim">Where it should be.</param>
/// <param name="LowerIsBetter">Of the figure.</param>
/// <param name="Unit">Behind the figure; empty for a ratio.</param>
internal sealed record Goal(string Id, string What, double Floor, double Aim, bool LowerIsBetter = false, string Unit = "")
{
    public static readonly Goal P1Cpu = new("P1", "reservations, (a) ÷ A, CPU", 15, 24);
    public static readonly Goal P1Throughput = new("P1", "reservations, A ÷ (a), throughput", 10, 20);
    public static readonly Goal P2Cpu = new("P2", "reservations, (a′) ÷ A, CPU", 5, 8);
    public static readonly Goal P2Throughput = new("P2", "reservations, A ÷ (a′), throughput", 3, 6);
    public static readonly Goal P3 = new("P3", "A ÷ (b), throughput", 1.5, 3);
    public static readonly Goal P4 = new("P4", "(c) ÷ A, CPU", 0.30, 0.40);
    public static readonly Goal P5 = new("P5", "(c) ÷ credit check, CPU", 0.45, 0.60);
    public static readonly Goal P6 = new("P6", "A hot ÷ A uniform, throughput", 0.90, 1.0);
    public static readonly Goal P7Locking = new("P7", "hot, A ÷ (a), throughput", 25, 50);
    public static readonly Goal P7Function = new("P7", "hot, A ÷ (a′), throughput", 10, 20);
    public static readonly Goal P7Pgbench = new("P7", "hot, A ÷ (b), throughput", 10, 20);
    public static readonly Goal P8 = new("P8", "A ÷ bare pipeline, CPU", 1.5, 1.2, LowerIsBetter: true);
    public static readonly Goal P9 = new("P9", "PostgreSQL's CPU, A ÷ (a′)", 0.125, 0.0625, LowerIsBetter: true);
    public static readonly Goal P10High = new("P10", "p99 at half load ÷ unloaded p50", 12, 6, LowerIsBetter: true);
    public static readonly Goal P10Highest = new("P10", "p99.9 at half load ÷ unloaded p50", 40, 20, LowerIsBetter: true);
    public static readonly Goal P11 = new("P11", "unloaded p50 ÷ a durable round trip", 2, 1.3, LowerIsBetter: true);
    public static readonly Goal P12 = new("P12", "waking in batches ÷ one by one", 10, 25);
    public static readonly Goal P13Latency = new("P13", "100,000 open items ÷ 10, reservation p50", 1.1, 1.0, LowerIsBetter: true);
    public static readonly Goal P13WakeUp = new("P13", "100,000 open items, wake-up", 1, 0.3, LowerIsBetter: true, " s");
    public static readonly Goal P13Bytes = new("P13", "100,000 open items ÷ 10, bytes written per event", 2, 1.2, LowerIsBetter: true);
    public static readonly Goal P14 = new("P14", "SQLite, group commit ÷ commit per request, throughput", 5, 8);
    public static readonly Goal P15 = new("P15", "POS p99 during an import ÷ without", 2, 1.3, LowerIsBetter: true);
    public static readonly Goal P17 = new("P17", "memory of an idle account", 4, 2, LowerIsBetter: true, " kB");
    public static readonly Goal P18 = new("P18", "ready with 1,000,000 accounts", 5, 2, LowerIsBetter: true, " s");
    public static readonly Goal C1 = new("C1", "cluster of one node ÷ A, CPU", 1.35, 1.35, LowerIsBetter: true);
    public static readonly Goal C2 = new("C2", "cluster of three nodes ÷ A, CPU", 3, 2, LowerIsBetter: true);
}
