using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ArCredit.Platform.Http;

/// <summary>
/// How JSON is read and written at the edge: camelCase, nothing unknown, nothing twice, at most 32 levels. A member of a
/// request record is optional when it is nullable, has a default or is an <see cref="Given{T}"/>, else it is required.
/// </summary>
public static class ApiJson
{
    /// <summary>Deepest nesting accepted.</summary>
    public const int MaxDepth = 32;

    /// <summary>The one set of options; read only.</summary>
    public static readonly JsonSerializerOptions Options = Build();

    /// <summary>True when the value is a list or map of references that holds a null, which no nullable annotation forbids to the serializer.</summary>
    internal static bool HoldsNull(object? value) => value switch
    {
        null or string => false,
        IDictionary map => map.Values.Cast<object?>().Any(item => item is null),
        IEnumerable list => list.Cast<object?>().Any(item => item is null),
        _ => false,
    };

    /// <summary>Makes other options, such as the OpenAPI generator's, the same.</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DictionaryKeyPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = MaxDepth;

        // Names of people and towns stay readable. Nothing is escaped for HTML: the content type is JSON and no page embeds it.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RequireWhatIsNotNullable, RefuseNullItems } };
        foreach (var converter in EdgeConverters.All)
        {
            options.Converters.Add(converter);
        }
    }

    private static JsonSerializerOptions Build()
    {
        var options = new JsonSerializerOptions();
        Apply(options);
        options.MakeReadOnly(populateMissingResolver: false);
        return options;
    }

    private static void RequireWhatIsNotNullable(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            if (!property.IsRequired)
            {
                continue;
            }

            var nullable = property.PropertyType.IsValueType
                ? Nullable.GetUnderlyingType(property.PropertyType) is not null
                : property.IsSetNullable;
            if (nullable || property.PropertyType.IsGivenType())
            {
                property.IsRequired = false;
            }
        }
    }

    private static void RefuseNullItems(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        var lists = type.Properties.Where(property => HoldsReferences(property.PropertyType) && property.Get is not null).ToArray();
        if (lists.Length == 0)
        {
            return;
        }

        type.OnDeserialized = read =>
        {
            foreach (var list in lists)
            {
                if (HoldsNull(list.Get!(read)))
                {
                    throw new JsonException($"'{list.Name}' must not hold null.");
                }
            }
        };
    }

    private static bool HoldsReferences(Type type) =>
        type != typeof(string)
        && type.GetInterfaces().Append(type).Any(candidate =>
            candidate.IsGenericType
            && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>)
            && !IsPlainValue(candidate.GenericTypeArguments[0]));

    // A map enumerates pairs, which are values, but their second half may be a reference.
    private static bool IsPlainValue(Type item) =>
        item.IsValueType && !(item.IsGenericType && item.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) && !item.GenericTypeArguments[1].IsValueType);
}
