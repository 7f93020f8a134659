using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Csv;
using ArCredit.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ArCredit.Accounts.Features.Import;

/// <summary>The importer: some hundred lines under way at once, far fewer while tills are served, answers in the order of the input.</summary>
internal sealed partial class AccountImport(
    IAccounts accounts, CustomerImport customers, TillActivity tills, TimeProvider technical, ILogger<AccountImport> logger) : IAccountImport
{
    private const int MaxUnderWay = 256;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ImportedLine> RunAsync(
        ImportRequest request, Stream input, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var underWay = Channel.CreateBounded<Task<ImportedLine>>(new BoundedChannelOptions(MaxUnderWay) { SingleReader = true, SingleWriter = true });
        var reading = StartAsync(request, input, underWay.Writer, stop.Token);
        try
        {
            await foreach (var line in underWay.Reader.ReadAllAsync(cancellation))
            {
                yield return await line;
            }
        }
        finally
        {
            // When the caller goes away the reader must not go on; what is under way ends by itself and is on disk or not.
            await stop.CancelAsync();
            await reading;
        }
    }

    /// <summary>Reads and starts lines; never fails itself, the channel carries what went wrong.</summary>
    private async Task StartAsync(ImportRequest request, Stream input, ChannelWriter<Task<ImportedLine>> underWay, CancellationToken cancellation)
    {
        try
        {
            var run = new Run(request, ImportLines.Of(request.Kind));
            var pace = new ImportPace(tills, technical);
            await foreach (var record in ImportInput.ReadAsync(input, request.Format, cancellation))
            {
                if (!await underWay.WaitToWriteAsync(cancellation))
                {
                    break;
                }

                if (Start(run, record, cancellation) is { } line)
                {
                    await underWay.WriteAsync(line, cancellation);
                    await pace.AfterAsync(line, cancellation);
                }

                if (run.IsHeaderBad)
                {
                    break;
                }
            }

            underWay.TryComplete();
        }
        catch (Exception failure)
        {
            underWay.TryComplete(failure);
        }
    }

    private Task<ImportedLine>? Start(Run run, RawRecord record, CancellationToken cancellation)
    {
        if (run.Understand(record, out var error) is not { } read)
        {
            return error is null ? null : Task.FromResult(new ImportedLine(record.Line, null, ImportOutcome.Refused, error));
        }

        return read.Command is { } command
            ? run.Turns.RunAsync(read.Account, DocumentsOf(command), () => TakeAsync(run, record.Line, read, command, cancellation))
            : Task.FromResult(new ImportedLine(record.Line, read.Id, ImportOutcome.Refused, read.Error));
    }

    private async Task<ImportedLine> TakeAsync(Run run, long line, ReadLine read, AccountCommand command, CancellationToken cancellation)
    {
        var options = new AskOptions(run.Request.By, Bulk: true, History: run.Request.History);
        var wait = FirstWait;
        var since = technical.GetTimestamp();
        while (true)
        {
            try
            {
                return command is PutAccount put
                    ? await customers.PutAsync(line, read.Id, read.Account, put, options, run.Request.Replace, cancellation)
                    : await PostAsync(run, line, read, command, options, cancellation);
            }
            catch (Exception busy) when (AccountOutage.Is(busy) || DatabaseOutage.Is(busy))
            {
                // Whether an unknown outcome took effect is told by the repeat: documents are idempotent by their number.
                if (technical.GetElapsedTime(since) > Patience)
                {
                    var problem = AccountOutage.ToProblem(busy);
                    return new ImportedLine(line, read.Id, ImportOutcome.Refused, new ImportError(problem.Code, problem.Title));
                }
            }
            catch (InvariantException broken)
            {
                LogLineFailed(line, run.Request.Kind, broken);
                return new ImportedLine(
                    line, read.Id, ImportOutcome.Refused, new ImportError("INTERNAL_ERROR", "The line failed for a reason on our side."));
            }

            await Task.Delay(wait, technical, cancellation);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private async Task<ImportedLine> PostAsync(
        Run run, long line, ReadLine read, AccountCommand command, AskOptions options, CancellationToken cancellation)
    {
        if (run.Request.Company is { } company && !run.IsChecked(read.Account)
            && await accounts.ReadAsync(read.Account, cancellation) is { } view)
        {
            if (view.Master.Company != company)
            {
                return new ImportedLine(
                    line, read.Id, ImportOutcome.Refused,
                    new ImportError("COMPANY_MISMATCH", $"The account belongs to company {view.Master.Company}, the import is for {company}."));
            }

            run.Checked(read.Account);
        }

        return ImportAnswers.Of(line, read.Id, await accounts.AskAsync(read.Account, command, options, cancellation));
    }

    /// <summary>The documents whose fate a line shares; empty = its outcome may depend on everything before it.</summary>
    private static IReadOnlyList<string> DocumentsOf(AccountCommand command) => command switch
    {
        PostInvoice { Captures.Count: 0, Paid: null, Enforce: false } invoice => [$"i{invoice.Facts.Number}"],
        PostCreditNote { Invoice: null } note => [$"c{note.Number}"],
        PostCreditNote { Invoice: { } invoice } note => [$"c{note.Number}", $"i{invoice}"],
        PostPayment { Allocations: { } allocations } payment => [$"p{payment.PaymentId}", .. allocations.Select(each => $"i{each.Invoice}")],
        _ => [],
    };

    [LoggerMessage(LogLevel.Error, "Line {Line} of an import of {Kind} failed.")]
    private partial void LogLineFailed(long line, ImportKind kind, Exception failure);

    /// <summary>What one import remembers on its way.</summary>
    private sealed class Run(ImportRequest request, ImportLines lines)
    {
        private readonly HashSet<AccountId> ofCompany = [];
        private CsvShape? shape;

        public ImportRequest Request { get; } = request;

        public AccountTurns Turns { get; } = new();

        public bool IsHeaderBad { get; private set; }

        /// <summary>Null for a header, and for what is no record; the latter has an error.</summary>
        public ReadLine? Understand(RawRecord record, out ImportError? error)
        {
            error = null;
            if (record.Fault != RecordFault.None)
            {
                // Without a header nobody knows what the cells of the other lines are.
                IsHeaderBad = Request.Format == ImportFormat.Csv && shape is null;
                error = new ImportError(
                    record.Fault == RecordFault.TooLong ? "LINE_TOO_LONG" : "INVALID_LINE",
                    $"The line {CsvRecords.Describe(record.Fault, ImportInput.MaxRecordBytes)}.");
                return null;
            }

            if (Request.Format == ImportFormat.Ndjson)
            {
                return lines.Read(record.Bytes, Request);
            }

            if (shape is null)
            {
                shape = CsvShape.Read(record.Bytes, lines.Fields, out error);
                IsHeaderBad = shape is null;
                return null;
            }

            return shape.TryToJson(record.Bytes, out var json, out error) ? lines.Read(json, Request) : null;
        }

        public bool IsChecked(AccountId account)
        {
            lock (ofCompany)
            {
                return ofCompany.Contains(account);
            }
        }

        public void Checked(AccountId account)
        {
            lock (ofCompany)
            {
                ofCompany.Add(account);
            }
        }
    }
}
