using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>What a customer holds back of an invoice until acceptance or the end of a warranty; either a share or an amount of gross.</summary>
/// <param name="Percent">Of the invoice's amount, above 0 and below 100, rounded half-even.</param>
/// <param name="Amount">In the invoice's currency, above 0 and below its amount.</param>
/// <param name="ExpectedReleaseOn">When it is expected to be released; absent = not known.</param>
/// <param name="DueDays">Days from its release to its due date, 0 to 3650; absent = by the account's payment terms, counted from the release.</param>
internal sealed record RetentionBody(decimal? Percent, decimal? Amount, DateOnly? ExpectedReleaseOn, int? DueDays)
{
    /// <summary>What is held back; null when nothing is.</summary>
    public static RetentionFacts? Read(string path, RetentionBody? retention, Currency? currency, RequestChecks checks)
    {
        if (retention is null)
        {
            return null;
        }

        if (retention.Percent is null == retention.Amount is null)
        {
            checks.Refuse(path, "must have either percent or amount");
        }

        if (retention.Percent is <= 0 or >= 100)
        {
            checks.Refuse($"{path}.percent", "must be above 0 and below 100");
        }

        return new RetentionFacts(
            checks.Number($"{path}.percent", retention.Percent, 0, 100, 4), checks.Amount($"{path}.amount", retention.Amount, currency)?.Minor,
            checks.Date($"{path}.expectedReleaseOn", retention.ExpectedReleaseOn), checks.Number($"{path}.dueDays", retention.DueDays, 0, 3650));
    }
}
