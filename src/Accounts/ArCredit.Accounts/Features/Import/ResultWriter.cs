using System.Buffers;
using System.Text.Json;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Features.Import;

/// <summary>Writes answers as NDJSON and counts them.</summary>
internal sealed class ResultWriter(IBufferWriter<byte> output) : IDisposable
{
    private readonly Utf8JsonWriter json = new(output, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder });
    private readonly Dictionary<ImportOutcome, long> counts = [];

    /// <summary>One line's answer.</summary>
    public void Write(ImportedLine line)
    {
        counts[line.Outcome] = counts.GetValueOrDefault(line.Outcome) + 1;
        json.WriteStartObject();
        json.WriteNumber("line", line.Line);
        json.WriteString("id", line.Id);
        json.WriteString("outcome", EnumNames.Name(line.Outcome));
        if (line.Error is { } error)
        {
            json.WriteStartObject("error");
            json.WriteString("code", error.Code);
            json.WriteString("message", error.Message);
            if (error.Fields is { } fields)
            {
                json.WriteStartObject("fields");
                foreach (var (path, messages) in fields)
                {
                    WriteList(path, messages);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        if (line.Warnings is { } warnings)
        {
            WriteList("warnings", warnings);
        }

        End();
    }

    /// <summary>The last object: how many lines came out how.</summary>
    public void WriteSummary()
    {
        json.WriteStartObject();
        json.WriteNumber("lines", counts.Values.Sum());
        foreach (var outcome in Enum.GetValues<ImportOutcome>())
        {
            json.WriteNumber(EnumNames.Name(outcome), counts.GetValueOrDefault(outcome));
        }

        End();
    }

    /// <inheritdoc/>
    public void Dispose() => json.Dispose();

    private void WriteList(string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private void End()
    {
        json.WriteEndObject();
        json.Flush();
        json.Reset();
        output.Write("\n"u8);
    }
}
