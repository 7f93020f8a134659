using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using ArCredit.Kernel;

namespace ArCredit.Sync.Documents;

/// <summary>An element of a document, read by terms: what is wrong names the term and the line.</summary>
internal readonly record struct Node(XElement Element)
{
    private const decimal MaxFactor = 1_000_000_000_000m;

    /// <summary>The elements at a path below this one.</summary>
    public IEnumerable<Node> All(params XName[] path)
    {
        IEnumerable<XElement> found = [Element];
        foreach (var name in path)
        {
            found = found.Elements(name);
        }

        return found.Select(element => new Node(element));
    }

    /// <summary>The first of them; null = none.</summary>
    public Node? First(params XName[] path) => All(path).Select(node => (Node?)node).FirstOrDefault();

    /// <summary>The text of the first that has one, without white space around it and with single blanks in it; null = none.</summary>
    public string? Text(params XName[] path) => All(path).Select(node => Collapse(node.Element.Value)).FirstOrDefault(text => text.Length > 0);

    /// <summary>An attribute's text; null = none.</summary>
    public string? Attribute(string name) => Element.Attribute(name)?.Value.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The text, which must be there.</summary>
    public string Required(string term, string rule, params XName[] path) => Text(path) ?? throw Missing(term, rule);

    /// <summary>An id with its scheme; null = none.</summary>
    public WrittenId? Id(params XName[] path) => All(path).Select(node => node.ToId()).FirstOrDefault(id => id is not null);

    /// <summary>This element as an id; null = it is empty.</summary>
    public WrittenId? ToId() => Collapse(Element.Value) is { Length: > 0 } id ? new WrittenId(Attribute("schemeID"), id) : null;

    /// <summary>A decimal number as XML Schema writes it; null = none.</summary>
    public decimal? Decimal(string term, params XName[] path) => All(path).Where(node => Collapse(node.Element.Value).Length > 0).Select(node => (decimal?)node.ToDecimal(term)).FirstOrDefault();

    /// <summary>The same, which must be there.</summary>
    public decimal RequiredDecimal(string term, string rule, params XName[] path) => Decimal(term, path) ?? throw Missing(term, rule);

    /// <summary>This element as a decimal number.</summary>
    public decimal ToDecimal(string term) =>
        decimal.TryParse(Collapse(Element.Value), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && Math.Abs(number) <= Money.MaxMinor
            ? number
            : throw Wrong(term, $"\"{Shortened(Element.Value)}\" is no amount");

    /// <summary>A factor (a rate, a quantity, a price), within what a product can hold; null = none.</summary>
    public decimal? Factor(string term, params XName[] path) =>
        Decimal(term, path) is { } factor && Math.Abs(factor) > MaxFactor ? throw Wrong(term, $"{factor} is beyond what is held") : Decimal(term, path);

    /// <summary>A date as XML Schema writes it, with or without a time zone; null = none.</summary>
    public DateOnly? Date(string term, params XName[] path) =>
        All(path).Where(node => Collapse(node.Element.Value).Length > 0).Select(node => (DateOnly?)node.ToDate(term, "yyyy-MM-dd")).FirstOrDefault();

    /// <summary>This element as a date; what follows it (a time zone) is not looked at.</summary>
    public DateOnly ToDate(string term, string format)
    {
        var text = Collapse(Element.Value);
        return text.Length >= format.Length
            && DateOnly.TryParseExact(text[..format.Length], format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && (text.Length == format.Length || text[format.Length] is 'Z' or '+' or '-' or 'T')
            && date.Year is >= 1900 and <= 2200
            ? date
            : throw Wrong(term, $"\"{Shortened(text)}\" is no date as {format}");
    }

    /// <summary>A term that is there and cannot be used.</summary>
    public EInvoiceRefusedException Wrong(string term, string reason, string? rule = null) =>
        new(EInvoiceRefusedException.TermWrong, $"{term}: {reason}.") { Term = term, Rule = rule, Line = Line, Position = Position };

    private int? Line => Element is IXmlLineInfo info && info.HasLineInfo() ? info.LineNumber : null;

    private int? Position => Element is IXmlLineInfo info && info.HasLineInfo() ? info.LinePosition : null;

    private EInvoiceRefusedException Missing(string term, string rule) => Wrong(term, "is missing", rule);

    private static string Collapse(string text) => string.Join(' ', text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
