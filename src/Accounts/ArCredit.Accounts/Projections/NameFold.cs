using System.Globalization;
using System.Text;

namespace ArCredit.Accounts.Projections;

/// <summary>
/// Names as they are searched and sorted: lower case without accents, the same on both databases, whose own lower() differ.
/// </summary>
internal static class NameFold
{
    /// <summary>"Şərq Ticarət İnşaat" becomes "sərq ticarət insaat".</summary>
    public static string Of(string name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var letter in name.Normalize(NormalizationForm.FormKD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)
            {
                // The dotless i has no decomposition; who searches types an i.
                folded.Append(letter == 'ı' ? 'i' : char.ToLowerInvariant(letter));
            }
        }

        return folded.ToString();
    }
}
