using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Accounts.Domain.Policies;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>
/// Whatever is paid late, back-dated, moved and taken back between claims: day by day, what was billed and what is still to be billed
/// together are the principal that, by the settlements that stand in the end, was owed on that day.
/// </summary>
public sealed class InterestHistoryTests
{
    private static readonly InterestRule Rule = new(
        InterestUnit.Year365, 0, [new InterestRate("2026-01-01".Day(), 8.12m), new InterestRate("2026-03-15".Day(), 9.12m), new InterestRate("2026-04-20".Day(), 7)]);

    [Fact]
    public void Every_day_of_every_item_is_billed_once_on_what_was_owed()
    {
        var claims = 0;
        for (var seed = 1; seed <= 150; seed++)
        {
            var random = new Random(seed);
            var story = new AccountBuilder().Unlimited().WithPolicy(new CreditPolicy { Interest = Rule }).Open();
            for (var step = 0; step < 60; step++)
            {
                Take(story, random, step);
            }

            claims += story.Journal.Events.OfType<DebitPosted>().Count(debit => debit.Interest is not null);
            ShouldAddUp(story, seed);
        }

        claims.ShouldBeGreaterThan(300);
    }

    private static void Take(AccountStory story, Random random, int step)
    {
        string Day(int back, int ahead) => story.Today.AddDays(random.Next(-back, ahead + 1)).ToString("yyyy-MM-dd", null);
        var (invoice, payment) = ($"I-{random.Next(step + 1)}", $"P-{random.Next(step + 1)}");
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                story.Invoice($"I-{step}", random.Next(1, 5000) / 10m, due: Day(10, 10));
                break;
            case 3 or 4:
                story.Pay($"P-{step}", random.Next(1, 5000) / 10m, received: Day(30, 0));
                break;
            case 5:
                story.Pay($"P-{step}", random.Next(1, 5000) / 10m, received: Day(30, 0), allocations: []);
                break;
            case 6:
                story.Reverse(payment, (ReversalReason)random.Next(2));
                break;
            case 7:
                story.Undo(payment, random.Next(1, 3));
                break;
            case 8:
                story.Allocate(payment);
                break;
            case 9:
                story.CreditNote($"C-{step}", random.Next(1, 500) / 10m, invoice);
                break;
            case 10:
                story.BillInterest($"Z-{step}", through: random.Next(2) == 0 ? null : Day(8, 0));
                break;
            default:
                story.AfterDays(random.Next(1, 12));
                break;
        }
    }

    private static void ShouldAddUp(AccountStory story, int seed)
    {
        var standing = story.Journal.Events.OfType<PaymentReceived>().Select(paid => new DocumentRequest(NumberKind.Payment, paid.PaymentId))
            .Concat(story.Journal.Events.OfType<CreditNotePosted>().Select(note => new DocumentRequest(NumberKind.CreditNote, note.Number)))
            .Select(request => story.Journal.Read(request, null).Credit!).Where(credit => !credit.Reversed)
            .SelectMany(credit => credit.State.Lines, (credit, line) => (credit.State.Date, line.Invoice, line.Instalment, line.Taken)).ToList();
        var terms = InterestTerms.Of(null, Rule)!;
        foreach (var item in PaperInterest.Of(story.Journal.Events))
        {
            var slices = item.Billed.Concat(item.Unbilled(terms, story.Today)).ToList();
            for (var day = item.DueDate.AddDays(1); day <= story.Today; day = day.AddDays(1))
            {
                var owed = item.Amount - standing.Where(line => line.Invoice == item.Invoice && line.Date < day).Sum(line => line.Taken);
                var of = slices.Where(slice => slice.From <= day && slice.To >= day).ToList();
                of.Sum(slice => slice.Principal).ShouldBe(owed, $"seed {seed}, {item.Invoice} on {day}");
                of.ShouldAllBe(slice => slice.Percent == terms.On(day));
            }
        }
    }
}
