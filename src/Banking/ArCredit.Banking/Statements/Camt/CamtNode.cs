using System.Text;
using System.Xml;

namespace ArCredit.Banking.Statements.Camt;

/// <summary>A small part of a document, with the lines it stands in. Names are without their namespace.</summary>
internal sealed class CamtNode
{
    private const int MaxDepth = 48;
    private const int MaxText = 64 * 1024;

    private List<CamtNode>? children;
    private StringBuilder? more;
    private string text = string.Empty;

    private CamtNode(XmlReader reader)
    {
        Name = reader.LocalName;
        Line = LineOf(reader);
        Currency = reader.GetAttribute("Ccy");
    }

    public string Name { get; }

    public int Line { get; }

    /// <summary>The attribute <c>Ccy</c> of amounts.</summary>
    public string? Currency { get; }

    /// <summary>Its own text, trimmed.</summary>
    public string Value => (more?.ToString() ?? text).Trim();

    public IReadOnlyList<CamtNode> Children => children ?? (IReadOnlyList<CamtNode>)[];

    /// <summary>The first child of a name; null when there is none.</summary>
    public CamtNode? this[string name] => children?.Find(child => child.Name == name);

    public IEnumerable<CamtNode> All(string name) => Children.Where(child => child.Name == name);

    /// <summary>Reads the element the reader stands on and leaves it behind the element's end.</summary>
    public static CamtNode Read(XmlReader reader)
    {
        var root = new CamtNode(reader);
        var open = new Stack<CamtNode>();
        if (!reader.IsEmptyElement)
        {
            open.Push(root);
        }

        while (open.Count > 0 && reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    var child = new CamtNode(reader);
                    (open.Peek().children ??= []).Add(child);
                    if (!reader.IsEmptyElement)
                    {
                        CheckDepth(reader);
                        open.Push(child);
                    }

                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA:
                    open.Peek().Append(reader);
                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
            }
        }

        reader.Read();
        return root;
    }

    /// <summary>Leaves the element the reader stands on behind, unread.</summary>
    public static void Skip(XmlReader reader)
    {
        var depth = reader.Depth;
        if (!reader.IsEmptyElement)
        {
            while (reader.Read() && reader.Depth > depth)
            {
                CheckDepth(reader);
            }
        }

        reader.Read();
    }

    public static int LineOf(XmlReader reader) => reader is IXmlLineInfo position && position.HasLineInfo() ? position.LineNumber : 1;

    private static void CheckDepth(XmlReader reader)
    {
        if (reader.Depth > MaxDepth)
        {
            throw StatementRefusedException.Syntax(new Place(LineOf(reader)), $"elements are nested deeper than {MaxDepth}");
        }
    }

    private void Append(XmlReader reader)
    {
        var value = reader.Value;
        if (value.Length + (more?.Length ?? text.Length) > MaxText)
        {
            throw StatementRefusedException.Syntax(new Place(LineOf(reader), Name), $"the text is longer than {MaxText} characters");
        }

        if (more is null && text.Length == 0)
        {
            text = value;
        }
        else
        {
            (more ??= new StringBuilder(text)).Append(value);
        }
    }
}
