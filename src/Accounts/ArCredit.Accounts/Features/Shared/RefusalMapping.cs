using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>What an account's refusals are at the edge.</summary>
internal static class RefusalMapping
{
    /// <summary>The problem of a refusal, with its sentence as detail, and beside the field that it is about.</summary>
    public static ProblemResult ToProblem(Answer.Refused refused)
    {
        var (status, code, title) = Of(refused.Code);
        return new ProblemResult(status, code, title)
        {
            Detail = refused.Detail,
            Errors = refused.Field is { } field ? new Dictionary<string, IReadOnlyList<string>> { [field] = [refused.Detail] } : null,
        };
    }

    private static (int Status, string Code, string Title) Of(RefusalCode code) => code switch
    {
        RefusalCode.AccountNotFound => (404, "ACCOUNT_NOT_FOUND", "There is no such account."),
        RefusalCode.NotFound => (404, "NOT_FOUND", "There is no such thing on the account."),
        RefusalCode.VersionMismatch => (412, "VERSION_MISMATCH", "The resource has changed since the version given in If-Match."),
        RefusalCode.LimitChangeForbidden => (403, "LIMIT_CHANGE_FORBIDDEN", "The key does not have a role that may change limits."),
        RefusalCode.CurrencyFixed => (409, "CURRENCY_FIXED", "The account's currency is fixed once a document exists."),
        RefusalCode.LimitInOldCurrency => (422, "LIMIT_IN_OLD_CURRENCY", "With another currency the account's limits are named anew."),
        RefusalCode.CompanyFixed => (409, "COMPANY_FIXED", "The account belongs to another company."),
        RefusalCode.CompanyUnknown => (422, "COMPANY_UNKNOWN", "There is no such company."),
        RefusalCode.KeyReused => (422, "IDEMPOTENCY_KEY_REUSED", "The Idempotency-Key was used with another request."),
        RefusalCode.NumberConflict => (409, "NUMBER_CONFLICT", "The number exists with other content."),
        RefusalCode.ReservationCaptured => (409, "RESERVATION_CAPTURED", "The reservation is captured."),
        RefusalCode.ReservationReleased => (409, "RESERVATION_RELEASED", "The reservation is released."),
        RefusalCode.PaymentReversed => (409, "PAYMENT_REVERSED", "The payment is reversed."),
        RefusalCode.ReversalBeforePayment => (422, "REVERSAL_BEFORE_PAYMENT", "The reversal is dated before the payment."),
        RefusalCode.ReservationLapsed => (409, "RESERVATION_LAPSED", "The reservation has lapsed."),
        RefusalCode.NotAnOrder => (422, "NOT_AN_ORDER", "Only orders are delivered."),
        RefusalCode.CaptureExceedsReservation => (422, "CAPTURE_EXCEEDS_RESERVATION", "The capture is above what is left of the reservation."),
        RefusalCode.DeliveryExceedsOrder => (422, "DELIVERY_EXCEEDS_ORDER", "The delivery is above what is still ordered."),
        RefusalCode.CurrencyMismatch => (422, "CURRENCY_MISMATCH", "The currency is not that of the document referred to."),
        RefusalCode.AmountBelowUsed => (422, "AMOUNT_BELOW_USED", "The amount is below what is used already."),
        RefusalCode.NoRate => (422, "NO_RATE", "No exchange rate to the account's currency is published."),
        RefusalCode.PaidExceedsAmount => (422, "PAID_EXCEEDS_AMOUNT", "More is paid than the document amounts to."),
        RefusalCode.TaxExceedsAmount => (422, "TAX_EXCEEDS_AMOUNT", "The tax is above the document's amount."),
        RefusalCode.InstalmentsMismatch => (422, "INSTALMENTS_MISMATCH", "The instalments do not sum up to the amount."),
        RefusalCode.AllocationExceedsPayment => (422, "ALLOCATION_EXCEEDS_PAYMENT", "More is allocated than was received."),
        RefusalCode.AllocationExceedsOpen => (422, "ALLOCATION_EXCEEDS_OPEN", "More is allocated than is open."),
        RefusalCode.CreditExceedsInvoice => (422, "CREDIT_EXCEEDS_INVOICE", "The credits would be above the invoice."),
        RefusalCode.CaptureExceedsInvoice => (422, "CAPTURE_EXCEEDS_INVOICE", "More is captured than the invoice amounts to."),
        RefusalCode.InvoiceUnknown => (422, "INVOICE_UNKNOWN", "There is no such invoice on the account."),
        RefusalCode.AmountDecimals => (400, "INVALID_REQUEST", "An amount has more decimals than its currency."),
        RefusalCode.AllocationBeforeCredit => (422, "ALLOCATION_BEFORE_CREDIT", "The allocation is dated before what it stands on."),
        RefusalCode.TooManyAllocations => (422, "TOO_MANY_ALLOCATIONS", "The credit settles too many lines at a time."),
        RefusalCode.PeriodClosed => (422, "PERIOD_CLOSED", "The accounting period is closed."),
        RefusalCode.WriteOffExceedsOpen => (422, "WRITE_OFF_EXCEEDS_OPEN", "More is written off than is open."),
        RefusalCode.DifferenceTooLarge => (422, "DIFFERENCE_TOO_LARGE", "The difference is above the policy's tolerance."),
        RefusalCode.NotAClaim => (422, "NOT_A_CLAIM", "Only claims for interest or fees are waived."),
        RefusalCode.DisputeExceedsOpen => (422, "DISPUTE_EXCEEDS_OPEN", "The amount is not a part of what is open and not disputed."),
        RefusalCode.TooManyDisputes => (422, "TOO_MANY_DISPUTES", "The account has too many open disputes."),
        RefusalCode.PromiseExceedsOpen => (422, "PROMISE_EXCEEDS_OPEN", "More is promised than is open of what is promised."),
        RefusalCode.PromiseInPast => (422, "PROMISE_IN_PAST", "A promised day has passed."),
        RefusalCode.PromiseOverlaps => (409, "PROMISE_OVERLAPS", "An item is in another open promise."),
        RefusalCode.TooManyPromises => (422, "TOO_MANY_PROMISES", "There are too many promises, or too many items in one."),
        RefusalCode.ApprovalRequired => (403, "APPROVAL_REQUIRED", "The key does not have a role that may decide this."),
        RefusalCode.WriteOffRecovered => (409, "WRITE_OFF_RECOVERED", "Money has been received for what was written off."),
        RefusalCode.WriteOffReversed => (409, "WRITE_OFF_REVERSED", "The write-off has been taken back."),
        RefusalCode.DisputeResolved => (409, "DISPUTE_RESOLVED", "The dispute is resolved."),
        RefusalCode.PromiseEnded => (409, "PROMISE_ENDED", "The promise has ended."),
        RefusalCode.ItemNotSplit => (422, "ITEM_NOT_SPLIT", "The item has no net and VAT parts."),
        RefusalCode.NoInterest => (422, "NO_INTEREST", "There is no interest to bill."),
        RefusalCode.InterestInFuture => (422, "INTEREST_IN_FUTURE", "Interest is not billed ahead."),
        RefusalCode.NothingToPlan => (422, "NOTHING_TO_PLAN", "Nothing is open that could be in the plan."),
        RefusalCode.PlanInPast => (422, "PLAN_IN_PAST", "The plan's first day has passed."),
        RefusalCode.PlanOverlaps => (409, "PLAN_OVERLAPS", "An item is in another open plan."),
        RefusalCode.TooManyPlans => (422, "TOO_MANY_PLANS", "There are too many plans, or too many items in one."),
        RefusalCode.OwnRequest => (403, "OWN_REQUEST", "Nobody approves their own request."),
        RefusalCode.PlanExpired => (409, "PLAN_EXPIRED", "The plan was not decided in time."),
        RefusalCode.PlanNotActive => (409, "PLAN_NOT_ACTIVE", "The plan waits for approval."),
        RefusalCode.PlanDecided => (409, "PLAN_DECIDED", "The plan needs no decision."),
        RefusalCode.PlanEnded => (409, "PLAN_ENDED", "The plan has ended."),
        RefusalCode.ContactInFuture => (422, "CONTACT_IN_FUTURE", "The contact has not happened yet."),
        RefusalCode.RefundExceedsUnapplied or RefusalCode.RefundNotCleared or RefusalCode.RefundState or RefusalCode.RefundUnchanged
            or RefusalCode.PayeeChanged or RefusalCode.TooManyRefunds => OfRefund(code),
        RefusalCode.RetentionMismatch or RefusalCode.ReleaseExceedsRetained or RefusalCode.ReleaseDate or RefusalCode.ReleaseUsed
            or RefusalCode.NotReleased => OfRetention(code),
        RefusalCode.UsageInFuture or RefusalCode.UsageBelowZero or RefusalCode.TooMuchUsage => OfUsage(code),
        RefusalCode.AmountTooLarge => (422, "AMOUNT_TOO_LARGE", "The amounts are beyond what the account can hold."),
    };

