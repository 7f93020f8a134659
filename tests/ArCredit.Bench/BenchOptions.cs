using System.Globalization;

namespace ArCredit.Bench;

/// <summary>The command line.</summary>
internal sealed record BenchOptions
{
    /// <summary>Only that everything works; no warm-up, short runs, no judgement on speed.</summary>
    public bool Quick { get; init; }

    /// <summary>Arms to run; empty = all that the goals need.</summary>
    public IReadOnlyList<string> Arms { get; init; } = [];

    /// <summary>Goals to measure (P1 …); empty = all.</summary>
    public IReadOnlyList<string> Goals { get; init; } = [];

    /// <summary>Rounds of the interleaved arms.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Length of a run.</summary>
    public int Seconds { get; init; } = 10;

    /// <summary>Connections of the generator.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>How long a process is warmed up at least.</summary>
    public int WarmSeconds { get; init; } = 30;

    /// <summary>And by how many calls at least.</summary>
    public int WarmCalls { get; init; } = 300_000;

    /// <summary>Where the table is written.</summary>
    public string Output { get; init; } = "artifacts/bench";

    /// <exception cref="BenchException">The line is not understood.</exception>
    public static BenchOptions Parse(string[] args)
    {
        var options = args.Contains("--quick", StringComparer.Ordinal) ? new BenchOptions { Quick = true, Rounds = 1, Seconds = 1, WarmSeconds = 0, WarmCalls = 0 } : new BenchOptions();
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (name == "--quick")
            {
                continue;
            }

            value ??= i + 1 < args.Length ? args[++i] : throw new BenchException($"{name} needs a value");
            options = name switch
            {
                "--arms" => options with { Arms = value.Split(',') },
                "--only" => options with { Goals = value.ToUpperInvariant().Split(',') },
                "--rounds" => options with { Rounds = Number(name, value) },
                "--seconds" => options with { Seconds = Number(name, value) },
                "--connections" => options with { Connections = Number(name, value) },
                "--warm-up" => options with { WarmSeconds = Number(name, value), WarmCalls = 0 },
                "--output" => options with { Output = value },
                _ => throw new BenchException($"unknown argument '{name}'"),
            };
        }

        return options;
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 100_000
            ? number
            : throw new BenchException($"{name} must be a number above 0; it is '{value}'");
}
