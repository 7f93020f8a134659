using System.Text.Json;
using ArCredit.Accounts.Features.Import;
using ArCredit.Platform.Http;

namespace ArCredit.Host.Import;

/// <summary>Sends steps to a target, counts, and writes down what was not taken.</summary>
internal sealed class ImportRun(IImportTarget target, ImportProgress progress, TextWriter? errors)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = ApiJson.Options.Encoder,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Runs all steps; true when every line was taken.</summary>
    public async Task<bool> RunAsync(IAsyncEnumerable<ImportStep> steps, CancellationToken cancellation)
    {
        var complete = false;
        try
        {
            await foreach (var step in steps.WithCancellation(cancellation))
            {
                switch (step)
                {
                    case ImportStep.Page page:
                        await SendAsync(page, cancellation);
                        break;
                    case ImportStep.Fault fault:
                        var refused = new ImportedLine(fault.Source.Line, null, ImportOutcome.Refused, new ImportError("INVALID_LINE", $"The row {fault.Message}."));
                        await CountAsync("row", fault.Source, refused);
                        break;
                    case ImportStep.Read read:
                        progress.Read(read.Rows);
                        break;
                    default:
                        throw new Kernel.InvariantException($"Unknown step {step.GetType().Name}.");
                }
            }

            complete = true;
        }
        finally
        {
            progress.Finish(complete);
            if (errors is not null)
            {
                await errors.FlushAsync(CancellationToken.None);
            }
        }

        return progress[ImportOutcome.Conflict] == 0 && progress[ImportOutcome.Refused] == 0;
    }

    private async Task SendAsync(ImportStep.Page page, CancellationToken cancellation)
    {
        var kind = JsonNamingPolicy.KebabCaseLower.ConvertName(page.Kind.ToString());
        await foreach (var line in target.SendAsync(page, cancellation))
        {
            await CountAsync(kind, page.Sources.GetValueOrDefault(line.Line), line);
        }
    }

    private async Task CountAsync(string kind, PageSource source, ImportedLine line)
    {
        progress.Count(line);
        if (errors is not null && line.Outcome is ImportOutcome.Conflict or ImportOutcome.Refused)
        {
            await errors.WriteLineAsync(JsonSerializer.Serialize(
                new { source.Line, kind, line.Id, outcome = EnumNames.Name(line.Outcome), line.Error, source = source.Source }, Json));
        }
    }
}
