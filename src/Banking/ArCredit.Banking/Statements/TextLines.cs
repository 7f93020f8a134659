using System.Text;

namespace ArCredit.Banking.Statements;

/// <summary>The lines of a text file, one at a time and of bounded length. Each is UTF-8, or windows-1252 where it is none.</summary>
internal sealed class TextLines(Stream stream)
{
    /// <summary>Longest line, in bytes; none of the formats comes near it.</summary>
    public const int MaxLine = 16 * 1024;

    /// <summary>What western banks write that is no UTF-8: Latin-1, with letters and signs where that has control characters.</summary>
    public static readonly Encoding Western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Lines with their numbers, from 1; without line ends, everything else as it is.</summary>
    public IEnumerable<(int Number, string Text)> Read()
    {
        var buffer = new byte[64 * 1024];
        var line = new MemoryStream();
        var number = 1;
        var afterReturn = false;
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            var at = 0;
            while (at < read)
            {
                // The second half of a line end of two characters.
                if (afterReturn && buffer[at] == (byte)'\n')
                {
                    (afterReturn, at) = (false, at + 1);
                    continue;
                }

                afterReturn = false;
                var length = buffer.AsSpan(at, read - at).IndexOfAny((byte)'\n', (byte)'\r');
                var isWhole = length >= 0;
                length = isWhole ? length : read - at;
                if (line.Length + length > MaxLine)
                {
                    throw StatementRefusedException.Syntax(new Place(number), $"the line is longer than {MaxLine} bytes");
                }

                line.Write(buffer, at, length);
                at += length;
                if (isWhole)
                {
                    afterReturn = buffer[at++] == (byte)'\r';
                    yield return (number, Decode(line, number == 1));
                    line.SetLength(0);
                    number++;
                }
            }
        }

        if (line.Length > 0)
        {
            yield return (number, Decode(line, number == 1));
        }
    }

    private static string Decode(MemoryStream line, bool isFirst)
    {
        var bytes = line.GetBuffer().AsSpan(0, (int)line.Length);
        if (isFirst && bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        return System.Text.Unicode.Utf8.IsValid(bytes) ? Utf8.GetString(bytes) : Western.GetString(bytes);
    }
}
