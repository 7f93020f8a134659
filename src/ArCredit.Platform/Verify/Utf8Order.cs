namespace ArCredit.Platform.Verify;

/// <summary>The order in which both databases sort identifiers: byte by byte in UTF-8.</summary>
public static class Utf8Order
{
    /// <summary>Below, at or above 0 as <paramref name="left"/> sorts before, with or behind <paramref name="right"/>.</summary>
    public static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            var (a, b) = (left[i], right[i]);
            if (a != b)
            {
                // UTF-16 keeps what is beyond U+FFFF in surrogates, below U+E000; UTF-8 sorts it last.
                return char.IsSurrogate(a) == char.IsSurrogate(b) ? a - b : char.IsSurrogate(a) ? 1 : -1;
            }
        }

        return left.Length - right.Length;
    }
}
