namespace ArCredit.Host.Demo;

/// <summary>Two years of one customer: invoices at its own pace, paid as this kind of customer pays.</summary>
internal static class DemoHistory
{
    private static readonly string[] Methods = ["transfer", "transfer", "transfer", "transfer", "directDebit", "cheque", "card", "cash"];

    /// <summary>Draws the history up to today.</summary>
    public static void Draw(DemoCustomer customer, double size, DateOnly today, Random random)
    {
        var habit = random.Next(10) switch { < 5 => (From: -4, To: 4), < 8 => (From: 0, To: 18), < 9 => (From: 8, To: 45), _ => (From: 25, To: 95) };
        var pace = random.Next(4, 40);
        var day = today.AddDays(-DemoPortfolio.HistoryDays + random.Next(pace + 60));
        while (day < today)
        {
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                Bill(customer, day, size, habit, today, random);
            }

            day = day.AddDays(1 + random.Next(pace));
        }
    }

    private static void Bill(DemoCustomer customer, DateOnly day, double size, (int From, int To) habit, DateOnly today, Random random)
    {
        var invoice = new DemoInvoice
        {
            Number = $"INV-{customer.Id}-{customer.Invoices.Count + 1:000}",
            IssueDate = day,
            Amount = DemoPortfolio.RoundedAmount(random, size),
            NetDays = customer.NetDays,
        };
        customer.Invoices.Add(invoice);
        var open = invoice.Amount;
        if (random.Next(40) == 0 && day.AddDays(5) < today)
        {
            var credited = Math.Max(1, open / random.Next(4, 12));
            invoice.CreditNote = (day.AddDays(5), credited);
            open -= credited;
        }

        var paidOn = BusinessDay(invoice.DueDate.AddDays(random.Next(habit.From, habit.To + 1)));
        if (paidOn <= day)
        {
            paidOn = BusinessDay(day.AddDays(1));
        }

        // A few are never paid, and a few are paid in two parts.
        var fate = random.Next(100);
        if (fate == 0)
        {
            return;
        }

        if (fate < 6)
        {
            var part = open / 2;
            Pay(invoice, paidOn, part, today, random, canBounce: false);
            Pay(invoice, BusinessDay(paidOn.AddDays(random.Next(10, 40))), open - part, today, random, canBounce: false);
            return;
        }

        Pay(invoice, paidOn, open, today, random, canBounce: true);
    }

    private static void Pay(DemoInvoice invoice, DateOnly on, long amount, DateOnly today, Random random, bool canBounce)
    {
        var method = Methods[random.Next(Methods.Length)];
        var id = $"PAY-{invoice.Number[4..]}-{invoice.Payments.Count + 1}";
        var bounced = BusinessDay(on.AddDays(random.Next(3, 8)));
        if (on > today || amount <= 0)
        {
            return;
        }

        if (!canBounce || random.Next(150) != 0 || bounced > today)
        {
            invoice.Payments.Add(new DemoPayment(id, on, amount, method));
            return;
        }

        invoice.Payments.Add(new DemoPayment(id, on, amount, "directDebit", bounced));
        var again = BusinessDay(bounced.AddDays(random.Next(5, 40)));
        if (again <= today)
        {
            invoice.Payments.Add(new DemoPayment($"{id}R", again, amount, "transfer"));
        }
    }

    private static DateOnly BusinessDay(DateOnly day) => day.DayOfWeek switch
    {
        DayOfWeek.Saturday => day.AddDays(2),
        DayOfWeek.Sunday => day.AddDays(1),
        _ => day,
    };
}
