using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>Meters.</summary>
internal sealed partial class StepMaker
{
    private static readonly string[] Subscriptions = ["grid", "line"];

    private int usages;

    private AccountCommand Usage()
    {
        var subscription = Subscriptions[random.Next(Subscriptions.Length)];
        var id = (Chance(0.9) ? $"U{++usages}" : "U1").No();
        if (Chance(0.1))
        {
            return new ReleaseUsage(id, new BilledUsage(subscription, Day()), "goodwill");
        }

        var amount = Math.Round((decimal)random.NextDouble() * (Chance(0.3) ? 0.05m : 40), random.Next(1, 8)) + 0.0000001m;
        return new RecordUsage(
            id, subscription, Chance(0.4) ? null : new DateTimeOffset(Day().ToDateTime(new TimeOnly(random.Next(24), 30)), TimeSpan.Zero), AnyCurrency(),
            Chance(0.1) ? -amount : amount, null, null, null, Chance(0.1));
    }
}
