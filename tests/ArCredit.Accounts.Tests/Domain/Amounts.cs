using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Kernel;
using Shouldly;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>Short forms for tests.</summary>
internal static class Amounts
{
    /// <summary>Exactly that many major units.</summary>
    public static Money In(this decimal amount, string currency)
    {
        Money.TryFromAmount(amount, Currency.Parse(currency), out var money).ShouldBe(AmountFault.None);
        return money;
    }

    public static Payment By(this Money amount, PaymentMethod method = PaymentMethod.Card) => new(amount, method);

    public static DocumentNumber No(this string number) => DocumentNumber.Parse(number);

    public static DateOnly Day(this string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The first event of that kind in an append.</summary>
    public static T ShouldAppend<T>(this Verdict verdict)
        where T : AccountEvent =>
        verdict.ShouldBeOfType<Verdict.Append>().Events.OfType<T>().FirstOrDefault()
            ?? throw new ShouldAssertException($"No {typeof(T).Name} in {verdict}.");

    public static void ShouldRefuse(this Verdict verdict, RefusalCode code)
    {
        var refused = verdict.ShouldBeOfType<Verdict.Refuse>();
        refused.Code.ShouldBe(code);
        refused.Detail.ShouldNotBeNullOrWhiteSpace();
    }

    /// <summary>The decision of an append, whichever way it went.</summary>
    public static DecisionRecord ShouldDecide(this Verdict verdict) =>
        verdict.ShouldBeOfType<Verdict.Append>().Events[^1] switch
        {
            CreditReserved reserved => reserved.Decision,
            CreditRefused refused => refused.Decision,
            ReservationChanged { Decision: { } decision } => decision,
            var other => throw new ShouldAssertException($"{other} holds no decision."),
        };

    /// <summary>The codes of the reasons, in their order.</summary>
    public static string[] Codes(this DecisionRecord decision) => [.. decision.Reasons.Select(reason => reason.Code)];

    public static void ShouldBeApproved(this DecisionRecord decision)
    {
        decision.Codes().ShouldBeEmpty();
        decision.Outcome.ShouldBe(DecisionOutcome.Approved);
    }

    public static void ShouldBeDeclinedFor(this DecisionRecord decision, params string[] codes)
    {
        decision.Codes().ShouldBe(codes);
        decision.Outcome.ShouldBe(DecisionOutcome.Declined);
    }

    public static void ShouldBeReferredFor(this DecisionRecord decision, params string[] codes)
    {
        decision.Codes().ShouldBe(codes);
        decision.Outcome.ShouldBe(DecisionOutcome.Referred);
    }

    /// <summary>The numbers a rule compared.</summary>
    public static void ShouldCompare(this DecisionRecord decision, string code, decimal? actual, decimal? threshold, string scope)
    {
        var reason = decision.Reasons.Single(each => each.Code == code);
        (reason.Actual, reason.Threshold, reason.Scope).ShouldBe((actual, threshold, scope));
    }
}
