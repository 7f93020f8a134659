using System.Collections.Frozen;

namespace ArCredit.Banking.DirectDebits;

/// <summary>Where an IBAN names its bank, by country, as in SWIFT's IBAN registry.</summary>
internal static class IbanBank
{
    private const int Head = 4;

    private static readonly FrozenDictionary<string, (int From, int Length)> Places = Parse(
        "AD0:4 AL0:3 AT0:5 BE0:3 BG0:4 CH0:5 CY0:3 CZ0:4 DE0:8 DK0:4 EE0:2 ES0:4 FI0:3 FR0:5 GB0:4 GI0:4 GR0:3 HR0:7 HU0:3 IE0:4 IS0:2 IT1:5 LI0:5 LT0:5 LU0:3 LV0:4 "
        + "MC0:5 MD0:2 ME0:3 MK0:3 MT0:4 NL0:4 NO0:4 PL0:3 PT0:4 RO0:4 RS0:3 SE0:3 SI0:2 SK0:4 SM1:5 VA0:3");

    /// <summary>True when both are accounts of one bank. A bank with several identifiers counts as several.</summary>
    public static bool IsSame(string one, string other) => Of(one) is { } bank && bank == Of(other);

    private static string? Of(string iban) =>
        Places.TryGetValue(iban[..2], out var place) && iban.Length >= Head + place.From + place.Length
        ? string.Concat(iban.AsSpan(0, 2), iban.AsSpan(Head + place.From, place.Length)) : null;

    private static FrozenDictionary<string, (int From, int Length)> Parse(string list) => list.Split(' ').ToFrozenDictionary(
        entry => entry[..2], entry => (entry[2] - '0', entry[4] - '0'), StringComparer.Ordinal);
}
