using System.Xml;

namespace ArCredit.Banking.Statements.Camt;

/// <summary>
/// ISO 20022 camt.052, 053 and 054 of every version: the namespace says which message it is; elements that versions moved or
/// renamed are looked for in both places. The document is walked, never loaded.
/// </summary>
internal sealed class CamtReader(Stream stream)
{
    private const string Namespace = "urn:iso:std:iso:20022:tech:xsd:camt.05";
    private const int MaxEnvelope = 8;
    private const long MaxCharacters = 512L * 1024 * 1024;

    /// <summary>The statements, reports or notifications of the file.</summary>
    public IEnumerable<StatementPart> Read()
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersInDocument = MaxCharacters,
            CloseInput = false,
        };
        using var reader = XmlReader.Create(stream, settings);
        var format = FindDocument(reader);
        var begin = CamtNode.LineOf(reader);
        var found = 0;
        foreach (var message in Children(reader))
        {
            if (!message.StartsWith("BkToCstmr", StringComparison.Ordinal))
            {
                CamtNode.Skip(reader);
                continue;
            }

            foreach (var name in Children(reader))
            {
                if (name is not ("Stmt" or "Rpt" or "Ntfctn"))
                {
                    CamtNode.Skip(reader);
                    continue;
                }

                foreach (var part in new CamtStatement(reader, format, $"{name}[{++found}]").Read())
                {
                    yield return part;
                }
            }
        }

        // A document that is cut off is found here: its elements are not closed.
        while (reader.Read())
        {
        }

        if (found == 0)
        {
            throw StatementRefusedException.Syntax(new Place(begin, "Document"), "the document holds no statement");
        }
    }

    /// <summary>The names of the children of the element the reader stands on, each read or skipped by the caller; then the reader is behind it.</summary>
    public static IEnumerable<string> Children(XmlReader reader)
    {
        var depth = reader.Depth;
        if (reader.IsEmptyElement)
        {
            reader.Read();
            yield break;
        }

        reader.Read();
        while (!reader.EOF && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                yield return reader.LocalName;
            }
            else
            {
                reader.Read();
            }
        }

        reader.Read();
    }

    // Some banks put the document into an envelope of their own.
    private static StatementFormat FindDocument(XmlReader reader)
    {
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Document")
            {
                if (FormatOf(reader.NamespaceURI) is { } format)
                {
                    return format;
                }

                break;
            }

            if (reader.Depth > MaxEnvelope)
            {
                break;
            }
        }

        throw new StatementRefusedException(
            StatementRefusedException.UnknownFormat, new Place(CamtNode.LineOf(reader)), "the XML is no camt.052, camt.053 or camt.054 document by its namespace");
    }

    private static StatementFormat? FormatOf(string name) =>
        name.Length <= Namespace.Length + 1 || !name.StartsWith(Namespace, StringComparison.Ordinal) || name[Namespace.Length + 1] != '.' ? null
        : name[Namespace.Length] switch
        {
            '2' => StatementFormat.Camt052,
            '3' => StatementFormat.Camt053,
            '4' => StatementFormat.Camt054,
            _ => null,
        };
}
