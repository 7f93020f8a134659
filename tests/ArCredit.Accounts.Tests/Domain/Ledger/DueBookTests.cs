using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>What is overdue, against adding it up by hand, with few items (no days) and with many.</summary>
public sealed class DueBookTests
{
    private static readonly Currency Eur = Currency.Parse("EUR");
    private static readonly DateOnly Start = new(2026, 1, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Overdue_is_what_is_left_after_the_oldest_took_the_credits(int seed)
    {
        var random = new Random(seed);
        var book = new DueBook(Eur);
        var items = new List<OpenItem>();
        for (var step = 0; step < 600; step++)
        {
            // Up to some seventy items and down to none, twice.
            if (step / 150 % 2 == 0 || items.Count == 0)
            {
                items.Add(NewItem(random, step));
                book.Add(items[^1]);
            }
            else
            {
                var item = items[random.Next(items.Count)];
                if (random.Next(3) == 0 && item.Open > 1)
                {
                    Pay(book, item);
                }
                else
                {
                    book.Remove(item);
                    items.Remove(item);
                }
            }

            book.Credits = random.Next(4) == 0 ? 0 : random.Next(60_000);
            var today = Start.AddDays(random.Next(40));
            book.Overdue(today, Eur, null).ShouldBe(Expected(items, today, book.Credits));
            book.InOrder.ShouldBe(InOrder(items));
            book.IsEmpty.ShouldBe(items.Count == 0);
        }
    }

    private static OpenItem NewItem(Random random, int number)
    {
        var amount = random.Next(1, 2000);
        var invoice = new OpenInvoice(DocumentNumber.Parse($"I{number}"), Eur, amount, 1m, Start.AddDays(-random.Next(30)), 0);
        var item = new OpenItem(invoice, 1, Start.AddDays(random.Next(30)), amount) { Open = amount, AccountOpen = amount };
        invoice.Add(item);
        return item;
    }

    private static void Pay(DueBook book, OpenItem item)
    {
        item.Open--;
        item.AccountOpen--;
        book.Change(item, -1, -1);
    }

    private static IEnumerable<OpenItem> InOrder(IEnumerable<OpenItem> items) =>
        items.OrderBy(item => item.DueDate).ThenBy(item => item.Invoice.IssueDate).ThenBy(item => item.Invoice.Number.Value, StringComparer.Ordinal);

    private static List<(DateOnly, long, long)> Expected(IEnumerable<OpenItem> items, DateOnly today, long credits)
    {
        var left = new List<(DateOnly Due, long Amount)>();
        foreach (var item in InOrder(items).Where(item => item.DueDate < today))
        {
            var used = Math.Min(credits, item.Open);
            credits -= used;
            if (item.Open > used)
            {
                left.Add((item.DueDate, item.Open - used));
            }
        }

        return [.. left.GroupBy(item => item.Due).Select(day => (day.Key, day.Sum(item => item.Amount), day.Max(item => item.Amount)))];
    }
}
