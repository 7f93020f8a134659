using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using ArCredit.Platform.Http;
using CsvHelper;

namespace ArCredit.Accounts.Features.Import;

/// <summary>Turns CSV records into the JSON object that the same line would be, so that both are judged by one parser.</summary>
internal sealed partial class CsvShape
{
    // Which quotes are malformed has been judged where the records were cut; what is left to recover are quotes inside unquoted cells.
    private static readonly CsvReaderOptions Csv = new() { Separator = ',', HasHeader = false, MalformedData = CsvMalformedDataHandling.Recover };

    private readonly (string[] Path, CellKind Kind)[] columns;

    private CsvShape((string[] Path, CellKind Kind)[] columns) => this.columns = columns;

    private enum CellKind
    {
        Text,
        Number,
        Flag,
        Json,
    }

    /// <summary>The shape of a header; an error names every column that is not a field.</summary>
    /// <param name="header">The first record.</param>
    /// <param name="types">The types whose members are the fields.</param>
    /// <param name="error">Null when there is a shape.</param>
    public static CsvShape? Read(ReadOnlyMemory<byte> header, IReadOnlyList<Type> types, out ImportError? error)
    {
        if (!TryCells(header, out var names, out error))
        {
            return null;
        }

        var columns = new (string[] Path, CellKind Kind)[names.Length];
        var wrong = new FieldErrors();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            var path = names[i].Trim().Split('.');
            var kind = types.Select(type => KindOf(ApiJson.Options.GetTypeInfo(type), path)).FirstOrDefault(found => found is not null);
            columns[i] = (path, kind ?? CellKind.Text);
            if (kind is null)
            {
                wrong.Add(names[i], names[i].Contains(';', StringComparison.Ordinal) ? "is not a known field; columns are separated by commas" : "is not a known field");
            }
            else if (!seen.Add(names[i].Trim()))
            {
                wrong.Add(names[i], "is given twice");
            }
        }

        // Cells of one object must stand together to be written in one go.
        var order = columns.Index().OrderBy(column => Array.FindIndex(columns, other => other.Path[0] == column.Item.Path[0])).Select(column => column.Index);
        if (!wrong.Any && !order.SequenceEqual(Enumerable.Range(0, columns.Length)))
        {
            wrong.Add(string.Empty, "columns of one object (a.b, a.c) must stand side by side");
        }

        error = wrong.Any ? new ImportError("INVALID_HEADER", "The header has columns that are not fields of these lines.", wrong.ByPath) : null;
        return error is null ? new CsvShape(columns) : null;
    }

    /// <summary>The record as a JSON object; an error when it is no record of this header.</summary>
    public bool TryToJson(ReadOnlyMemory<byte> record, out ReadOnlyMemory<byte> json, out ImportError? error)
    {
        json = default;
        if (!TryCells(record, out var cells, out error))
        {
            return false;
        }

        if (cells.Length != columns.Length)
        {
            error = new ImportError(
                "INVALID_LINE", string.Create(CultureInfo.InvariantCulture, $"The line has {cells.Length} cells where the header has {columns.Length}."));
            return false;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder, MaxDepth = 1000 }))
        {
            Write(writer, cells);
        }

        json = buffer.WrittenMemory;
        return true;
    }

    private void Write(Utf8JsonWriter writer, string[] cells)
    {
        writer.WriteStartObject();
        string? open = null;
        for (var i = 0; i < cells.Length; i++)
        {
            var (path, kind) = columns[i];
            if (cells[i].Length == 0)
            {
                continue;
            }

            var parent = path.Length > 1 ? path[0] : null;
            if (open is not null && parent != open)
            {
                writer.WriteEndObject();
                open = null;
            }

            if (parent is not null && open is null)
            {
                writer.WriteStartObject(parent);
                open = parent;
            }

            writer.WritePropertyName(path[^1]);
            WriteValue(writer, cells[i], kind);
        }

        if (open is not null)
        {
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // What is not of its column's kind goes on as a text, which the parser then refuses with the name of the field.
    private static void WriteValue(Utf8JsonWriter writer, string cell, CellKind kind)
    {
        var raw = kind switch
        {
            CellKind.Number => Number().IsMatch(cell) || cell == "null",
            CellKind.Flag => cell is "true" or "false" or "null",
            CellKind.Json => IsJson(cell),
            _ => false,
        };
        if (raw)
        {
            writer.WriteRawValue(cell, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(cell);
        }
    }

    private static bool IsJson(string cell)
    {
        try
        {
            using var parsed = JsonDocument.Parse(cell, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static CellKind? KindOf(JsonTypeInfo type, string[] path)
    {
        if (path.Length > 2 || type.Properties.FirstOrDefault(property => property.Name == path[0]) is not { } property)
        {
            return null;
        }

        var value = property.PropertyType;
        if (value.IsGenericType && value.GetGenericTypeDefinition() == typeof(Given<>))
        {
            value = value.GenericTypeArguments[0];
        }

        value = Nullable.GetUnderlyingType(value) ?? value;
        var inner = ApiJson.Options.GetTypeInfo(value);
        if (path.Length == 2)
        {
            return inner.Kind == JsonTypeInfoKind.Object ? KindOf(inner, path[1..]) : null;
        }

        return inner.Kind != JsonTypeInfoKind.None ? CellKind.Json
            : value == typeof(bool) ? CellKind.Flag
            : value == typeof(decimal) || (value.IsPrimitive && value != typeof(char)) ? CellKind.Number
            : CellKind.Text;
    }

    private static bool TryCells(ReadOnlyMemory<byte> record, out string[] cells, out ImportError? error)
    {
        cells = [];
        error = null;
        if (!Utf8.IsValid(record.Span))
        {
            error = new ImportError("BODY_NOT_UTF8", "The line is not valid UTF-8.");
            return false;
        }

        using var reader = CsvReader.Create(record, Csv);
        cells = reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : [string.Empty];
        return true;
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$")]
    private static partial Regex Number();
}
