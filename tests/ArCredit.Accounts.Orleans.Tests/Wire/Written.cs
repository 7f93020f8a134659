using System.Collections;
using System.Globalization;
using System.Reflection;
using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Orleans.Tests.Wire;

/// <summary>Everything a value says, as text, whatever kinds of lists it is made of. Ids and salts of texts are made where they are stored.</summary>
internal static class Written
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string or Enum => $"'{value}'",
        FreeText text => $"text '{text.Body}'",
        IFormattable simple when value.GetType().IsPrimitive || value is decimal or DateOnly or DateTimeOffset or TimeSpan or Guid =>
            simple.ToString(value is DateOnly or DateTimeOffset ? "o" : null, CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Of))}]",
        _ => $"{value.GetType().Name} {{ {string.Join(", ", value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"{property.Name}: {Of(property.GetValue(value))}"))} }}",
    };
}
