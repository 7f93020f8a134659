namespace ArCredit.Banking.Statements.Swift;

/// <summary>A field of a message: a tag at the beginning of a line, with the lines up to the next.</summary>
/// <param name="Tag">Two digits, or NS, with the letter behind; <see cref="End"/> for the line that ends a message.</param>
/// <param name="Line">Of the tag, from 1.</param>
/// <param name="Lines">Without the tag; ends of lines are not trimmed, since a break may stand in a word.</param>
internal sealed record MtTag(string Tag, int Line, List<string> Lines)
{
    public const string End = "-";

    private const int MaxLines = 1000;

    public string First => Lines[0].TrimEnd();

    public Place Place => new(Line, $":{Tag}:");

    /// <summary>True for a line that begins with a tag.</summary>
    public static bool Begins(string line) => TagLength(line) > 0;

    /// <summary>The fields of a file. Lines outside of messages, as banks put before and between them, are left out.</summary>
    public static IEnumerable<MtTag> Read(IEnumerable<(int Number, string Text)> lines)
    {
        MtTag? open = null;
        var block = 0;
        foreach (var (number, raw, isEnd) in Ends(lines))
        {
            var line = raw;
            if (line.IndexOf("{4:", StringComparison.Ordinal) is var at and >= 0 && open is null)
            {
                // From here to "-}" is the text of a message in SWIFT's own envelope.
                block = number;
                line = line[(at + 3)..];
            }

            var length = TagLength(line);
            if (isEnd)
            {
                if (open is not null)
                {
                    yield return open;
                    yield return new MtTag(End, number, [line]);
                }

                open = null;
                block = line.StartsWith("-}", StringComparison.Ordinal) ? 0 : block;
            }
            else if (length > 0)
            {
                if (open is not null)
                {
                    yield return open;
                }

                open = new MtTag(line[1..(length - 1)], number, [line[length..]]);
            }
            else if (open is not null && !string.IsNullOrWhiteSpace(line))
            {
                open.Add(line);
            }
        }

        if (open is not null)
        {
            yield return open;
        }

        if (block > 0)
        {
            throw StatementRefusedException.Syntax(new Place(block), "the message that begins here is not ended by -}: the file is cut off");
        }
    }

    // ":20:", ":28C:", ":NS:": the length with both colons, 0 for other lines.
    private static int TagLength(string line)
    {
        if (line.Length < 4 || line[0] != ':')
        {
            return 0;
        }

        var colon = line.IndexOf(':', 1, Math.Min(4, line.Length - 1));
        var isTag = colon is 3 or 4 && (char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2]) || line.StartsWith(":NS", StringComparison.Ordinal))
            && (colon == 3 || char.IsAsciiLetterUpper(line[3]));
        return isTag ? colon + 1 : 0;
    }

    private void Add(string text)
    {
        if (Lines.Count >= MaxLines)
        {
            throw StatementRefusedException.Syntax(Place, $"has more than {MaxLines} lines");
        }

        Lines.Add(text);
    }

    // A dash alone ends a message, unless a field of the same follows: then it is text. One bank writes -XXX.
    private static IEnumerable<(int Number, string Text, bool IsEnd)> Ends(IEnumerable<(int Number, string Text)> lines)
    {
        var held = new List<(int Number, string Text)>();
        foreach (var (number, line) in lines)
        {
            var text = line.TrimEnd();
            if (text == "-")
            {
                held.Add((number, line));
                continue;
            }

            var isText = TagLength(line) > 0 && !line.StartsWith(":20:", StringComparison.Ordinal);
            foreach (var dash in held)
            {
                yield return (dash.Number, dash.Text, !isText);
            }

            held.Clear();
            yield return (number, line, text == "-XXX" || line.StartsWith("-}", StringComparison.Ordinal));
        }

        foreach (var dash in held)
        {
            yield return (dash.Number, dash.Text, true);
        }
    }
}
