using System.Text;
using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>A stored decision, decided again from its facts under its policy version, is the same to the byte.</summary>
public sealed class ReplayTests
{
    /// <summary>The stored form of a decision made anew from its stored facts.</summary>
    internal static string Replay(DecisionRecord decision, ReferenceBook book)
    {
        var stored = JsonSerializer.Deserialize<DecisionRecord>(Bytes(decision), EventCodec.Options)!;
        var policy = book.PolicyFor(stored.Facts.Company, stored.Facts.Segment, stored.PolicyVersion);
        return Bytes(CreditRules.Decide(stored.Id, stored.Facts, policy, stored.PolicyVersion));
    }

    internal static string Bytes(DecisionRecord decision) => JsonSerializer.Serialize(decision, EventCodec.Options);

    [Fact]
    public void A_decision_is_the_same_after_its_policy_rates_and_account_have_changed()
    {
        var story = new AccountBuilder().WithLimit(100).WithRate("USD", "EUR", "2026-03-01", 0.9m)
            .WithPolicy(new CreditPolicy
            {
                TolerancePercent = 2.5m, MaxDocument = new(50, RuleAction.Warn), OverdueDays = new(3, 10, RuleAction.Refer),
            }).Open();
        story.Invoice("I-1", 40, due: "2026-03-02");
        story.AfterDays(5);
        var decision = story.Reserve("R-1", 60.55m, of: "USD");
        decision.ShouldBeReferredFor(RuleCodes.DocumentTooLarge, RuleCodes.OverdueDays);
        var before = Bytes(decision);

        story.Pay("P-1", 40);
        var later = new ReferenceBook(
            story.Reference.Companies,
            [
                new PolicyVersion(1, "company:main", new CreditPolicy
                {
                    TolerancePercent = 2.5m, MaxDocument = new(50, RuleAction.Warn), OverdueDays = new(3, 10, RuleAction.Refer),
                }),
                new PolicyVersion(2, "company:main", CreditPolicy.Empty),
            ],
            []);
        Replay(decision, later).ShouldBe(before);
        var underNewPolicy = CreditRules.Decide(decision.Id, decision.Facts, later.PolicyFor("main", null), later.PolicyVersion);
        underNewPolicy.ShouldBeApproved();
        underNewPolicy.PolicyVersion.ShouldBe(2);
    }

    [Fact]
    public void Decisions_from_random_facts_are_the_same_when_decided_again()
    {
        var outcomes = new HashSet<string>();
        for (var seed = 1; seed <= 3_000; seed++)
        {
            var random = new Random(seed);
            var facts = RandomFacts.Make(random);
            var book = new ReferenceBook([], RandomFacts.Policies(random), []);
            var version = random.NextInt64(0, book.PolicyVersion + 1);
            var decision = CreditRules.Decide("d1", facts, book.PolicyFor(facts.Company, facts.Segment, version), version);
            Replay(decision, book).ShouldBe(Bytes(decision), $"seed {seed}");
            decision.Codes().ShouldBe(CreditRules.Codes.Intersect(decision.Codes()), $"seed {seed}");
            outcomes.UnionWith(decision.Codes());
            outcomes.Add(decision.Outcome.ToString());
        }

        outcomes.ShouldBe([.. CreditRules.Codes, .. Enum.GetNames<DecisionOutcome>()], ignoreOrder: true);
    }
}
