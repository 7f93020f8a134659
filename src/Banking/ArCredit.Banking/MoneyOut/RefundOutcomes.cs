using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.MoneyOut;

/// <summary>What a person says became of a refund, because the bank told it by no report and no statement: on paper, by telephone, in a file that got lost.</summary>
internal sealed class RefundOutcomes(IDatabase database, PaymentFileStore files, IRefunds refunds, TimeProvider technical)
{
    /// <summary>The payment as it stands then, or why not. <paramref name="told"/> is settled, rejected or returned.</summary>
    public async Task<(PaymentLine? Line, ProblemResult? Problem)> SayAsync(string endToEndId, LineState told, string reason, string by, CancellationToken cancellation)
    {
        var id = CollectionBookings.AsWritten(endToEndId);
        PaymentLine? line;
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            line = await PaymentFileStore.FindLineAsync(reading, id);
        }

        if (line is null)
        {
            return (null, Problems.NotFound("REFUND_PAYMENT_NOT_FOUND", "No refund was paid out under this EndToEndId."));
        }

        // Who asked for the money could say that it came back, and ask for it again.
        if ((await refunds.FindAsync(AccountId.Parse(line.AccountId), DocumentNumber.Parse(line.RefundId), cancellation))?.RequestedBy == by)
        {
            return (null, new ProblemResult(403, "OWN_REQUEST", "Nobody says what became of what they asked for."));
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        line = (await PaymentFileStore.FindLineAsync(session, id))!;
        if (PaymentOutcome.Standing(line) == told)
        {
            return (line, null);
        }

        // What is settled has left, whoever sent it; what is said to have failed could still leave with a file that has not.
        if (told == LineState.Settled)
        {
            await files.WasSentAsync(session, line.MessageId, technical.GetUtcNow(), cancellation);
        }

        var file = (await PaymentFileStore.FindAsync(session, line.MessageId))!;
        if (file.State != PaymentFileStore.Name(FileState.Sent))
        {
            return (null, Problems.Conflict("PAYMENT_FILE_STATE", "The file has not gone to the bank.", $"It is {file.State}."));
        }

        // A report says rejected also of what was settled before; a person knows the word.
        if (PaymentOutcome.Of(line, told) is not { } outcome || outcome != told)
        {
            return (null, Problems.Conflict("REFUND_STATE", $"The refund cannot become {EnumNames.Name(told)}.", $"It is {EnumNames.Name(PaymentOutcome.Standing(line))}."));
        }

        await PaymentOutcome.DecideAsync(session, line, outcome, reason, by);
        await session.CommitAsync(cancellation);
        return (line, null);
    }
}
