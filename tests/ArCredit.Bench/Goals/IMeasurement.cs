namespace ArCredit.Bench.Goals;

/// <summary>Goals that are measured apart from the interleaved arms.</summary>
internal interface IMeasurement
{
    /// <summary>P10 …</summary>
    IReadOnlyList<string> Goals { get; }

    /// <summary>Measures them; also checks that nothing was lost, and throws when something was.</summary>
    Task<IReadOnlyList<Outcome>> RunAsync();
}
