using System.Text.Json;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>More worked examples that other systems publish: part payments, the order of settlement, returned cheques, exchange differences.</summary>
public sealed class PublishedReceiptTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    /// <summary>
    /// Dynamics 365 Finance, "Settle partial payment before discount date and final payment after discount date": 297 of 1,000 in time, the rest
    /// late. There 297 earn 3 and 700 clear the rest; here a part payment earns nothing, and the 3 stay open.
    /// </summary>
    [Theory]
    [InlineData(700, 3)]
    [InlineData(703, 0)]
    public async Task A_part_payment_alone_earns_no_discount(decimal rest, decimal left)
    {
        var customer = await Customer.OpenAsync(Admin, Terms((1, 14)));
        (await customer.InvoiceAsync("FTI-10020", 1000m, issueDate: "2026-06-25")).ShouldBe(201);
        Lines(await PayAsync(customer, "P-1", 297m, "2026-07-02")).ShouldBe([("FTI-10020", 297m, 0m)]);
        Lines(await PayAsync(customer, "P-2", rest, "2026-07-11")).ShouldBe([("FTI-10020", rest, 0m)]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(left);
    }

    /// <summary>
    /// Dynamics 365 Finance, "Settle a partial customer payment that has multiple discount periods": 294 within the 2 %, the rest within the 1 %.
    /// There 6 and 7 are given and 693 clear it; here the whole invoice earns the step of the day that clears it, which is 10, and that takes 696.
    /// </summary>
    [Theory]
    [InlineData(693, 0, 13)]
    [InlineData(696, 10, 0)]
    public async Task The_last_part_earns_the_step_of_its_own_day_for_the_whole_invoice(decimal rest, decimal discount, decimal left)
    {
        var customer = await Customer.OpenAsync(Admin, Terms((2, 5), (1, 14)));
        (await customer.InvoiceAsync("FTI-10030", 1000m, issueDate: "2026-06-25")).ShouldBe(201);
        Lines(await PayAsync(customer, "P-1", 294m, "2026-06-28")).ShouldBe([("FTI-10030", 294m, 0m)]);
        Lines(await PayAsync(customer, "P-2", rest, "2026-07-08")).ShouldBe([("FTI-10030", rest, discount)]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(left);
    }

    /// <summary>
    /// Dynamics 365 Finance, "Settle a partial vendor payment that has discounts on credit notes": a credit note of 200 for an invoice of 1,000
    /// at 1 %. There the note loses 2 and the invoice earns 10; here what is left earns 8, and both ways 792 are to be paid.
    /// </summary>
    [Fact]
    public async Task A_credit_note_takes_its_share_of_the_discount_with_it()
    {
        var customer = await Customer.OpenAsync(Admin, Terms((1, 14)));
        (await customer.InvoiceAsync("I-1", 1000m, issueDate: "2026-06-29")).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/credit-notes", new { number = "C-1", issueDate = "2026-07-02", amount = 200m, currency = "EUR", invoice = "I-1" })).ShouldBe(201);
        Lines(await PayAsync(customer, "P-1", 792m, "2026-07-13")).ShouldBe([("I-1", 792m, 8m)]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    /// <summary>RX Universe, "Adding a new payment": 76, 28, 53 and 40, the oldest first, until the money is used up.</summary>
    [Theory]
    [InlineData(100, "76, 24", 97)]
    [InlineData(104, "76, 28", 93)]
    [InlineData(197, "76, 28, 53, 40", 0)]
    [InlineData(93, "53, 40", 104, "875102 and 888100")]
    public async Task The_oldest_invoice_comes_first_unless_the_payer_names_others(decimal paid, string amounts, decimal left, string? remittance = null)
    {
        var customer = await Customer.OpenAsync(Admin, new { paymentTerms = new { netDays = 30 } });
        foreach (var (number, on, amount) in new[] { ("805665", "2026-01-14", 76m), ("874555", "2026-01-31", 28m), ("875102", "2026-02-17", 53m), ("888100", "2026-02-25", 40m) })
        {
            (await customer.InvoiceAsync(number, amount, issueDate: on)).ShouldBe(201);
        }

        string.Join(", ", Lines(await PayAsync(customer, "P-1", paid, "2026-04-01", remittance)).Select(line => $"{line.Amount:0}")).ShouldBe(amounts);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(left);
    }

    /// <summary>Agvance, "Auto Apply": finance charges before invoices. Ours is a policy; without it they are paid last.</summary>
    [Theory]
    [InlineData("""{ "kinds": ["fee", "interest", "invoice"], "dueFirst": false }""", "F-1, I-1")]
    [InlineData(null, "I-1, F-1")]
    public async Task Finance_charges_first_is_a_policy(string? settlement, string order)
    {
        var segment = "s-" + Guid.NewGuid().ToString("N")[..8];
        var rule = settlement is null ? (JsonElement?)null : JsonSerializer.Deserialize<JsonElement>(settlement);
        (await Admin.PutAsync($"/api/v1/policies/segments/{segment}", new { settlement = rule })).ShouldBe(200);
        var customer = await Customer.OpenAsync(Admin, new { segment });
        (await customer.InvoiceAsync("I-1", 100m, dueDate: "2026-01-01", issueDate: "2025-12-01")).ShouldBe(201);
        (await FeeAsync(customer, "F-1", 12m)).ShouldBe(201);
        string.Join(", ", Lines(await PayAsync(customer, "P-1", 110m, "2026-02-01")).Select(line => line.Invoice)).ShouldBe(order);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(2m);
    }

    /// <summary>ExpressBooks, "Record Bounced Cheque" in QuickBooks: invoice 142 of 288.15 is unpaid again, the customer is charged 50, and a new cheque pays both.</summary>
    [Fact]
    public async Task A_bounced_cheque_opens_its_invoice_and_a_fee_is_a_claim_of_its_own()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("142", 288.15m, dueDate: "2026-01-01", issueDate: "2025-12-01")).ShouldBe(201);
        object Cheque(string paymentId, decimal amount) => new { paymentId, amount, currency = "EUR", receivedOn = "2026-01-01", method = "cheque", clearsOn = "2026-01-15" };
        (await Admin.PostAsync($"{customer.Path}/payments", Cheque("4848", 288.15m))).ShouldBe(201);
        var before = await customer.ExposureAsync();
        (before.Amount("uncleared"), before.Amount("openInvoices"), before.Amount("total")).ShouldBe((288.15m, 0m, 288.15m));

        (await Admin.PostAsync($"{customer.Path}/payments/4848/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await FeeAsync(customer, "NSF-142", 50m)).ShouldBe(201);
        var after = await customer.ExposureAsync();
        (after.Amount("uncleared"), after.Amount("returnedPayments"), after.Amount("openInvoices"), after.Amount("total")).ShouldBe((0m, 288.15m, 50m, 338.15m));

        Lines(await PayAsync(customer, "4849", 338.15m, "2026-01-20")).ShouldBe([("142", 288.15m, 0m), ("NSF-142", 50m, 0m)]);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    /// <summary>BQE BillQuick, "How do I record insufficient funds": one cheque for two invoices comes back; both are open as if it had never paid them.</summary>
    [Fact]
    public async Task A_returned_cheque_opens_every_invoice_that_it_paid()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 120m, dueDate: "2026-01-10")).ShouldBe(201);
        (await customer.InvoiceAsync("I-2", 80m, dueDate: "2026-01-20")).ShouldBe(201);
        Lines(await PayAsync(customer, "P-1", 200m, "2026-01-05")).Count().ShouldBe(2);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"].EnumerateArray()
            .Select(item => (item.Text("number"), item.Text("dueDate"), item.Amount("openAmount"))).ShouldBe([("I-1", "2026-01-10", 120m), ("I-2", "2026-01-20", 80m)]);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "bounced" })).ShouldBe(200);
        (await customer.ExposureAsync()).Amount("returnedPayments").ShouldBe(200m);
    }

    /// <summary>
    /// JD Edwards, "Realized Gain/Loss on a Foreign Invoice": 500 CAD posted at 0.71268 and received at 0.70882, here in two parts. Each line is
    /// rounded for itself: 200 and 300 lose 0.77 and 1.16, as the whole loses 1.93; and a payment that is taken back gives its part back.
    /// </summary>
    [Fact]
    public async Task Exchange_differences_of_part_payments_sum_up()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await Admin.PostAsync($"{customer.Path}/invoices", new { number = "I-1", issueDate = "2026-01-01", amount = 500m, currency = "CAD", fxRate = 0.71268m })).ShouldBe(201);
        var differences = new List<decimal>();
        foreach (var (id, amount) in new[] { ("P-1", 200m), ("P-2", 300m) })
        {
            var paid = await Admin.PostAsync(
                $"{customer.Path}/payments", new { paymentId = id, amount, currency = "CAD", receivedOn = "2026-02-01", method = "transfer", fxRate = 0.70882m });
            differences.Add(paid.ShouldBe(201)["allocations"][0].GetProperty("fxDifference").Amount("amount"));
        }

        differences.ShouldBe([-0.77m, -1.16m]);
        (await Admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "mistake" })).ShouldBe(201);
        var entries = (await Admin.GetAsync($"{customer.Path}/ledger")).ShouldBe(200)["items"].EnumerateArray().SelectMany(entry => entry.GetProperty("lines").EnumerateArray())
            .Where(line => line.TryGetProperty("fxDifference", out var difference) && difference.ValueKind == JsonValueKind.Object)
            .Sum(line => line.GetProperty("fxDifference").Amount("amount"));
        entries.ShouldBe(-1.16m);
    }

    private static object Terms(params (int Percent, int Days)[] steps) =>
        new { paymentTerms = new { netDays = 30, discount = steps.Select(step => new { percent = step.Percent, days = step.Days }) } };

    private Task<Answer> FeeAsync(Customer customer, string number, decimal amount) => Admin.PostAsync(
        $"{customer.Path}/claims", new { type = "fee", number, issueDate = "2026-01-01", dueDate = "2026-01-01", amount, currency = "EUR" });

    private Task<Answer> PayAsync(Customer customer, string paymentId, decimal amount, string receivedOn, string? remittance = null) => Admin.PostAsync(
        $"{customer.Path}/payments", new { paymentId, amount, currency = "EUR", receivedOn, method = "transfer", remittance });

    private static IEnumerable<(string Invoice, decimal Amount, decimal Discount)> Lines(Answer paid) => paid.ShouldBe(201)["allocations"].EnumerateArray().Select(line =>
        (line.Text("invoice")!, line.Amount("amount"), line.TryGetProperty("discount", out _) ? line.Amount("discount") : 0m));
}
