namespace ArCredit.Banking.Statements.Swift;

/// <summary>Goes through the first line of a field.</summary>
internal sealed class MtCursor(MtTag field)
{
    private readonly string text = field.First;
    private int at;

    public string Rest => text[at..];

    public bool IsLetter => at < text.Length && char.IsAsciiLetter(text[at]);

    public bool AreDigits(int length) => at + length <= text.Length && !text.AsSpan(at, length).ContainsAnyExceptInRange('0', '9');

    public string Take(int length)
    {
        if (at + length > text.Length)
        {
            throw StatementRefusedException.Syntax(field.Place, "the line ends too early");
        }

        at += length;
        return text[(at - length)..at];
    }

    public bool TakeIf(char mark)
    {
        var there = at < text.Length && text[at] == mark;
        at += there ? 1 : 0;
        return there;
    }

    /// <summary>Digits and separators.</summary>
    public string TakeAmount()
    {
        var begin = at;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is ',' or '.'))
        {
            at++;
        }

        return text[begin..at];
    }
}
