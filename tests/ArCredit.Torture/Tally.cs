using System.Collections.Concurrent;
using System.Globalization;

namespace ArCredit.Torture;

/// <summary>What a campaign counts: what it did, and what must never happen. Callers count from many threads.</summary>
internal sealed class Tally
{
    private const int DetailsShown = 5;
    private const int LogLinesShown = 120;

    private readonly ConcurrentDictionary<string, long> counts = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> zeros = new();
    private readonly ConcurrentQueue<string> explanations = new();
    private readonly List<string> order = [];

    /// <summary>True while nothing has happened that must not.</summary>
    public bool IsClean => zeros.Values.All(details => details.IsEmpty);

    /// <summary>Names what must stay zero, so that it is printed also when it does.</summary>
    public void MustBeZero(params string[] names)
    {
        foreach (var name in names)
        {
            zeros.TryAdd(name, new ConcurrentQueue<string>());
        }
    }

    /// <summary>Counts what was done.</summary>
    public void Add(string name, long count = 1)
    {
        if (counts.TryAdd(name, count))
        {
            lock (order)
            {
                order.Add(name);
            }

            return;
        }

        counts.AddOrUpdate(name, count, (_, before) => before + count);
    }

    /// <summary>How often something was done.</summary>
    public long Of(string name) => counts.GetValueOrDefault(name);

    /// <summary>Counts what must never happen.</summary>
    public void Violation(string name, string detail) => zeros.GetOrAdd(name, _ => new ConcurrentQueue<string>()).Enqueue(detail);

    /// <summary>The campaign itself could not go on.</summary>
    public void BrokeOff(Exception failure) => Violation("campaigns broken off", failure.ToString());

    /// <summary>What a host has complained of, for whoever looks for the cause of what must not be.</summary>
    public void Explain(string log) => explanations.Enqueue(log);

    /// <summary>What was done so far, in a line.</summary>
    public string Done
    {
        get
        {
            lock (order)
            {
                return string.Join(", ", order.Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} {counts[name]:N0}")));
            }
        }
    }

    /// <summary>All counts, with the first details of whatever is not zero.</summary>
    public override string ToString()
    {
        lock (order)
        {
            var never = zeros.OrderBy(zero => zero.Key, StringComparer.Ordinal).Select(zero => $"{zero.Key} {zero.Value.Count}");
            var details = zeros.Where(zero => !zero.Value.IsEmpty)
                .SelectMany(zero => zero.Value.Take(DetailsShown).Select(detail => $"  ! {zero.Key}: {detail}"));
            var logs = IsClean ? [] : explanations.SelectMany(log => log.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(LogLinesShown)).Select(line => $"    {line}");
            return string.Join('\n', [$"  did: {Done}", $"  zero: {string.Join(", ", never)}", .. details, .. logs]);
        }
    }
}
