using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArCredit.Bench.Arms;

namespace ArCredit.Bench.Goals;

/// <summary>The table, for people and for programs.</summary>
internal sealed record Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public required DateTimeOffset StartedAt { get; init; }

    public required IReadOnlyDictionary<string, string> Machine { get; init; }

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required bool Judged { get; init; }

    public required Series Series { get; init; }

    public required IReadOnlyList<Outcome> Outcomes { get; init; }

    public required IReadOnlyList<(string Title, string Found)> Checks { get; init; }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        Line($"Measured {StartedAt:yyyy-MM-dd HH:mm} UTC on {Join(Machine)}; {Join(Settings)}.");
        Line($"");
        Line($"| # | what | floor | aim | median | worst round | verdict | made of |");
        Line($"| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var outcome in Outcomes)
        {
            var goal = outcome.Goal;
            Line($"| {goal.Id} | {goal.What} | {Figure(goal.Floor)}{goal.Unit} | {Figure(goal.Aim)}{goal.Unit} | {Figure(outcome.Median)}{goal.Unit} | {Figure(outcome.Worst)}{goal.Unit} | {Verdict(outcome)} | {outcome.Detail} |");
        }

        Line($"");
        Line($"| arm | load | throughput | CPU each | of it server | of it PostgreSQL | reads behind |");
        Line($"| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (arm, shape, samples) in Series.All)
        {
            Line($"| {arm} | {Name(shape)} | {Median(sample => sample.Throughput):N0}/s | {Median(sample => sample.CpuMicros):N1} µs | {Median(sample => sample.ServerMicros):N1} µs | {Median(sample => sample.DatabaseMicros):N1} µs | {Median(sample => sample.Behind.TotalMilliseconds):N0} ms |");

            double Median(Func<Sample, double> value) => Outcome.MedianOf(samples.Select(value));
        }

        Line($"");
        foreach (var (title, found) in Checks)
        {
            Line($"- {title}: {found}");
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            StartedAt,
            Machine,
            Settings,
            Goals = Outcomes.Select(outcome => new { outcome.Goal, outcome.Median, outcome.Worst, outcome.Values, outcome.IsMet, outcome.IsAtAim, outcome.Detail }),
            Arms = Series.All.Select(series => new
            {
                series.Arm,
                Load = Name(series.Shape),
                Rounds = series.Samples.Select(sample => new
                {
                    sample.Throughput,
                    sample.CpuMicros,
                    sample.ServerMicros,
                    sample.DatabaseMicros,
                    sample.Load.Acknowledged,
                    Seconds = sample.Load.Elapsed.TotalSeconds,
                }),
            }),
            Checks = Checks.Select(check => new { Arm = check.Title, check.Found }),
        },
        Json);

    private static string Name(Shape shape) => shape == Shape.Hot ? "hot" : "uniform";

    private static string Join(IReadOnlyDictionary<string, string> pairs) => string.Join(", ", pairs.Select(pair => $"{pair.Key} {pair.Value}"));

    private static string Figure(double value) => value.ToString(value >= 100 ? "N0" : value >= 10 ? "0.0" : "0.00##", CultureInfo.InvariantCulture);

    private string Verdict(Outcome outcome) => !Judged ? "not judged" : outcome.IsAtAim ? "MET, at aim" : outcome.IsMet ? "MET" : "MISSED";
}
