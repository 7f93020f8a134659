using ArCredit.Accounts.Contracts;
using ArCredit.Sync.Documents;

namespace ArCredit.Sync.Parties;

/// <summary>
/// Who it is that several ids name: what all of them have in common that name anybody at all. One, none, or several: several are never guessed
/// between, and ids that name different ones name nobody.
/// </summary>
internal static class PartyChoice
{
    /// <summary>The one that is meant, if there is one, and all that some id names.</summary>
    public static (string? One, IReadOnlyList<string> All) Of(IReadOnlyList<IReadOnlyList<string>> named)
    {
        var telling = named.Where(each => each.Count > 0).ToList();
        if (telling.Count == 0)
        {
            return (null, []);
        }

        var common = telling.Skip(1).Aggregate(telling[0].ToHashSet(StringComparer.Ordinal), (left, each) =>
        {
            left.IntersectWith(each);
            return left;
        });
        return (common.Count == 1 ? common.First() : null, [.. telling.SelectMany(each => each).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    /// <summary>An id with its scheme, as addresses are compared; null = it has none.</summary>
    public static PartyId? Schemed(WrittenId? id) => id?.Scheme is { } scheme ? new PartyId(scheme, id.Id) : null;
}
