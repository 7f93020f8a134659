using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.MoneyOut;

/// <summary>
/// What becomes of a payment of a file when somebody tells of it: the bank's report, its statement, or a person. Whoever tells, the rules are
/// these, and telling it again changes nothing.
/// </summary>
internal static class PaymentOutcome
{
    /// <summary>Where it stands, or will as soon as its account was told.</summary>
    public static LineState Standing(PaymentLine line) =>
        EnumNames.TryParse<LineState>(line.Wanted ?? line.State, out var state) ? state : throw new InvariantException($"No payment is {line.Wanted ?? line.State}.");

    /// <summary>What becomes of it when it is said to be settled, rejected or returned; null = nothing.</summary>
    public static LineState? Of(PaymentLine line, LineState told) => (told, Standing(line)) switch
    {
        (LineState.Settled or LineState.Rejected or LineState.Returned, LineState.Filed or LineState.Sent) => told,
        (LineState.Rejected or LineState.Returned, LineState.Settled) => LineState.Returned,
        _ => null,
    };

    /// <summary>Has its account told, by whoever works on its file next.</summary>
    public static Task DecideAsync(DbSession session, PaymentLine line, LineState outcome, string? reason, string? by) => session.Connection.ExecuteAsync(
        """
        update payment_line set wanted = @outcome, reason = coalesce(@reason, reason), told_by = @by, attempts = 0, error = null
         where message_id = @MessageId and line = @Line
        """,
        new { line.MessageId, line.Line, outcome = PaymentFileStore.Name(outcome), reason, by }, session.Transaction);
}

/// <summary>Why an account could not be asked, as it is shown.</summary>
internal static class AccountError
{
    public static string CodeOf(Exception failure) => failure switch
    {
        OutcomeUnknownException => "OUTCOME_UNKNOWN",
        AccountBusyException => "ACCOUNT_BUSY",
        AccountUnavailableException => "ACCOUNT_UNAVAILABLE",
        TimeoutException => "TIMEOUT",
        _ => "INTERNAL_ERROR",
    };
}
