using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;

namespace ArCredit.Accounts.Verify;

/// <summary>A stored decision, decided again.</summary>
/// <param name="Stored">As the journal has it.</param>
/// <param name="Fault">What comes out otherwise; null when nothing does.</param>
/// <param name="Ceiling">What exposure may be at most once it is earmarked, minor units; null = the limit rule did not hold it.</param>
internal sealed record Redecision(DecisionRecord Stored, string? Fault, decimal? Ceiling);

/// <summary>Decides stored decisions again, on their own inputs and the policies in force then.</summary>
internal sealed class DecisionRules(ReferenceBook book)
{
    /// <summary>Null when the event holds no decision.</summary>
    public Redecision? Redecide(AccountEvent happened)
    {
        if (DecisionIn.Event(happened) is not { } stored)
        {
            return null;
        }

        if (stored.PolicyVersion > book.PolicyVersion)
        {
            return new Redecision(stored, $"it names policy version {stored.PolicyVersion}, the newest is {book.PolicyVersion}", null);
        }

        var facts = stored.Facts;
        var policy = book.PolicyFor(facts.Company, facts.Segment, stored.PolicyVersion);
        var again = CreditRules.Decide(stored.Id, facts, policy, stored.PolicyVersion);

        // A fact reported by the billing system is held by no limit; what is earmarked is, unless a warning let it pass.
        var isHeld = happened is CreditReserved or ReservationChanged && stored.Outcome == DecisionOutcome.Approved && facts.Amount != facts.Paid
            && ReferenceEquals(facts.Currency, facts.DocumentCurrency) && !stored.Reasons.Any(reason => reason.Code == RuleCodes.LimitExceeded);
        return new Redecision(stored, Difference(stored, again), isHeld ? again.Limit * (1 + (policy.TolerancePercent.Value / 100m)) : null);
    }

    /// <summary>What the account before the event says otherwise than the inputs of its decision; null when nothing does.</summary>
    public static string? Contradiction(DecisionFacts facts, Account before)
    {
        var exposure = before.ExposureOn(facts.Today);
        return facts.Exposure != exposure ? $"it stood on an exposure of {facts.Exposure.Total} ({facts.Exposure}), the journal gives {exposure.Total} ({exposure})"
            : facts.Limits != before.Limits ? $"it stood on {facts.Limits}, the journal gives {before.Limits}"
            : facts.WrittenOff != before.UnavailableDebt ? $"it stood on {facts.WrittenOff} written off, the journal gives {before.UnavailableDebt}"
            : facts.Closed != before.Closed ? $"it took the account for {(facts.Closed ? "closed" : "open")}, the journal says otherwise"
            : facts.Segment != before.Master.Segment || !ReferenceEquals(facts.Currency, before.Master.Currency) || facts.Company != before.Master.Company
                ? "company, segment or currency are not the account's"
                : null;
    }

    private static string? Difference(DecisionRecord stored, DecisionRecord again) =>
        stored.Outcome != again.Outcome ? $"stored is {stored.Outcome}, the rules say {again.Outcome}"
        : stored.Limit != again.Limit ? $"stored is a limit of {RowHash.Show(stored.Limit)}, the rules say {RowHash.Show(again.Limit)}"
        : stored.ExposureAfter != again.ExposureAfter
            ? $"stored is an exposure of {RowHash.Show(stored.ExposureAfter)} after it, the rules say {RowHash.Show(again.ExposureAfter)}"
        : stored.Available != again.Available ? $"stored is {RowHash.Show(stored.Available)} available, the rules say {RowHash.Show(again.Available)}"
        : null;
}
