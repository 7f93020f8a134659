using System.Text;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>
/// Looks for one order of an account's operations, each at some instant between its beginning and its end, in which one client
/// alone would have got the same answers (Wing and Gong's search with Lowe's memory of what was tried). An operation that
/// nobody learned the end of may come at any time after its beginning, or never.
/// </summary>
internal sealed class Explanation
{
    private const int Most = 10_000;
    private const int LastSteps = 40;
    private const int Stride = 8;
    private readonly Operation[] operations;
    private readonly HashSet<(UInt128 Done, string State)> tried = [];
    private readonly List<int> order = [];
    private (List<int> Order, SequentialAccount State, UInt128 Done) furthest;

    private Explanation(IEnumerable<Operation> history, SequentialAccount start)
    {
        // Of what changes nothing, an unknown end says nothing.
        operations = [.. history.Where(operation => operation.Returned != long.MaxValue || operation.Action.ChangesSomething).OrderBy(operation => operation.Returned).ThenBy(operation => operation.Invoked)];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(operations.Length, 128, nameof(history));
        furthest = ([], start, 0);
    }

    /// <summary>Null when there is one; else the shortest beginning of the history that has none, and how far the search came.</summary>
    /// <exception cref="TimeoutException">Too many orders are possible to try them all.</exception>
    public static string? FindNone(IReadOnlyList<Operation> history, SequentialAccount start)
    {
        // A beginning without an order has none later either, and the first such beginning is the cheapest to search through.
        var ends = history.Select(operation => operation.Returned).Where(end => end != long.MaxValue).Order().ToArray();
        var (low, high) = (0, Math.Min(Stride, ends.Length) - 1);
        while (Exists(Until(history, ends[high]), start))
        {
            if (high == ends.Length - 1)
            {
                return null;
            }

            (low, high) = (high + 1, Math.Min(high + Stride, ends.Length - 1));
        }

        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Exists(Until(history, ends[middle]), start) ? (middle + 1, high) : (low, middle);
        }

        var shortest = new Explanation(Until(history, ends[low]), start);
        shortest.Search(0, start);
        return shortest.Describe();
    }

    private static bool Exists(IEnumerable<Operation> history, SequentialAccount start) => new Explanation(history, start).Search(0, start);

    private static IEnumerable<Operation> Until(IEnumerable<Operation> history, long end) => history
        .Where(operation => operation.Invoked < end)
        .Select(operation => operation.Returned <= end ? operation : operation with { Returned = long.MaxValue, Answer = null });

    private bool Search(UInt128 done, SequentialAccount state)
    {
        // By their ends: the first that is left must come before anything that began after it had ended.
        var first = 0;
        while (first < operations.Length && Has(done, first))
        {
            first++;
        }

        if (first == operations.Length || operations[first].Returned == long.MaxValue)
        {
            return true;
        }

        if (order.Count > furthest.Order.Count)
        {
            furthest = ([.. order], state, done);
        }

        if (tried.Count == Most)
        {
            throw new TimeoutException($"{Most} states of {operations.Length} operations tried.");
        }

        if (!tried.Add((done, state.Digest())))
        {
            return false;
        }

        for (var i = 0; i < operations.Length; i++)
        {
            if (Has(done, i) || operations[i].Invoked > operations[first].Returned)
            {
                continue;
            }

            var next = state.Copy();
            var answer = next.Do(operations[i].Action);
            var (isKnown, isIdle) = (operations[i].Returned != long.MaxValue, operations[i].Action.ChangedNothing(answer));
            if (isKnown ? answer != operations[i].Answer : isIdle)
            {
                continue;
            }

            order.Add(i);
            if (Search(done | (UInt128.One << i), next))
            {
                return true;
            }

            order.RemoveAt(order.Count - 1);
            if (isIdle)
            {
                // It fits here and changes nothing: whatever order there is with it later, there is with it here.
                return false;
            }
        }

        return false;
    }

    private static bool Has(UInt128 done, int index) => (done >> index & 1) != 0;

    private string Describe()
    {
        var (reached, state, done) = furthest;
        var text = new StringBuilder().AppendLine("No order of one client alone gives these answers. The longest found so far, last steps:");
        foreach (var index in reached.TakeLast(LastSteps))
        {
            text.AppendLine(operations[index].ToString());
        }

        text.Append("--- shows then: ").AppendLine(state.Copy().Do(new Operation.Act.Read())).AppendLine("--- and none of these comes next, with what it would get:");
        foreach (var (index, operation) in operations.Index().Where(each => !Has(done, each.Index)).OrderBy(each => each.Item.Invoked))
        {
            text.AppendLine(operation.ToString());
            if (operation.Returned != long.MaxValue)
            {
                text.Append("        would get ").AppendLine(state.Copy().Do(operations[index].Action));
            }
        }

        return text.ToString();
    }
}
