using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;

namespace ArCredit.Host.Docs;

/// <summary>
/// What the code's own comments say of the members of requests and answers: read from the compiler's documentation files beside
/// the program. Without the files the OpenAPI document has no texts and is otherwise the same.
/// </summary>
internal sealed class FieldTexts
{
    private static readonly Lazy<FieldTexts> Own = new(() => new FieldTexts(Directory.EnumerateFiles(AppContext.BaseDirectory, "ArCredit.*.xml").Select(XDocument.Load)));

    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);

    public FieldTexts(IEnumerable<XDocument> documents)
    {
        foreach (var member in documents.SelectMany(document => document.Descendants("member")))
        {
            var name = (string?)member.Attribute("name") ?? string.Empty;
            if (name.StartsWith("P:", StringComparison.Ordinal) && member.Element("summary") is { } summary)
            {
                texts[name[2..]] = Plain(summary);
            }

            // A record's parameters are its properties.
            foreach (var parameter in name.StartsWith("T:", StringComparison.Ordinal) ? member.Elements("param") : [])
            {
                texts[$"{name[2..]}.{(string?)parameter.Attribute("name")}"] = Plain(parameter);
            }
        }
    }

    /// <summary>Null when nothing is said of it.</summary>
    public static string? Of(JsonPropertyInfo property) => Own.Value.Find(property);

    public string? Find(JsonPropertyInfo property) =>
        property.AttributeProvider is PropertyInfo { DeclaringType: { FullName: not null } declaring } member
            ? texts.GetValueOrDefault($"{NameOf(declaring)}.{member.Name}")
            : null;

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static string Plain(XElement text) => string.Join(
        ' ', string.Concat(text.Nodes().Select(Plain)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } reference =>
            ((string?)reference.Attribute("langword") ?? (string?)reference.Attribute("name") ?? (string?)reference.Attribute("cref") ?? string.Empty).Split('.', ':')[^1],
        XElement element => element.Value,
        _ => string.Empty,
    };
}
