namespace ArCredit.Accounts.Tests.Histories;

/// <summary>What goes wrong on the way to the disk, drawn from a seed, until the weather calms.</summary>
internal sealed class Faults(int seed)
{
    private readonly Lock gate = new();
    private readonly Random random = new(seed);
    private volatile bool calm;

    /// <summary>How often something struck.</summary>
    public int Struck { get; private set; }

    /// <summary>From now on nothing goes wrong.</summary>
    public void Calm() => calm = true;

    /// <summary>True with this probability.</summary>
    public bool Strike(double share)
    {
        lock (gate)
        {
            var strikes = !calm && random.NextDouble() < share;
            Struck += strikes ? 1 : 0;
            return strikes;
        }
    }

    /// <summary>A number from 0.</summary>
    public int Next(int below)
    {
        lock (gate)
        {
            return random.Next(below);
        }
    }
}
