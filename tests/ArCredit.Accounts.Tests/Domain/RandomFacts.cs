using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>Facts and policies of every shape, from a seed.</summary>
internal static class RandomFacts
{
    private static readonly Currency[] Currencies = [.. new[] { "EUR", "USD", "JPY", "KWD", "AZN" }.Select(Currency.Parse)];

    public static DecisionFacts Make(Random random)
    {
        var today = new DateOnly(2026, 3, 2).AddDays(random.Next(400));
        var (own, document) = (Currencies[random.Next(5)], Currencies[random.Next(5)]);
        decimal? rate = own == document ? 1 : Maybe(random, 0.8, () => Rate(random));
        var amount = random.NextInt64(0, 100_000);
        var paid = random.Next(3) switch { 0 => amount, 1 => random.NextInt64(0, amount + 1), _ => 0 };
        var overdue = Enumerable.Range(0, random.Next(4)).Select(i => new OverdueStep(today.AddDays(-40 + (i * 10)), (i + 1) * 700L)).ToList();
        return new DecisionFacts
        {
            At = new DateTimeOffset(today.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddTicks(random.NextInt64(TimeSpan.TicksPerDay)),
            Today = today,
            Checkpoint = (Checkpoint)random.Next(4),
            Company = "main",
            Segment = random.Next(2) == 0 ? "retail" : null,
            Currency = own,
            DocumentCurrency = document,
            Amount = amount,
            Paid = paid,
            Rate = rate,
            RateDate = own == document || rate is null ? null : today.AddDays(-random.Next(5)),
            Credit = rate is { } known ? new Money(amount - paid, document).Convert(known, own).Minor : null,
            Replaced = random.Next(2) * random.NextInt64(0, 5_000),
            PolicyRate = Maybe(random, 0.9, () => Rate(random)),
            Closed = random.Next(8) == 0,
            Blocks = [.. Enumerable.Range(0, random.Next(8) == 0 ? 2 : 0).Select(i => new BlockFacts($"block {i}", i == 1))],
            Limits = new Limits(
                random.Next(4) == 0 ? null : random.NextInt64(0, 200_000), random.Next(8) == 0,
                random.Next(4) == 0
                    ? new TemporaryLimit(random.NextInt64(0, 300_000), today.AddDays(-random.Next(3)), today.AddDays(random.Next(-1, 3)))
                    : null,
                Maybe(random, 0.3, () => today.AddDays(random.Next(-3, 3)))),
            Exposure = new Exposure(
                random.NextInt64(0, 60_000), random.Next(3) * 50L, random.Next(3) * 70L, random.Next(3) * 900L, random.Next(3) * 30L,
                random.Next(9), -random.Next(5_000)),
            Overdue = overdue.Count == 0 ? OverdueFacts.None : new OverdueFacts(overdue.Sum(step => step.LargestItem), overdue[0].DueDate, overdue),
            BuyersNamed = random.Next(4) == 0,
            BuyerId = random.Next(2) == 0 ? "aysel" : null,
            Buyer = random.Next(2) == 0 ? new Buyer("aysel", 50_000, today.AddDays(random.Next(-1, 2))) : null,
            ReferenceRequired = random.Next(6) == 0,
            Reference = random.Next(2) == 0 ? "PO „7“ \\ <&>" : null,
            RiskClass = random.Next(2) == 0 ? "B" : null,
            DunningLevel = random.Next(3),
            BrokenPromises = Maybe(random, 0.2, () => random.Next(1, 3)),
            AgreedTerms = random.Next(2) == 0 ? PaymentTerms.Shipped : null,
            DeliveryDate = Maybe(random, 0.3, () => today.AddDays(random.Next(60))),
            BuyerParts = random.Next(4) > 0
                ? null
                : [.. Enumerable.Range(0, random.Next(1, 3)).Select(i => new BuyerPart(
                    $"buyer {i}", random.Next(3) == 0 ? null : new Buyer($"buyer {i}", 50_000, today.AddDays(random.Next(-1, 3))), random.NextInt64(0, 60_000)))],
        };
    }

    public static IEnumerable<PolicyVersion> Policies(Random random) => Enumerable.Range(1, random.Next(1, 5))
        .Select(version => new PolicyVersion(version, random.Next(2) == 0 ? "company:main" : "segment:retail", Policy(random)));

    private static CreditPolicy Policy(Random random) => new()
    {
        CreditLimit = Maybe(random, 0.5, () => random.Next(0, 900) / 10m),
        Unlimited = Maybe(random, 0.2, () => random.Next(2) == 0),
        TolerancePercent = Maybe(random, 0.5, () => random.Next(0, 200) / 8m),
        MaxDocument = random.Next(2) == 0 ? new(random.Next(0, 400), Action(random)) : null,
        OverdueDays = random.Next(2) == 0 ? new(random.Next(0, 40), Maybe(random, 0.5, () => random.Next(0, 30)), Action(random)) : null,
        OverdueAmount = random.Next(2) == 0 ? new(random.Next(0, 60), Maybe(random, 0.5, () => random.Next(0, 100)), Action(random)) : null,
        NearLimit = random.Next(2) == 0 ? new(random.Next(0, 40), random.Next(0, 120), Action(random)) : null,
        Currencies = random.Next(2) == 0 ? new(random.GetItems(Currencies, 2), Action(random)) : null,
        Actions = random.Next(3) == 0 ? new Dictionary<string, RuleAction> { ["NO_RATE"] = Action(random), ["LIMIT_EXCEEDED"] = Action(random), ["BROKEN_PROMISE"] = Action(random) } : null,
    };

    private static RuleAction Action(Random random) => (RuleAction)random.Next(4);

    private static decimal Rate(Random random) => random.Next(2) == 0 ? random.Next(1, 3_000) / 1000m : 1 / (random.Next(1, 3_000) / 1000m);

    private static T? Maybe<T>(Random random, double share, Func<T> make)
        where T : struct => random.NextDouble() < share ? make() : null;
}
