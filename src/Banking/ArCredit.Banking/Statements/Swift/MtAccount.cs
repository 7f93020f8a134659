using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Swift;

/// <summary>Field 25: an IBAN, a number, or a bank's code and a number, sometimes with the currency behind.</summary>
internal static class MtAccount
{
    public static OwnAccount Read(MtTag field)
    {
        var text = field.First.Trim();
        if (text.Length > 6 && text[^3..].All(char.IsAsciiLetterUpper) && Currency.TryParse(text[^3..], out _) && Iban.From(text) is null)
        {
            text = text[..^3].TrimEnd(' ', '/');
        }

        var slash = text.LastIndexOf('/');
        var (bank, number) = slash > 0 ? (text[..slash], text[(slash + 1)..]) : (null, text);
        if (field.Tag == "25P" && field.Lines.Count > 1)
        {
            bank = field.Lines[1].Trim();
        }

        var iban = Iban.From(number);
        var plain = PlainText.Of(number) ?? throw StatementRefusedException.Syntax(field.Place, "names no account");
        return new OwnAccount(iban, iban is null ? plain : null, PlainText.Of(bank));
    }
}
