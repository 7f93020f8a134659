using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.Matching;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using DecisionOutcome = ArCredit.Banking.Posting.DecisionOutcome;

namespace ArCredit.Banking.MoneyOut;

/// <summary>
/// Own money that came back, as it is matched with the refund that it was: the refund is returned as if the bank's report had said so, and
/// what banks kept of it stays with the booking. Taking the match back takes that back too.
/// </summary>
internal sealed class RefundReturns(
    IDatabase database, RefundCandidates candidates, PaymentStore payments, PaymentFileStore files, PaymentFileRun run, IAccounts accounts, IRefunds refunds, TimeProvider technical)
{
    /// <summary>Who decided what no person did.</summary>
    public const string SystemCaller = "system:refund-returns";

    /// <summary>Why it waits: it may be money of a refund, which only a person says.</summary>
    public const string Unclear = "REFUND_RETURN_UNCLEAR";

    /// <summary>Who says that more is missing than banks usually keep.</summary>
    private const Roles Signers = Roles.Finance | Roles.CreditManager;

    // What no bank keeps of a payment that it sends back, in whole units of its currency; a tenth of it where that is more.
    private const long MostMissing = 100;

    public const string Exceeds = "RETURN_EXCEEDS_REFUND", Differs = "RETURN_AMOUNT_DIFFERS", AlreadyBack = "REFUND_RETURNED_ALREADY", Unknown = "PAYMENT_UNKNOWN";

    /// <summary>
    /// What becomes of money that came in, as far as refunds are concerned, with what it may be a return of; null and nothing = it is matched
    /// like any other.
    /// </summary>
    public async Task<(StoredPayment? Decided, IReadOnlyList<StoredSuggestion> Suggestions)> DecideAsync(StoredPayment payment, CancellationToken cancellation)
    {
        var found = await candidates.FindAsync(payment, cancellation);
        if (found.Sure is { } sure)
        {
            await using var session = await database.BeginWriteAsync(cancellation);
            var chosen = found.Suggestions.First(each => each.Id == sure.EndToEndId);

            // Under its own id and with its amount the bank says itself that the payment was sent.
            await Turn.TakeAsync(session);
            await files.WasSentAsync(session, sure.MessageId, technical.GetUtcNow(), cancellation);
            var (decided, _) = await TakeAsync(session, payment, chosen with { Confidence = 1m }, by: null);
            if (decided is not null)
            {
                await session.CommitAsync(cancellation);
                return (decided, []);
            }
        }

        // What the bank says comes back was ours: it pays no customer's invoice, whatever its text names.
        return payment.ComesBack == 1 ? (Waiting(payment, found.Suggestions), found.Suggestions) : (null, found.Suggestions);
    }

    /// <summary>A payment that may be a return, or what <paramref name="decided"/> says: a person decides which.</summary>
    public static StoredPayment Waiting(StoredPayment decided, IReadOnlyList<StoredSuggestion> refunds)
    {
        var all = refunds.Concat(decided.AllSuggestions).OrderByDescending(each => each.Confidence).ToList();
        return decided.Undecided() with
        {
            State = PaymentState.Waiting,
            Attempt = decided.State == PaymentState.Posting ? decided.Attempt - 1 : decided.Attempt,
            Suggestions = StoredSuggestion.Write(all),
            Reason = decided is { ByHand: 1, Attempt: > 0 } ? PaymentMatching.Corrected : refunds.Count == 0 ? PaymentMatching.NoMatch : Unclear,
        };
    }

    /// <summary>A refund as a person names it, where no suggestion does; null = there is none on this own account.</summary>
    public async Task<StoredSuggestion?> NamedAsync(StoredPayment payment, string endToEndId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await PaymentFileStore.FindLineAsync(session, endToEndId) is { } line
            && await PaymentFileStore.FindAsync(session, line.MessageId) is { } file && file.BankAccount == payment.AccountId && file.Currency == payment.Currency
            ? RefundCandidates.Suggest(line, payment, Evidence.EndToEndId, 1m)
            : null;
    }

    /// <summary>
    /// A person says that a payment that waits is the return of a refund: never who asked for it, and for more than banks usually keep of it
    /// only finance or a credit manager.
    /// </summary>
    public async Task<DecisionOutcome> MatchAsync(StoredPayment payment, StoredSuggestion chosen, Caller by, CancellationToken cancellation)
    {
        if (payment.State == PaymentState.Posted && payment.Refund == chosen.Refund!.EndToEndId)
        {
            return payment;
        }

        if (!payment.IsForPeople)
        {
            return PaymentDecisions.NotWaiting(payment);
        }

        // Who asked for the money could say that it came back, and ask for it again.
        if ((await refunds.FindAsync(chosen.Account!.Value, DocumentNumber.Parse(chosen.Refund!.RefundId), cancellation))?.RequestedBy == by.Id)
        {
            return new ProblemResult(403, "OWN_REQUEST", "Nobody says what became of what they asked for.");
        }

        StoredPayment? decided;
        PaymentLine line;
        await using (var session = await database.BeginWriteAsync(cancellation))
        {
            await Turn.TakeAsync(session);
            (decided, var problem) = await TakeAsync(session, payment, chosen, by);
            if (decided is null)
            {
                return problem!;
            }

            if (!await payments.SaveAsync(session, payment, decided, cancellation))
            {
                return PaymentDecisions.Changed;
            }

            line = (await PaymentFileStore.FindLineAsync(session, decided.Refund!))!;
            await session.CommitAsync(cancellation);
        }

        await Features.PaymentFileEndpoints.AdvanceAsync(run, line.MessageId, cancellation);
        return decided;
    }

    /// <summary>Takes a match back, which the payment says by being undone. Throws what an account throws when it cannot answer.</summary>
    public async Task<StoredPayment> UndoAsync(StoredPayment payment, CancellationToken cancellation)
    {
        var line = await LineAsync(payment.Refund!, cancellation);
        if (line is { Wanted: not null })
        {
            await run.TellAsync(line, cancellation);
            line = await LineAsync(payment.Refund!, cancellation);
        }

        var from = line.ReturnedFrom;
        if (from is not null && line.State == PaymentFileStore.Name(LineState.Returned))
        {
            var answer = await accounts.AskAsync(
                AccountId.Parse(line.AccountId), new ReinstateRefund(DocumentNumber.Parse(line.RefundId), from == PaymentFileStore.Name(LineState.Settled)) { NextOpenDay = true },
                new AskOptions(payment.DecidedBy!), cancellation);
            if (answer is Answer.Refused { Code: not RefusalCode.RefundUnchanged } refused)
            {
                var stays = payment with { State = PaymentState.Posted, Reason = AccountPosting.CodeOf(refused.Code) };
                return (await payments.SaveAsync([(payment, stays)], cancellation))[0] ? stays : await payments.FindAsync(payment.Key, cancellation) ?? stays;
            }
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        var undone = PaymentMatching.Undone(payment);
        if (!await payments.SaveAsync(session, payment, undone, cancellation))
        {
            // Another one carried the same out.
            return await PaymentStore.FindAsync(session, payment.Key, cancellation) ?? undone;
        }

        await session.Connection.ExecuteAsync(
            """
            update payment_line set state = coalesce(returned_from, state), reason = case when returned_from is null then reason end, returned_as = null, returned_from = null,
                   charges = null, told_by = null
             where end_to_end_id = @Refund and returned_as = @key
            """,
            new { payment.Refund, key = payment.Key.ToString() }, session.Transaction);
        await session.CommitAsync(cancellation);
        return undone;
    }

    // In turn with reports and other bookings: what is read here stands until it is written.
    private static async Task<(StoredPayment? Decided, ProblemResult? Problem)> TakeAsync(DbSession session, StoredPayment payment, StoredSuggestion chosen, Caller? by)
    {
        var key = payment.Key.ToString();
        var line = await PaymentFileStore.FindLineAsync(session, chosen.Refund!.EndToEndId) ?? throw new InvariantException($"There is no payment {chosen.Id}.");
        var charges = line.Amount - payment.Amount;
        if (charges < 0)
        {
            return (null, Problems.Unprocessable(Exceeds, "More came in than was paid out.", "refund", $"was paid out as {new Money(line.Amount, payment.Money.Currency)}"));
        }

        if (PaymentOutcome.Standing(line) is LineState.Taken or LineState.Dropped)
        {
            return (null, Problems.Conflict("REFUND_STATE", "The refund was never paid out.", $"It is {line.State}."));
        }

        // What is said to have come back could still leave with a file that has not.
        var file = (await PaymentFileStore.FindAsync(session, line.MessageId))!;
        if (file.State != PaymentFileStore.Name(FileState.Sent) && file.State != PaymentFileStore.Name(FileState.Withdrawn))
        {
            return (null, Problems.Conflict("PAYMENT_FILE_STATE", "The file has not gone to the bank.", $"It is {file.State}."));
        }

        if (by is not null && Missing(line, charges, payment.Money.Currency, by) is { } problem)
        {
            return (null, problem);
        }

        if (line.ReturnedAs is not null && line.ReturnedAs != key)
        {
            return (null, Problems.Conflict(AlreadyBack, "The money of the refund came back with another booking.", $"It is {line.ReturnedAs}."));
        }

        if (line.ReturnedAs is null)
        {
            var outcome = PaymentOutcome.Of(line, LineState.Returned);
            await session.Connection.ExecuteAsync(
                "update payment_line set returned_as = @key, returned_from = @from, charges = @charges where end_to_end_id = @EndToEndId",
                new { line.EndToEndId, key, charges, from = outcome is null ? null : FromOf(line) }, session.Transaction);
            if (outcome is { } returned)
            {
                await PaymentOutcome.DecideAsync(session, line, returned, await ReasonAsync(session, payment) ?? "RETURNED", by?.Id);
            }
        }

        return (payment with
        {
            State = PaymentState.Posted,
            Attempt = payment.Attempt + 1,
            Customer = line.AccountId,
            Refund = line.EndToEndId,
            Charges = charges,
            Confidence = (long)(chosen.Confidence * 100),
            Evidence = string.Join(',', chosen.Evidence.Select(EnumNames.Name)),
            Reason = null,
            DecidedBy = by?.Id ?? SystemCaller,
        }, null);
    }

    private static ProblemResult? Missing(PaymentLine line, long charges, Currency currency, Caller by) =>
        charges <= CollectionBookings.MostChargesOf(currency) ? null
        : !by.Has(Signers) ? new ProblemResult(403, "FORBIDDEN", "That more is missing than banks usually keep is said by finance or a credit manager.")
        : charges <= Math.Max(MostMissing * currency.MinorPerMajor, line.Amount / 10) ? null
        : Problems.Unprocessable(Differs, $"{new Money(charges, currency)} of the refund is missing: no bank keeps so much of what it sends back.");

    // Its account knows it as sent or settled once it was told, and by then it is.
    private static string FromOf(PaymentLine line) => PaymentFileStore.Name(PaymentOutcome.Standing(line) == LineState.Settled ? LineState.Settled : LineState.Sent);

    private static async Task<string?> ReasonAsync(DbSession session, StoredPayment payment)
    {
        var (reason, details) = await session.Connection.QueryFirstOrDefaultAsync<(string? Reason, string? Details)>(
            "select return_reason, details from bank_transaction where statement_id = @StatementId and no = @No", new { payment.StatementId, payment.No }, session.Transaction);
        return (payment.Detail > 0 ? StoredDetail.Read(details)[(int)payment.Detail - 1].ReturnReason : null) ?? reason;
    }

    private async Task<PaymentLine> LineAsync(string endToEndId, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await PaymentFileStore.FindLineAsync(session, endToEndId) ?? throw new InvariantException($"There is no payment {endToEndId}.");
    }
}
