using System.Buffers.Text;
using System.Text.Json;

namespace ArCredit.Platform.Http;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most the limit asked for.</param>
/// <param name="NextCursor">Give it as <c>cursor</c> for the next page; null on the last.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Which page is asked for.</summary>
/// <param name="Limit">1 to 1,000; 100 when the caller did not say.</param>
/// <param name="After">What the last page's cursor was made of; null on the first page.</param>
public readonly record struct Paging(int Limit, string[]? After)
{
    /// <summary>Items per page unless asked otherwise.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most items per page.</summary>
    public const int MaxLimit = 1000;

    private const int MaxCursor = 4096;

    /// <summary>A URL-safe cursor of the sort keys of a page's last item.</summary>
    public static string Encode(params string[] keys) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(keys));

    /// <summary>Makes a page of up to <see cref="Limit"/> + 1 items: the surplus one says that there is a next page.</summary>
    public ListPage<T> Page<T>(IReadOnlyList<T> read, Func<T, string[]> keysOf) =>
        read.Count <= Limit ? new ListPage<T>(read, null) : new ListPage<T>([.. read.Take(Limit)], Encode(keysOf(read[Limit - 1])));

    internal static bool TryDecode(string cursor, int keys, out string[] after)
    {
        after = [];
        if (cursor.Length > MaxCursor || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        try
        {
            after = JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(cursor)) ?? [];
        }
        catch (JsonException)
        {
            return false;
        }

        return after.Length == keys && Array.TrueForAll(after, key => key is not null && !key.Contains('\0', StringComparison.Ordinal));
    }
}
