using System.Xml;
using System.Xml.Linq;
using ArCredit.Kernel;

namespace ArCredit.Sync.Documents;

/// <summary>What a file of the outside is: a document, or what a buyer said of one.</summary>
internal abstract record ReadFile
{
    private ReadFile()
    {
    }

    /// <summary>An invoice or credit note.</summary>
    public sealed record Document(EInvoice Invoice) : ReadFile;

    /// <summary>The status of an e-qaimə.</summary>
    public sealed record Status(EqaimeStatus Said) : ReadFile;
}

/// <summary>
/// Reads UBL, CII and e-qaimə, told by the root element. Nothing outside of the file is ever read: no resolver, no document type definition (that of
/// an e-qaimə, which its portal's stylesheet needs, is passed over unread), and bounded in size, depth and number of elements.
/// </summary>
internal static class EInvoiceReader
{
    private const int MaxDepth = 100;
    private const int MaxNodes = 1_000_000;

    private const string Taken =
        "Taken are UBL 2.1 Invoice and CreditNote, CrossIndustryInvoice (D16B), and e-qaimə (root with kod=\"QAIME_1\" or \"QAIME_STATUS\")";

    /// <summary>Reads a file. Throws <see cref="EInvoiceRefusedException"/> when it is not taken.</summary>
    public static ReadFile Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            var (root, hasDtd) = Root(file);
            var isEqaime = root == EqaimeReader.RootName;
            if (hasDtd && !isEqaime)
            {
                throw new EInvoiceRefusedException(EInvoiceRefusedException.Dtd, "The file has a document type definition (DOCTYPE); no e-invoice needs one.");
            }

            if (!isEqaime && root != UblReader.Invoice && root != UblReader.CreditNote && root != CiiReader.Root)
            {
                throw new EInvoiceRefusedException(EInvoiceRefusedException.UnknownFormat, $"The root element is {Shown(root)}. {Taken}.");
            }

            var settings = Settings(isEqaime ? DtdProcessing.Ignore : DtdProcessing.Prohibit);
            Bound(file, settings);
            using var reader = XmlReader.Create(Open(file), settings);
            return Read(XDocument.Load(reader, LoadOptions.SetLineInfo).Root!);
        }
        catch (XmlException malformed)
        {
            throw Malformed(malformed);
        }
    }

    /// <summary>An amount of the document's currency, within what can be held.</summary>
    public static void CheckAmounts(Node at, Currency currency, params (string Term, decimal? Amount)[] amounts)
    {
        foreach (var (term, amount) in amounts)
        {
            switch (Money.TryFromAmount(amount ?? 0, currency, out _))
            {
                case AmountFault.None:
                    break;
                case AmountFault.TooManyDecimals:
                    throw at.Wrong(term, $"{amount} has more decimals than {currency} has", "BR-DEC");
                case AmountFault.TooLarge:
                    throw at.Wrong(term, $"{amount} is beyond what is held");
                default:
                    throw new InvariantException("Unknown fault of an amount.");
            }
        }
    }

    /// <summary>A currency that money can be held in.</summary>
    public static Currency ToCurrency(Node at, string term, string code) =>
        Currency.TryParse(code.ToUpperInvariant(), out var currency) ? currency : throw at.Wrong(term, $"\"{code}\" is no ISO 4217 currency", "BR-CL-04");

    /// <summary>A document's number.</summary>
    public static DocumentNumber ToNumber(Node at, string term, string text) =>
        DocumentNumber.TryParse(text, out var number) ? number : throw at.Wrong(term, "must be 1 to 64 characters");

    private static ReadFile Read(XElement root)
    {
        if (root.Name == EqaimeReader.RootName)
        {
            return EqaimeReader.Read(new Node(root));
        }

        var invoice = root.Name == CiiReader.Root ? CiiReader.Read(new Node(root)) : UblReader.Read(new Node(root));
        TotalRules.Check(invoice);
        return new ReadFile.Document(invoice);
    }

    private static (XName Root, bool HasDtd) Root(ReadOnlyMemory<byte> file)
    {
        try
        {
            return (RootOf(file, DtdProcessing.Prohibit), false);
        }
        catch (XmlException first)
        {
            // Refused for its definition, or no XML at all: only the second is not so without looking at definitions.
            try
            {
                return (RootOf(file, DtdProcessing.Ignore), true);
            }
            catch (XmlException)
            {
                throw Malformed(first);
            }
        }
    }

    private static XName RootOf(ReadOnlyMemory<byte> file, DtdProcessing definitions)
    {
        using var reader = XmlReader.Create(Open(file), Settings(definitions));
        reader.MoveToContent();
        return XName.Get(reader.LocalName, reader.NamespaceURI);
    }

    // A tree is made only of what is known to be small enough for one.
    private static void Bound(ReadOnlyMemory<byte> file, XmlReaderSettings settings)
    {
        using var reader = XmlReader.Create(Open(file), settings);
        var nodes = 0;
        while (reader.Read())
        {
            nodes += 1 + reader.AttributeCount;
            if (reader.Depth > MaxDepth || nodes > MaxNodes)
            {
                throw new EInvoiceRefusedException(
                    EInvoiceRefusedException.Unreadable, $"The file has elements more than {MaxDepth} deep, or more than {MaxNodes} elements, attributes and texts.");
            }
        }
    }

    private static XmlReaderSettings Settings(DtdProcessing definitions) => new()
    {
        DtdProcessing = definitions,
        XmlResolver = null,
        MaxCharactersFromEntities = 1024,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    private static MemoryStream Open(ReadOnlyMemory<byte> file) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(file, out var bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, false) : new MemoryStream(file.ToArray(), false);

    private static string Shown(XName root)
    {
        var name = root.NamespaceName.Length == 0 ? root.LocalName : $"{root.LocalName} of {root.NamespaceName}";
        return name.Length <= 200 ? name : name[..200] + "…";
    }

    private static EInvoiceRefusedException Malformed(XmlException malformed) =>
        new(EInvoiceRefusedException.Unreadable, $"The file is not well-formed XML: {malformed.Message}") { Line = malformed.LineNumber, Position = malformed.LinePosition };
}
