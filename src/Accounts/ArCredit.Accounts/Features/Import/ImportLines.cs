using System.Collections.Frozen;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Features.Import;

/// <summary>A line as understood: a command for an account, or why it is none.</summary>
/// <param name="Id">The customer's or document's number as far as it could be read.</param>
/// <param name="Account">Whose it is.</param>
/// <param name="Command">Null when there is an error.</param>
/// <param name="Error">Null when there is a command.</param>
internal readonly record struct ReadLine(string? Id, AccountId Account, AccountCommand? Command, ImportError? Error);

/// <summary>What the lines of each kind are made of: the body of the document's endpoint, read by the endpoint's own code.</summary>
internal abstract class ImportLines(string idName, params string[] own)
{
    private static readonly FrozenDictionary<ImportKind, ImportLines> Kinds = new Dictionary<ImportKind, ImportLines>
    {
        [ImportKind.Customers] = new Lines<AccountEnvelope, PutAccountBody>(
            "accountId",
            static (line, body, request, checks) => PutAccountChecks.ToCommand(line.AccountId, body, request.MayChangeLimits, checks),
            static line => line.AccountId),
        [ImportKind.Invoices] = new Lines<AccountEnvelope, PostInvoiceBody>(
            "number", static (_, body, _, checks) => PostInvoiceEndpoint.ToCommand(body, default, checks), static line => line.AccountId),
        [ImportKind.CreditNotes] = new Lines<AccountEnvelope, PostCreditNoteBody>(
            "number", static (_, body, _, checks) => PostCreditNoteEndpoint.ToCommand(body, default, checks), static line => line.AccountId),
        [ImportKind.Payments] = new Lines<PaymentEnvelope, PostPaymentBody>("paymentId", ReadPayment, static line => line.AccountId, "invoice"),
        [ImportKind.DebitNotes] = new Lines<AccountEnvelope, PostDebitNoteBody>(
            "number", static (_, body, _, checks) => PostDebitEndpoints.ToCommand(body, default, checks), static line => line.AccountId),
        [ImportKind.Claims] = new Lines<AccountEnvelope, PostClaimBody>(
            "number", static (_, body, _, checks) => PostDebitEndpoints.ToCommand(body, default, checks), static line => line.AccountId),
        [ImportKind.Usage] = new Lines<AccountEnvelope, RecordUsageBody>(
            "usageId", static (_, body, _, checks) => UsageEndpoints.ToCommand(body, default, checks), static line => line.AccountId),
        [ImportKind.Contacts] = new Lines<AccountEnvelope, LogContactBody>(
            "contactId", static (_, body, _, checks) => LogContactEndpoint.ToCommand(body, default, checks), static line => line.AccountId),
    }.ToFrozenDictionary();

    /// <summary>The types whose members are the fields of a line.</summary>
    public abstract IReadOnlyList<Type> Fields { get; }

    /// <summary>The lines of a kind.</summary>
    public static ImportLines Of(ImportKind kind) => Kinds[kind];

    /// <summary>Reads a line.</summary>
    public ReadLine Read(ReadOnlyMemory<byte> json, ImportRequest request)
    {
        (string, string)? company = request is { Kind: ImportKind.Customers, Company: { } named } ? ("company", named) : null;
        return Read(CutLine.Of(json, own, idName, company), request);
    }

    /// <summary>Reads the two halves of a line.</summary>
    protected abstract ReadLine Read(CutLine cut, ImportRequest request);

    private static PostPayment ReadPayment(PaymentEnvelope line, PostPaymentBody body, ImportRequest request, RequestChecks checks)
    {
        var command = PostPaymentEndpoint.ToCommand(body, default, checks);
        if (line.Invoice is not { } invoice)
        {
            return command;
        }

        if (body.Allocations is not null)
        {
            checks.Refuse("invoice", "must be left out where allocations are given");
        }

        return command with { Allocations = [new AllocationRequest(invoice, null, command.Amount.Minor)] };
    }

    private sealed class Lines<TEnvelope, TBody>(
        string idName, Func<TEnvelope, TBody, ImportRequest, RequestChecks, AccountCommand> toCommand, Func<TEnvelope, AccountId> account,
        params string[] own) : ImportLines(idName, ["accountId", .. own])
        where TEnvelope : class
        where TBody : class
    {
        public override IReadOnlyList<Type> Fields { get; } = [typeof(TEnvelope), typeof(TBody)];

        protected override ReadLine Read(CutLine cut, ImportRequest request)
        {
            var body = Body.Parse<TBody>(cut.Body);
            if (body.Problem is { Errors: null } || cut.Envelope.IsEmpty)
            {
                return new ReadLine(cut.Id, default, null, ErrorOf(body.Problem ?? Problems.BadRequest("INVALID_LINE", "The line is no JSON object.")));
            }

            var envelope = Body.Parse<TEnvelope>(cut.Envelope);
            if ((envelope.Problem ?? body.Problem) is { } problem)
            {
                return new ReadLine(cut.Id, default, null, ErrorOf(Complete(envelope, body, request) ?? problem));
            }

            var checks = new RequestChecks();
            var command = toCommand(envelope.Value, body.Value, request, checks);
            return checks.Problem is { } wrong
                ? new ReadLine(cut.Id, default, null, ErrorOf(wrong))
                : new ReadLine(cut.Id, account(envelope.Value), command, null);
        }

        // Every bad field of the line, also those whose values can only be judged once they are read.
        private ProblemResult? Complete(in BodyRead<TEnvelope> envelope, in BodyRead<TBody> body, ImportRequest request)
        {
            var errors = new FieldErrors();
            foreach (var (path, messages) in (envelope.Problem?.Errors ?? None).Concat(body.Problem?.Errors ?? None))
            {
                foreach (var message in messages)
                {
                    errors.Add(path, message);
                }
            }

            errors.Close();
            if ((envelope.Problem is null ? envelope.Value : envelope.Remains) is { } who && (body.Problem is null ? body.Value : body.Remains) is { } what)
            {
                toCommand(who, what, request, new RequestChecks(errors));
            }

            return errors.Any ? errors.ToProblem() : null;
        }

        private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> None = new Dictionary<string, IReadOnlyList<string>>();

        private static ImportError ErrorOf(ProblemResult problem) => new(problem.Code, problem.Detail ?? problem.Title, problem.Errors);
    }
}
