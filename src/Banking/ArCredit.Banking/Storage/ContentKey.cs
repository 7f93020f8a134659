using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArCredit.Banking.Statements;

namespace ArCredit.Banking.Storage;

/// <summary>
/// What an entry without the bank's reference is known by in another file: date, amount, party and text. Formats differ in
/// spaces, punctuation and capitals, so that only letters and digits count.
/// </summary>
internal static class ContentKey
{
    public static string Of(BankEntry entry)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{entry.BookedOn:yyyy-MM-dd}|{entry.Amount}|{entry.IsReversal}");
        Append(text, entry.Text);
        foreach (var detail in entry.Details)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{detail.Amount}");
            Append(text, detail.Text);
        }

        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..18]);
    }

    private static void Append(StringBuilder text, PaymentText payment)
    {
        foreach (var part in new[] { payment.PartyAccount ?? payment.Party, payment.Remittance, payment.StructuredReference })
        {
            text.Append('|');
            foreach (var character in (part ?? string.Empty).Where(char.IsLetterOrDigit))
            {
                text.Append(char.ToUpperInvariant(character));
            }
        }
    }
}
