namespace ArCredit.Banking.Matching;

/// <summary>How a search for items that sum up ended.</summary>
internal enum SetOutcome
{
    /// <summary>No such set.</summary>
    None,

    /// <summary>One set and no other.</summary>
    One,

    /// <summary>Two sets at least: nobody can tell which is meant.</summary>
    Several,

    /// <summary>The time was up before all sets were looked at; there may be one, or another one.</summary>
    CutShort,
}

/// <summary>What a search found.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Items">Indexes of the first set found, ascending; empty without one.</param>
internal sealed record FoundSet(SetOutcome Outcome, IReadOnlyList<int> Items);

/// <summary>Items whose open amounts sum up to a payment.</summary>
/// <param name="technical">Measures the budget.</param>
internal sealed class SetSearch(TimeProvider technical)
{
    /// <summary>Most items of a set that is no run.</summary>
    public const int MaxItems = 6;

    /// <summary>Longest run; a payment is one event, which is not to become megabytes.</summary>
    public const int MaxRun = 1000;

    private const int StepsPerLook = 1024;

    /// <summary>For one payment, however many items and customers there are.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(50);

    /// <summary>How many of the oldest items together are exactly the target; 0 when no run from the oldest on is.</summary>
    public static int RunOf(IReadOnlyList<long> amounts, long target)
    {
        long sum = 0;
        for (var i = 0; i < amounts.Count && i < MaxRun && sum < target; i++)
        {
            sum += amounts[i];
            if (sum == target)
            {
                return i + 1;
            }
        }

        return 0;
    }

    /// <summary>Begins the time of a payment, however many searches it takes.</summary>
    public long Begin() => technical.GetTimestamp();

    /// <inheritdoc cref="Find(IReadOnlyList{long}, long, long)"/>
    public FoundSet Find(IReadOnlyList<long> amounts, long target) => Find(amounts, target, Begin());

    /// <summary>Searches all sets of up to <see cref="MaxItems"/> items within <see cref="Budget"/>; amounts are above 0.</summary>
    public FoundSet Find(IReadOnlyList<long> amounts, long target, long begun)
    {
        var order = Enumerable.Range(0, amounts.Count).Where(index => amounts[index] <= target).OrderByDescending(index => amounts[index]).ToArray();
        var run = new Run(technical, begun, [.. order.Select(index => amounts[index])], target);
        run.Search();
        return new FoundSet(run.Outcome, [.. run.First.Select(at => order[at]).Order()]);
    }

    private sealed class Run(TimeProvider technical, long started, long[] sorted, long target)
    {
        private readonly int[] taken = new int[MaxItems];
        private int found;
        private int steps;
        private bool isCut;

        public int[] First { get; private set; } = [];

        public SetOutcome Outcome => (found, isCut) switch
        {
            ( > 1, _) => SetOutcome.Several,
            (_, true) => SetOutcome.CutShort,
            (1, _) => SetOutcome.One,
            _ => SetOutcome.None,
        };

        // Small sets first: they are the likely ones, and a second one ends the search.
        public void Search()
        {
            for (var size = 1; size <= MaxItems && size <= sorted.Length && !IsOver; size++)
            {
                Take(0, 0, size, target);
            }
        }

        private bool IsOver => isCut || found > 1;

        private void Take(int depth, int from, int left, long rest)
        {
            if (left == 1)
            {
                TakeLast(depth, from, rest);
                return;
            }

            // The largest of those still to come is at least their average, and leaves something for each of the others.
            for (var at = FirstAtMost(from, rest - left + 1); at <= sorted.Length - left && !IsOver; at++)
            {
                if (sorted[at] < rest / left || IsTimeUp())
                {
                    return;
                }

                taken[depth] = at;
                Take(depth + 1, at + 1, left - 1, rest - sorted[at]);
            }
        }

        private void TakeLast(int depth, int from, long rest)
        {
            for (var at = FirstAtMost(from, rest); at < sorted.Length && sorted[at] == rest && !IsOver; at++)
            {
                taken[depth] = at;
                found++;
                First = found == 1 ? taken[..(depth + 1)] : First;
            }
        }

        // Sorted from the largest down.
        private int FirstAtMost(int from, long amount)
        {
            var (low, high) = (from, sorted.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = sorted[middle] > amount ? (middle + 1, high) : (low, middle);
            }

            return low;
        }

        private bool IsTimeUp()
        {
            if (++steps % StepsPerLook == 0 && technical.GetElapsedTime(started) >= Budget)
            {
                isCut = true;
            }

            return isCut;
        }
    }
}
