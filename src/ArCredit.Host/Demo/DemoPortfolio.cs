using System.Globalization;
using ArCredit.Kernel;

namespace ArCredit.Host.Demo;

/// <summary>
/// Three hundred customers with two years behind them. A function of the day alone: the same day gives the same portfolio.
/// The first few have a fixed shape, one per thing worth trying; the others are drawn.
/// </summary>
internal static class DemoPortfolio
{
    /// <summary>A customer whose credit check over this much passes whatever the day.</summary>
    public const string FirstCustomer = "C0001";

    /// <summary>Days of history.</summary>
    public const int HistoryDays = 730;

    private const int Customers = 300;
    private const int Seed = 20261121;

    private static readonly string[] Segments = ["retail", "wholesale", "horeca", "construction", "export"];

    /// <summary>The portfolio of a day.</summary>
    public static IReadOnlyList<DemoCustomer> Make(DateOnly today)
    {
        var all = new List<DemoCustomer>(Customers);
        all.AddRange(Fixed(today));
        for (var n = all.Count + 1; n <= Customers; n++)
        {
            all.Add(Drawn(n, today));
        }

        return all;
    }

    private static IEnumerable<DemoCustomer> Fixed(DateOnly today)
    {
        var (azn, eur, usd) = (Currency.Parse("AZN"), Currency.Parse("EUR"), Currency.Parse("USD"));

        var good = Shape(1, azn, "Xəzər Nümunə MMC", "retail", 20_000_00);
        Owe(good, today.AddDays(-10), 1_250_00);
        yield return good;

        var full = Shape(2, eur, "Beispiel Baustoffe GmbH", "construction", 5_000_00);
        Owe(full, today.AddDays(-12), 5_200_00);
        yield return full;

        var late = Shape(3, usd, "Sample Foods LLC", "horeca", 10_000_00);
        Owe(late, today.AddDays(-75), 800_00);
        yield return late;

        var blocked = Shape(4, azn, "Abşeron Nümunə ASC", "wholesale", 15_000_00, block: ("sales-pause", "Contract under review"));
        Owe(blocked, today.AddDays(-5), 2_000_00);
        yield return blocked;

        yield return Shape(5, eur, "Exempel Livs AB", "export", null, unlimited: true);
        yield return Shape(6, usd, "Specimen Supply Inc.", "retail", 3_000_00, temporary: (12_000_00, today.AddDays(-5), today.AddDays(25)));
        yield return Shape(7, eur, "Voorbeeld Groothandel B.V.", "wholesale", 8_000_00, expires: today.AddDays(-20));

        var ordering = Shape(8, azn, "Göygöl Nümunə MMC", "wholesale", 30_000_00);
        Owe(ordering, today.AddDays(-20), 6_400_00);
        ordering.Reservations.Add(new DemoReservation("ORD-C0008-1", IsOrder: true, 4_500_00, today.AddDays(6)));
        ordering.Reservations.Add(new DemoReservation("POS-C0008-1", IsOrder: false, 320_00, null));
        yield return ordering;
    }

    private static DemoCustomer Shape(
        int n, Currency currency, string name, string segment, long? limit, bool unlimited = false, (long, DateOnly, DateOnly)? temporary = null,
        DateOnly? expires = null, (string, string)? block = null) => new()
        {
            Id = IdOf(n),
            Name = name,
            Country = currency.Code switch { "AZN" => "AZ", "USD" => "US", _ => "DE" },
            Currency = currency,
            Segment = segment,
            NetDays = 30,
            CreditLimit = limit,
            Unlimited = unlimited,
            Temporary = temporary,
            LimitExpiresOn = expires,
            Block = block,
        };

    private static void Owe(DemoCustomer customer, DateOnly issued, long amount) => customer.Invoices.Add(new DemoInvoice
    {
        Number = $"INV-{customer.Id}-{customer.Invoices.Count + 1:000}",
        IssueDate = issued,
        Amount = amount,
        NetDays = customer.NetDays,
    });

    private static DemoCustomer Drawn(int n, DateOnly today)
    {
        var random = new Random(Seed + n);
        var currency = Currency.Parse((n % 10) switch { < 5 => "AZN", < 8 => "EUR", _ => "USD" });
        var (name, country) = DemoNames.Of(currency.Code, n);
        var size = Math.Exp(random.NextDouble() * 4.5) * 120_00;
        var customer = new DemoCustomer
        {
            Id = IdOf(n),
            Name = name,
            Country = country,
            Currency = currency,
            Segment = Segments[random.Next(Segments.Length)],
            NetDays = random.Next(5) switch { 0 => 14, 1 => 45, 2 => 60, _ => 30 },
            Unlimited = n % 37 == 0,
            Temporary = n % 29 == 0 ? ((long)(size * 30), today.AddDays(-random.Next(20)), today.AddDays(random.Next(1, 40))) : null,
            LimitExpiresOn = n % 23 == 0 ? today.AddDays(random.Next(-60, 200)) : null,
            Block = n % 41 == 0 ? ("credit-hold", "Financial statements are overdue") : null,
        };
        DemoHistory.Draw(customer, size, today, random);
        if (!customer.Unlimited && n % 19 != 0)
        {
            var perMonth = customer.Invoices.Count == 0 ? size : customer.Invoices.Sum(invoice => invoice.Amount) / (HistoryDays / 30.4);
            customer.CreditLimit = (long)(Math.Ceiling(perMonth * ((customer.NetDays / 30.0) + 0.8) * (0.9 + random.NextDouble()) / 500_00) * 500_00);
        }

        for (var open = random.Next(8) == 0 ? random.Next(1, 4) : 0; open > 0; open--)
        {
            var order = random.Next(3) > 0;
            customer.Reservations.Add(new DemoReservation(
                $"{(order ? "ORD" : "POS")}-{customer.Id}-{open}", order, RoundedAmount(random, size), order ? today.AddDays(random.Next(1, 30)) : null));
        }

        return customer;
    }

    /// <summary>An amount around a size, in minor units, at least 10.00.</summary>
    internal static long RoundedAmount(Random random, double size) => Math.Max(1000, (long)(size * (0.3 + (random.NextDouble() * 1.6))));

    private static string IdOf(int n) => string.Create(CultureInfo.InvariantCulture, $"C{n:0000}");
}
