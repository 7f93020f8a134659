namespace ArCredit.Torture;

/// <summary>Everything random comes from one number, the same in every process.</summary>
internal static class Seeds
{
    /// <summary>A source of its own for a part of a campaign.</summary>
    public static Random Random(int seed, int part) => new(unchecked((int)((((uint)seed * 2654435761u) ^ ((uint)part * 40503u)) + 97u)));
}
