namespace ArCredit.Bench.Goals;

/// <summary>A goal as measured.</summary>
/// <param name="Goal">What was to be reached.</param>
/// <param name="Values">One figure for each round.</param>
/// <param name="Detail">What it is made of: medians of both sides.</param>
internal sealed record Outcome(Goal Goal, IReadOnlyList<double> Values, string Detail)
{
    /// <summary>The figure that is judged.</summary>
    public double Median => MedianOf(Values);

    /// <summary>The round furthest from the aim.</summary>
    public double Worst => Goal.LowerIsBetter ? Values.Max() : Values.Min();

    /// <summary>True when the median reaches the floor.</summary>
    public bool IsMet => Goal.LowerIsBetter ? Median <= Goal.Floor : Median >= Goal.Floor;

    /// <summary>True when the median reaches the aim.</summary>
    public bool IsAtAim => Goal.LowerIsBetter ? Median <= Goal.Aim : Median >= Goal.Aim;

    /// <summary>The middle, or between the two in the middle.</summary>
    public static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
