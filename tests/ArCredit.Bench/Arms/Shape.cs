namespace ArCredit.Bench.Arms;

/// <summary>Where the load goes.</summary>
internal enum Shape
{
    /// <summary>All accounts alike.</summary>
    Uniform,

    /// <summary>One account takes everything.</summary>
    Hot,
}

/// <summary>One measurement.</summary>
/// <param name="Shape">Where the load went.</param>
/// <param name="Round">From 0. Each round's hot account is another one.</param>
/// <param name="Connections">Open at a time.</param>
/// <param name="Seconds">How long.</param>
internal readonly record struct Run(Shape Shape, int Round, int Connections, int Seconds);
