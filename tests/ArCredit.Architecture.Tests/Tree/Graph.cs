namespace ArCredit.Architecture.Tests.Tree;

/// <summary>Finds the way round in a directed graph.</summary>
internal static class Graph
{
    /// <summary>One cycle as "a -> b -> a", or null when there is none.</summary>
    public static string? FindCycle(IEnumerable<(string From, string To)> edges)
    {
        var next = edges.ToLookup(edge => edge.From, edge => edge.To, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        return next.Select(node => Visit(node.Key, [])).FirstOrDefault(cycle => cycle is not null);

        string? Visit(string node, List<string> path)
        {
            var seenAt = path.IndexOf(node);
            if (seenAt >= 0)
            {
                return string.Join(" -> ", path.Skip(seenAt).Append(node));
            }

            if (!done.Contains(node))
            {
                path.Add(node);
                foreach (var target in next[node])
                {
                    if (Visit(target, path) is { } cycle)
                    {
                        return cycle;
                    }
                }

                path.RemoveAt(path.Count - 1);
                done.Add(node);
            }

            return null;
        }
    }
}
