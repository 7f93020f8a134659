using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>
/// Dynamics 365 Business Central, "Work with Payment Tolerances and Payment Discount Tolerances", its two examples: discount until 15 January, five
/// days of grace, a tolerance of 5. A late discount within the grace is always accepted here (their alternative A). Two rules are our own: money
/// above what is asked for stays the customer's, and a discount is earned by what clears the invoice with it alone, so that it never adds to a
/// small difference.
/// </summary>
public sealed class PublishedToleranceTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string InTime = "2026-01-15";
    private const string InGrace = "2026-01-16";
    private const string LastOfGrace = "2026-01-20";
    private const string Late = "2026-01-21";

    private ApiClient Admin => fixture.Admin;

    /// <summary>Example 1, by row: an invoice of 1,000, a discount of 20.</summary>
    /// <param name="row">Of their table.</param>
    /// <param name="on">Value date.</param>
    /// <param name="paid">The payment.</param>
    /// <param name="discount">Taken.</param>
    /// <param name="difference">Written off.</param>
    /// <param name="balance">After it; below 0 = unapplied.</param>
    [Theory]
    [InlineData("1", InTime, 985, 15, 0, 0)]
    [InlineData("2", InTime, 980, 20, 0, 0)]
    [InlineData("3, ours", InTime, 975, 0, 0, 25)]
    [InlineData("4, ours", InGrace, 1005, 0, 0, -5)]
    [InlineData("5B", InGrace, 1000, 0, 0, 0)]
    [InlineData("6B", LastOfGrace, 995, 5, 0, 0)]
    [InlineData("7", LastOfGrace, 985, 15, 0, 0)]
    [InlineData("8", LastOfGrace, 980, 20, 0, 0)]
    [InlineData("9, ours", LastOfGrace, 975, 0, 0, 25)]
    [InlineData("10, ours", Late, 1005, 0, 0, -5)]
    [InlineData("11", Late, 1000, 0, 0, 0)]
    [InlineData("12", Late, 995, 0, 5, 0)]
    [InlineData("13", Late, 985, 0, 0, 15)]
    [InlineData("14", Late, 980, 0, 0, 20)]
    [InlineData("15", Late, 975, 0, 0, 25)]
    public async Task One_document_by_date_and_amount(string row, string on, decimal paid, decimal discount, decimal difference, decimal balance)
    {
        var customer = await OpenAsync((2, 14));
        (await customer.InvoiceAsync("I-1", 1000m)).ShouldBe(201)["discount"][0].Text("until").ShouldBe(LastOfGrace);
        var line = (await PayAsync(customer, on, paid)).ShouldBe(201)["allocations"].EnumerateArray().ShouldHaveSingleItem();
        decimal Beside(string name) => line.TryGetProperty(name, out _) ? line.Amount(name) : 0;
        (Beside("discount"), Beside("difference"), (await customer.ProfileAsync()).Amount("balance")).ShouldBe((discount, difference, balance), row);
    }

    /// <summary>Example 2, by row: two invoices of 1,000 with 60 until 15 January and 30 until the 17th, paid together; each row clears both.</summary>
    [Theory]
    [InlineData("1", InTime, 1920)]
    [InlineData("2", InTime, 1910)]
    [InlineData("5B", InGrace, 1970)]
    [InlineData("8A", InGrace, 1910)]
    [InlineData("11B", LastOfGrace, 2000)]
    [InlineData("14D", LastOfGrace, 1970)]
    [InlineData("16D", LastOfGrace, 1950)]
    [InlineData("17D", LastOfGrace, 1940)]
    [InlineData("20A", LastOfGrace, 1910)]
    [InlineData("23B", Late, 2000)]
    [InlineData("25A", Late, 1980)]
    [InlineData("26A", Late, 1970)]
    [InlineData("29", "2026-01-23", 2000)]
    public async Task Two_documents_paid_together(string row, string on, decimal paid)
    {
        var customer = await TwoAsync();
        (await PayAsync(customer, on, paid)).ShouldBe(201);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m, row);
    }

    /// <summary>Its row 30, 5 too little for each when no discount is left: it clears both when the payer says so, else the last is short by 10.</summary>
    [Fact]
    public async Task What_is_short_of_each_document_is_told_by_the_payer()
    {
        var (named, unnamed) = (await TwoAsync(), await TwoAsync());
        (await PayAsync(named, "2026-01-23", 1990, new[] { new { invoice = "I-1", amount = 995m }, new { invoice = "I-2", amount = 995m } })).ShouldBe(201)
            ["allocations"].EnumerateArray().Select(line => line.Amount("difference")).ShouldBe([5m, 5m]);
        (await named.ProfileAsync()).Amount("balance").ShouldBe(0m);
        (await PayAsync(unnamed, "2026-01-23", 1990)).ShouldBe(201);
        (await unnamed.ProfileAsync()).Amount("balance").ShouldBe(10m);
    }

    private async Task<Customer> TwoAsync()
    {
        var customer = await OpenAsync((6, 14));
        (await customer.InvoiceAsync("I-1", 1000m)).ShouldBe(201);
        object[] steps = [new { percent = 3, days = 16 }];
        (await Admin.PostAsync(
            $"{customer.Path}/invoices", new { number = "I-2", issueDate = "2026-01-01", amount = 1000m, currency = "EUR", discount = steps })).ShouldBe(201);
        return customer;
    }

    private async Task<Customer> OpenAsync((int Percent, int Days) step)
    {
        var segment = "s-" + Guid.NewGuid().ToString("N")[..8];
        (await Admin.PutAsync($"/api/v1/policies/segments/{segment}", new { smallDifference = new { perItem = 5, perYear = 100 } })).ShouldBe(200);
        return await Customer.OpenAsync(Admin, new
        {
            segment,
            paymentTerms = new { netDays = 30, discount = new[] { new { percent = step.Percent, days = step.Days } }, discountGraceDays = 5 },
        });
    }

    private Task<Answer> PayAsync(Customer customer, string receivedOn, decimal amount, object? allocations = null) => Admin.PostAsync(
        $"{customer.Path}/payments", new { paymentId = "P-1", amount, currency = "EUR", receivedOn, method = "transfer", allocations });
}
