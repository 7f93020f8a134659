using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Shared;

namespace ArCredit.Accounts.Features.Decisions;

/// <summary>Something that came out otherwise.</summary>
/// <param name="Field">decision, limit, limitScope, exposureAfter, available, or reasons.CODE.</param>
/// <param name="Original">As decided; null = not there.</param>
/// <param name="Replayed">As decided now; null = not there.</param>
internal sealed record DecisionDifference(string Field, string? Original, string? Replayed);

/// <summary>A decision decided anew.</summary>
/// <param name="Decision">On the same inputs under the policies asked for.</param>
/// <param name="Original">As stored.</param>
/// <param name="Same">True when nothing came out otherwise.</param>
/// <param name="Differences">What did.</param>
internal sealed record DecisionReplayView(DecisionView Decision, DecisionView Original, bool Same, IReadOnlyList<DecisionDifference> Differences);

/// <summary>Runs the rules again over stored inputs. Changes nothing and is not stored.</summary>
internal static class DecisionReplay
{
    /// <summary>Decides under a policy version that exists.</summary>
    public static DecisionReplayView Run(DecisionRecord stored, ReferenceBook reference, long policyVersion)
    {
        var policy = reference.PolicyFor(stored.Facts.Company, stored.Facts.Segment, policyVersion);
        var replayed = CreditRules.Decide(stored.Id, stored.Facts, policy, policyVersion);
        var differences = Compare(stored, replayed);
        return new DecisionReplayView(DecisionView.Of(replayed), DecisionView.Of(stored), differences.Count == 0, differences);
    }

    private static List<DecisionDifference> Compare(DecisionRecord original, DecisionRecord replayed)
    {
        var differences = new List<DecisionDifference>();
        void Add(string field, string? before, string? after)
        {
            if (before != after)
            {
                differences.Add(new DecisionDifference(field, before, after));
            }
        }

        var (left, right) = (DecisionView.Of(original), DecisionView.Of(replayed));
        Add("decision", Platform.Http.EnumNames.Name(left.Decision), Platform.Http.EnumNames.Name(right.Decision));
        Add("limit", Text(left.Limit), Text(right.Limit));
        Add("limitScope", left.LimitScope, right.LimitScope);
        Add("exposureAfter", Text(left.ExposureAfter), Text(right.ExposureAfter));
        Add("available", Text(left.Available), Text(right.Available));
        foreach (var code in original.Reasons.Concat(replayed.Reasons).Select(reason => reason.Code).Distinct())
        {
            Add($"reasons.{code}", Text(original.Reasons, code), Text(replayed.Reasons, code));
        }

        return differences;
    }

    // A code may fail for two reasons at once; the numbers are compared, the sentences are not.
    private static string? Text(IReadOnlyList<RuleReason> reasons, string code)
    {
        var found = reasons.Where(reason => reason.Code == code)
            .Select(reason => $"{Platform.Http.EnumNames.Name(reason.Action)} by {reason.Scope}: {Text(reason.Actual) ?? "-"} against {Text(reason.Threshold) ?? "-"}")
            .ToArray();
        return found.Length == 0 ? null : string.Join("; ", found);
    }

    private static string? Text(decimal? number) => number?.ToString("0.############################", CultureInfo.InvariantCulture);
}
