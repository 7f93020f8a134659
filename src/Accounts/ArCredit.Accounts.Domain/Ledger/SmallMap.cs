using System.Diagnostics.CodeAnalysis;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// A map that costs next to nothing while it is empty and little while it is small, which on most accounts it always is: an
/// array searched from its end, and a hash table only from the entry after <see cref="MostInArray"/> on. Not thread-safe.
/// </summary>
internal sealed class SmallMap<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
{
    /// <summary>More than this many entries are hashed.</summary>
    public const int MostInArray = 16;

    private (TKey Key, TValue Value)[] entries = [];
    private int count;
    private Dictionary<TKey, TValue>? hashed;

    public int Count => hashed?.Count ?? count;

    /// <summary>The values, in no particular order.</summary>
    public IEnumerable<TValue> Values => hashed?.Values ?? entries.Take(count).Select(entry => entry.Value);

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (hashed is not null)
        {
            return hashed.TryGetValue(key, out value);
        }

        var at = IndexOf(key);
        value = at < 0 ? default : entries[at].Value;
        return at >= 0;
    }

    public TValue? GetValueOrDefault(TKey key) => TryGetValue(key, out var value) ? value : default;

    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    /// <summary>Adds an entry; throws <see cref="InvariantException"/> when the key is there.</summary>
    public void Add(TKey key, TValue value)
    {
        Require.That(!ContainsKey(key));
        this[key] = value;
    }

    /// <summary>Adds or replaces an entry.</summary>
    public TValue this[TKey key]
    {
        set
        {
            if (hashed is null && IndexOf(key) is >= 0 and var at)
            {
                entries[at].Value = value;
                return;
            }

            if (hashed is null && count == MostInArray)
            {
                hashed = entries.ToDictionary(entry => entry.Key, entry => entry.Value);
                (entries, count) = ([], 0);
            }

            if (hashed is not null)
            {
                hashed[key] = value;
                return;
            }

            if (count == entries.Length)
            {
                Array.Resize(ref entries, count == 0 ? 1 : Math.Min(count + 3, MostInArray));
            }

            entries[count++] = (key, value);
        }
    }

    /// <summary>Takes an entry out; false when it is not there.</summary>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (hashed is not null)
        {
            var removed = hashed.Remove(key, out value);
            hashed = hashed.Count == 0 ? null : hashed;
            return removed;
        }

        var at = IndexOf(key);
        value = at < 0 ? default : entries[at].Value;
        if (at >= 0)
        {
            entries[at] = entries[--count];
            entries[count] = default;
        }

        return at >= 0;
    }

    /// <inheritdoc cref="Remove(TKey, out TValue)"/>
    public bool Remove(TKey key) => Remove(key, out _);

    /// <summary>Takes out every entry of which the condition holds; <paramref name="state"/> spares it a closure.</summary>
    public void RemoveWhere<TState>(TState state, Func<TValue, TState, bool> condition)
    {
        if (hashed is not null)
        {
            foreach (var (key, value) in hashed)
            {
                if (condition(value, state))
                {
                    hashed.Remove(key);
                }
            }

            hashed = hashed.Count == 0 ? null : hashed;
            return;
        }

        for (var at = count - 1; at >= 0; at--)
        {
            if (condition(entries[at].Value, state))
            {
                entries[at] = entries[--count];
                entries[count] = default;
            }
        }
    }

    private int IndexOf(TKey key)
    {
        // What was added last is asked for first.
        for (var at = count - 1; at >= 0; at--)
        {
            if (entries[at].Key.Equals(key))
            {
                return at;
            }
        }

        return -1;
    }
}