    private static (int Status, string Code, string Title) OfUsage(RefusalCode code) => code switch
    {
        RefusalCode.UsageInFuture => (422, "USAGE_IN_FUTURE", "Usage of a day that has not begun is neither recorded nor billed."),
        RefusalCode.UsageBelowZero => (422, "USAGE_BELOW_ZERO", "More is taken back than was metered."),
        RefusalCode.TooMuchUsage => (422, "TOO_MUCH_USAGE", "Too many days or subscriptions with usage that is not billed."),
        _ => throw new InvariantException($"{code} is not about usage."),
    };

    private static (int Status, string Code, string Title) OfRetention(RefusalCode code) => code switch
    {
        RefusalCode.RetentionMismatch => (422, "RETENTION_MISMATCH", "What is held back is not above 0 and below the invoice's amount."),
        RefusalCode.ReleaseExceedsRetained => (422, "RELEASE_EXCEEDS_RETAINED", "More is released than is retained and not disputed."),
        RefusalCode.ReleaseDate => (422, "RELEASE_DATE", "A release is not dated so."),
        RefusalCode.ReleaseUsed => (409, "RELEASE_USED", "What was released is not open as it was released."),
        RefusalCode.NotReleased => (422, "NOT_RELEASED", "What is retained is not due."),
        _ => throw new InvariantException($"{code} is not about a retention."),
    };

    private static (int Status, string Code, string Title) OfRefund(RefusalCode code) => code switch
    {
        RefusalCode.RefundExceedsUnapplied => (422, "REFUND_EXCEEDS_UNAPPLIED", "The refund is above what is unapplied."),
        RefusalCode.RefundNotCleared => (422, "REFUND_NOT_CLEARED", "The money may still come back."),
        RefusalCode.RefundState => (409, "REFUND_STATE", "The refund stands where this cannot be done."),
        RefusalCode.RefundUnchanged => (409, "REFUND_UNCHANGED", "The refund stands so already."),
        RefusalCode.PayeeChanged => (409, "PAYEE_CHANGED", "The payee account is not the one that was approved."),
        RefusalCode.TooManyRefunds => (422, "TOO_MANY_REFUNDS", "There are too many refunds, or too many credits in one."),
        _ => throw new InvariantException($"{code} is not about a refund."),
    };
}
