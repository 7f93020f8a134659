using System.Text.Json;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.MoneyOut;

/// <summary>What a report came to.</summary>
/// <param name="MessageId">Of the file that it is about.</param>
/// <param name="Status">Of the file as a whole.</param>
/// <param name="Settled">Payments that the bank has paid.</param>
/// <param name="Rejected">Payments that it did not take; their credit is given back.</param>
/// <param name="Noted">Payments of which it says something else.</param>
/// <param name="Contradicted">EndToEndIds of those, of which it says that they are paid after all: they were rejected before, so that somebody has to ask the bank.</param>
internal sealed record StatusReportView(string MessageId, string? Status, int Settled, int Rejected, int Noted, IReadOnlyList<string>? Contradicted);

/// <summary>A report that was taken, or why it was not.</summary>
internal sealed record ReportOutcome(StatusReportView? View, bool IsRepeated, string? Refusal, string? Detail);

/// <summary>Takes banks' answers to files, each whole or not at all, and each once.</summary>
internal sealed class StatusReports(IDatabase database, PaymentFileStore files, DirectDebits.CollectionReports collections, TimeProvider technical)
{
    public const string UnknownFile = "PAYMENT_FILE_UNKNOWN", UnknownPayment = "PAYMENT_UNKNOWN", Unreadable = "STATUS_REPORT_UNREADABLE";

    private const int MaxText = 500;

    public async Task<ReportOutcome> TakeAsync(Stream content, string contentHash, string caller, CancellationToken cancellation)
    {
        StatusReport report;
        try
        {
            content.Position = 0;
            report = StatusReport.Read(content);
        }
        catch (StatusReportRefusedException refused)
        {
            return new ReportOutcome(null, false, Unreadable, refused.Message);
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if (await session.Connection.QueryFirstOrDefaultAsync<string?>(
            "select answer from payment_report where content_hash = @contentHash", new { contentHash }, session.Transaction) is { } answer)
        {
            var first = JsonSerializer.Deserialize<StatusReportView>(answer, ApiJson.Options)!;
            return new ReportOutcome(first with { Contradicted = first.Contradicted ?? [] }, true, null, null);
        }

        if (await PaymentFileStore.FindAsync(session, DirectDebits.CollectionBookings.AsWritten(report.MessageId)) is not { ContentHash: not null } file)
        {
            return new ReportOutcome(null, false, UnknownFile, $"There is no file {report.MessageId}.");
        }

        report = report with { MessageId = file.MessageId };
        if (file.Format == DirectDebits.DirectDebitFile.Format)
        {
            return await OfCollectionsAsync(session, report, file, contentHash, caller, cancellation);
        }

        var lines = (await PaymentFileStore.LinesAsync(session, file.MessageId)).Where(line => line.State != PaymentFileStore.Name(LineState.Dropped)).ToList();
        var known = lines.ToDictionary(line => line.EndToEndId, StringComparer.OrdinalIgnoreCase);
        if (report.Payments.FirstOrDefault(payment => !known.ContainsKey(payment.EndToEndId)) is { } stranger)
        {
            return new ReportOutcome(null, false, UnknownPayment, $"File {report.MessageId} has no payment {stranger.EndToEndId}.");
        }

        // Whatever the bank says of it, the bank has it.
        await files.WasSentAsync(session, file.MessageId, technical.GetUtcNow(), cancellation);
        return await KeepAsync(session, await NoteAsync(session, report, lines), contentHash, caller, cancellation);
    }

    private async Task<ReportOutcome> OfCollectionsAsync(
        DbSession session, StatusReport report, PaymentFile file, string contentHash, string caller, CancellationToken cancellation)
    {
        // Whatever the bank says of it, the bank has it; a report that is refused changes nothing.
        await files.WasSentAsync(session, report.MessageId, technical.GetUtcNow(), cancellation);
        var (view, stranger) = await collections.TakeAsync(session, report, file, cancellation);
        if (view is null)
        {
            return new ReportOutcome(null, false, UnknownPayment, $"File {report.MessageId} has no payment {stranger}.");
        }

        await NoteFileAsync(session, report.MessageId, report.GroupStatus, report.GroupCode);
        return await KeepAsync(session, view, contentHash, caller, cancellation);
    }

    private async Task<ReportOutcome> KeepAsync(DbSession session, StatusReportView view, string contentHash, string caller, CancellationToken cancellation)
    {
        await session.Connection.ExecuteAsync(
            "insert into payment_report (content_hash, received_at, received_by, message_id, answer) values (@contentHash, @now, @caller, @MessageId, @stored)",
            new { contentHash, now = technical.GetUtcNow(), caller, view.MessageId, stored = JsonSerializer.Serialize(view, ApiJson.Options) },
            session.Transaction);
        await session.CommitAsync(cancellation);
        return new ReportOutcome(view, false, null, null);
    }

    private static Task NoteFileAsync(DbSession session, string messageId, string? status, string? code) => session.Connection.ExecuteAsync(
        "update payment_file set bank_status = coalesce(@status, bank_status), bank_reason = coalesce(@code, bank_reason) where message_id = @messageId",
        new { messageId, status, code }, session.Transaction);

    private static async Task<StatusReportView> NoteAsync(DbSession session, StatusReport report, List<PaymentLine> lines)
    {
        await NoteFileAsync(session, report.MessageId, report.Status, report.Code);
        var told = report.Payments.GroupBy(payment => payment.EndToEndId, StringComparer.OrdinalIgnoreCase).ToDictionary(each => each.Key, each => each.Last(), StringComparer.OrdinalIgnoreCase);
        var counts = new Dictionary<LineState, int>();
        var noted = 0;
        var contradicted = new List<string>();
        foreach (var line in lines)
        {
            var own = told.GetValueOrDefault(line.EndToEndId);

            // A group that is taken in part says nothing of those it does not name.
            var status = own?.Status ?? (report.Status == "PART" ? null : report.Status);
            if (status is null)
            {
                continue;
            }

            await session.Connection.ExecuteAsync(
                "update payment_line set bank_status = @status, bank_text = @text where message_id = @MessageId and line = @Line",
                new { line.MessageId, line.Line, status, text = own?.Text is { Length: > MaxText } text ? text[..MaxText] : own?.Text }, session.Transaction);
            if (Said(status) is { } said && PaymentOutcome.Of(line, said) is { } outcome)
            {
                counts[outcome] = counts.GetValueOrDefault(outcome) + 1;
                await PaymentOutcome.DecideAsync(session, line, outcome, own?.Code ?? report.Code, by: null);
            }
            else
            {
                noted++;
                if (IsPaid(status) && PaymentOutcome.Standing(line) == LineState.Rejected)
                {
                    contradicted.Add(line.EndToEndId);
                }
            }
        }

        return new StatusReportView(
            report.MessageId, report.Status, counts.GetValueOrDefault(LineState.Settled),
            counts.GetValueOrDefault(LineState.Rejected) + counts.GetValueOrDefault(LineState.Returned), noted, contradicted);
    }

    /// <summary>True when a status says that money has moved.</summary>
    public static bool IsPaid(string status) => status is "ACSC" or "ACCC";

    private static LineState? Said(string status) => IsPaid(status) ? LineState.Settled : status is "RJCT" or "CANC" ? LineState.Rejected : null;
}
