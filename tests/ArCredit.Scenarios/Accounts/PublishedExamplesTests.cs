using System.Text.Json;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>
/// Worked examples that other systems publish, with their figures; where ours differ by a rule of our own, the test says which.
/// </summary>
public sealed class PublishedExamplesTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    /// <summary>Odoo, cash discounts: 100 on 1 January, 30 days, 2 % within seven days.</summary>
    [Theory]
    [InlineData("2026-01-08", 98, 0)]
    [InlineData("2026-01-09", 98, 2)]
    [InlineData("2026-01-31", 100, 0)]
    public async Task Two_per_cent_within_seven_days_ends_on_the_eighth(string receivedOn, int paid, int left)
    {
        var customer = await Customer.OpenAsync(Admin, Terms((2, 7)));
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201)["dueDate"].GetString().ShouldBe("2026-01-31");
        (await PayAsync(customer, paid, receivedOn)).ShouldBe(201);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(left);
    }

    /// <summary>Dynamics 365, one payment for invoices of several discount periods: 2,970 on 29 June, 2,980 on 1 July.</summary>
    [Theory]
    [InlineData("2026-06-29", 2970, 20)]
    [InlineData("2026-07-01", 2980, 10)]
    public async Task One_payment_earns_each_invoice_the_discount_of_its_own_period(string receivedOn, int paid, int discount)
    {
        var customer = await Customer.OpenAsync(Admin, Terms((1, 14)));
        (await customer.InvoiceAsync("FTI-10040", 1000m, issueDate: "2026-05-15")).ShouldBe(201);
        (await customer.InvoiceAsync("FTI-10041", 1000m, issueDate: "2026-06-25")).ShouldBe(201);
        object[] steps = [new { percent = 2, days = 5 }, new { percent = 1, days = 14 }];
        (await Admin.PostAsync($"{customer.Path}/invoices", new { number = "FTI-10042", issueDate = "2026-06-25", amount = 1000m, currency = "EUR", discount = steps })).ShouldBe(201);
        Lines(await PayAsync(customer, paid, receivedOn)).ShouldBe(
            [("FTI-10040", 1000m, 0m), ("FTI-10041", 990m, 10m), ("FTI-10042", 1000m - discount, discount)]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    /// <summary>Dynamics 365, partial payments: with discounts only for what clears an invoice, 990 in two parts clear 1,000 in time.</summary>
    [Theory]
    [InlineData("2026-07-09", 0)]
    [InlineData("2026-07-10", 10)]
    public async Task A_part_payment_earns_its_discount_when_the_last_part_comes_in_time(string lastOn, int left)
    {
        var customer = await Customer.OpenAsync(Admin, Terms((1, 14)));
        (await customer.InvoiceAsync("FTI-10010", 1000m, issueDate: "2026-06-25")).ShouldBe(201);
        Lines(await PayAsync(customer, 297m, "2026-07-02", "P-1")).ShouldBe([("FTI-10010", 297m, 0m)]);
        Lines(await PayAsync(customer, 693m, lastOn, "P-2")).ShouldBe([("FTI-10010", 693m, 10m - left)]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(left);
    }

    /// <summary>Dynamics AX, overpayment: 95.00 for 105.00 less 10.50; the discount shrinks by what is too much.</summary>
    [Fact]
    public async Task Money_above_what_was_to_be_paid_takes_less_discount()
    {
        var customer = await Customer.OpenAsync(Admin, Terms((10, 7)));
        (await customer.InvoiceAsync("I-1", 105m)).ShouldBe(201);
        Lines(await PayAsync(customer, 95m, "2026-01-05")).ShouldBe([("I-1", 95m, 10m)]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    /// <summary>
    /// Dynamics 365, automatic settlement: invoices of 100, 250 and 500 and an interest note of 7; 700 come on 25 October. By due
    /// date alone (its default) interest and what is not due wait; by its example of a priority the interest note is first.
    /// </summary>
    [Theory]
    [InlineData(null, "100, 250, 7, 343")]
    [InlineData("""{ "dueFirst": false }""", "100, 250, 350")]
    [InlineData("""{ "kinds": ["fee", "interest", "invoice"], "by": "issueDate", "dueFirst": false }""", "7, 100, 250, 343")]
    public async Task Seven_hundred_settle_by_the_order_of_the_policy(string? settlement, string amounts)
    {
        var segment = "s-" + Guid.NewGuid().ToString("N")[..8];
        var rule = settlement is null ? (JsonElement?)null : JsonSerializer.Deserialize<JsonElement>(settlement);
        (await Admin.PutAsync($"/api/v1/policies/segments/{segment}", new { settlement = rule })).ShouldBe(200);
        var customer = await Customer.OpenAsync(Admin, new { segment, paymentTerms = new { netDays = 30 } });
        (await customer.InvoiceAsync("10001", 100m, issueDate: "2025-08-15")).ShouldBe(201);
        (await customer.InvoiceAsync("10002", 250m, issueDate: "2025-09-01")).ShouldBe(201);
        (await customer.InvoiceAsync("10003", 500m, issueDate: "2025-12-15")).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/claims", new { type = "interest", number = "10004", issueDate = "2025-12-15", dueDate = "2025-12-15", amount = 7m, currency = "EUR" })).ShouldBe(201);
        string.Join(", ", Lines(await PayAsync(customer, 700m, "2025-12-25")).Select(line => $"{line.Amount:0}")).ShouldBe(amounts);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(157m);
    }

    [Theory]
    [InlineData("""{ "kinds": ["fee", "fee"] }""")]
    [InlineData("""{ "kinds": ["cheese"] }""")]
    [InlineData("""{ "by": "amount" }""")]
    [InlineData("""{ "first": true }""")]
    public async Task A_settlement_order_that_is_none_is_refused(string settlement) =>
        (await Admin.PutAsync("/api/v1/policies/segments/none", new { settlement = JsonSerializer.Deserialize<JsonElement>(settlement) })).ShouldBeProblem(400, "INVALID_REQUEST");

    /// <summary>JD Edwards, realised gain: 500 USD, posted at 0.6072 GBP (303.60), received at 0.6081: 0.45. A consultancy: 100,000 at 1.10 and 1.20.</summary>
    [Theory]
    [InlineData(500, 0.6072, 0.6081, 0.45)]
    [InlineData(100000, 1.10, 1.20, 10000)]
    [InlineData(500, 0.71268, 0.70882, -1.93)]
    public async Task The_realised_difference_of_a_foreign_invoice(decimal amount, decimal posted, decimal received, decimal difference)
    {
        var customer = await Customer.OpenAsync(Admin);
        (await Admin.PostAsync($"{customer.Path}/invoices", new { number = "I-1", issueDate = "2026-01-01", amount, currency = "USD", fxRate = posted })).ShouldBe(201);
        var paid = await Admin.PostAsync(
            $"{customer.Path}/payments", new { paymentId = "P-1", amount, currency = "USD", receivedOn = "2026-01-30", method = "transfer", fxRate = received });
        paid.ShouldBe(201)["allocations"][0].GetProperty("fxDifference").Amount("amount").ShouldBe(difference);
    }

    /// <summary>SAP, residual items and a returned cheque: what a bounced payment had paid is open again under its own due date, once.</summary>
    [Fact]
    public async Task A_bounced_part_payment_opens_what_it_paid_and_leaves_what_others_paid()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 1000m, dueDate: "2026-01-15")).ShouldBe(201);
        (await PayAsync(customer, 600m, "2026-01-10", "P-1")).ShouldBe(201);
        (await PayAsync(customer, 400m, "2026-01-12", "P-2")).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "bounced" })).ShouldBe(201);
        var item = (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"][0];
        (item.Text("dueDate"), item.Amount("openAmount"), item.Text("status")).ShouldBe(("2026-01-15", 600m, "partPaid"));
        var exposure = await customer.ExposureAsync();
        (exposure.Amount("returnedPayments"), exposure.Amount("openInvoices"), exposure.Amount("total")).ShouldBe((600m, 0m, 600m));
    }

    private static object Terms(params (int Percent, int Days)[] steps) =>
        new { paymentTerms = new { netDays = 30, discount = steps.Select(step => new { percent = step.Percent, days = step.Days }) } };

    private Task<Answer> PayAsync(Customer customer, decimal amount, string receivedOn, string paymentId = "P-1") => Admin.PostAsync(
        $"{customer.Path}/payments", new { paymentId, amount, currency = "EUR", receivedOn, method = "transfer" });

    private static IEnumerable<(string Invoice, decimal Amount, decimal Discount)> Lines(Answer paid) => paid.ShouldBe(201)["allocations"].EnumerateArray().Select(line =>
        (line.Text("invoice")!, line.Amount("amount"), line.TryGetProperty("discount", out _) ? line.Amount("discount") : 0m));
}
