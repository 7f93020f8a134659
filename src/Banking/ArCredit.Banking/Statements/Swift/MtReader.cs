namespace ArCredit.Banking.Statements.Swift;

/// <summary>SWIFT MT940 and MT942, as SWIFT sends them or bare as banks hand them out.</summary>
internal sealed class MtReader(TextLines lines)
{
    /// <summary>The messages of the file.</summary>
    public IEnumerable<StatementPart> Read()
    {
        MtMessage? message = null;
        var parts = new Queue<StatementPart>();
        foreach (var field in MtTag.Read(lines.Read()))
        {
            if (field.Tag is "20" or MtTag.End)
            {
                message?.Close(parts);
                message = field.Tag == "20" ? new MtMessage(field, parts) : null;
            }
            else if (message is null)
            {
                throw StatementRefusedException.Syntax(field.Place, $"stands outside of a message: :20: is missing");
            }
            else
            {
                message.Take(field);
            }

            while (parts.TryDequeue(out var part))
            {
                yield return part;
            }
        }

        message?.Close(parts);
        foreach (var part in parts)
        {
            yield return part;
        }
    }
}
