using System.Globalization;

namespace ArCredit.Banking.Statements.Bai;

/// <summary>A record with its continuations (88), taken field by field.</summary>
internal sealed class BaiRecord(string code, int line, string first)
{
    private const int MaxContinuations = 10_000;

    private readonly List<string[]> pieces = [first.Split(',')];
    private int piece;
    private int field;

    public string Code { get; } = code;

    public int Line { get; } = line;

    public Place Place => new(Line, Code);

    /// <summary>Lines of the file that it takes.</summary>
    public int Physical => pieces.Count;

    public bool IsAtEnd => piece >= pieces.Count;

    /// <summary>The records of a file.</summary>
    public static IEnumerable<BaiRecord> Read(IEnumerable<(int Number, string Text)> lines)
    {
        BaiRecord? open = null;
        foreach (var (number, raw) in lines)
        {
            // Some files fill their lines with spaces; a slash ends the last field, and a text may do without it.
            var line = raw.TrimEnd();
            if (line.Length == 0)
            {
                continue;
            }

            if (line.Length < 3 || !char.IsAsciiDigit(line[0]) || !char.IsAsciiDigit(line[1]) || line[2] != ',')
            {
                throw StatementRefusedException.Syntax(new Place(number), "a record begins with two digits and a comma");
            }

            var body = line[3..];
            body = body.EndsWith('/') ? body[..^1] : body;
            if (line.StartsWith("88", StringComparison.Ordinal))
            {
                if (open is null || open.pieces.Count > MaxContinuations)
                {
                    throw StatementRefusedException.Syntax(new Place(number, "88"), open is null ? "nothing is there to be continued" : "too many continuations");
                }

                open.pieces.Add(body.Split(','));
                continue;
            }

            if (open is not null)
            {
                yield return open;
            }

            open = new BaiRecord(line[..2], number, body);
        }

        if (open is not null)
        {
            yield return open;
        }
    }

    /// <summary>The next field, trimmed; empty behind the last.</summary>
    public string Next()
    {
        if (IsAtEnd)
        {
            return string.Empty;
        }

        var text = pieces[piece][field].Trim();
        if (++field == pieces[piece].Length)
        {
            (piece, field) = (piece + 1, 0);
        }

        return text;
    }

    /// <summary>What is left, as text: its commas are no separators.</summary>
    public string? Rest()
    {
        if (IsAtEnd)
        {
            return null;
        }

        var texts = pieces.Skip(piece).Select((fields, index) => string.Join(',', index == 0 ? fields[field..] : fields));
        var text = PlainText.Of(string.Join(' ', texts));
        piece = pieces.Count;
        return text;
    }

    /// <summary>A whole number with an optional sign; null when the field is empty.</summary>
    public long? NextNumber(string what)
    {
        var text = Next();
        return text.Length == 0 ? null
            : text.Length <= 19 && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) <= Kernel.Money.MaxMinor * 100
                ? number
                : throw StatementRefusedException.Syntax(Place, $"{what} '{StatementAmount.Short(text)}' is no number");
    }

    /// <summary>Passes over what the funds type brings along, which is when the money is available; the value date where it names one.</summary>
    public DateOnly? TakeFunds()
    {
        var type = Next();
        if (type == "V")
        {
            var day = Next();
            Next();
            return day.Length == 0 ? null : StatementAmount.ShortDate(day, Place);
        }

        var more = type switch
        {
            "S" => 3,
            "D" => Math.Clamp((NextNumber("the number of distributions") ?? 0) * 2, 0, 1000),
            _ => 0,
        };
        for (var i = 0; i < more; i++)
        {
            Next();
        }

        return null;
    }
}
