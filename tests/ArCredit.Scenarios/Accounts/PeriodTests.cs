using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Accounting periods that close. The clock stands on 1 January 2026.</summary>
public sealed class PeriodTests
{
    private const string Periods = "/api/v1/companies/main/periods";

    [Fact]
    public async Task Nothing_is_posted_into_a_closed_period_and_on_request_it_goes_to_the_first_open_day()
    {
        await using var app = await RunningApp.StartAsync();
        var admin = app.Admin;
        var customer = await Customer.OpenAsync(admin);
        object Invoice(string number, string postedOn) => new { number, issueDate = "2025-11-10", postedOn, amount = 100m, currency = "EUR" };
        (await admin.PostAsync($"{customer.Path}/invoices", Invoice("I-1", "2025-11-20"))).ShouldBe(201);
        object Payment(string postedOn) => new { paymentId = "P-1", amount = 100m, currency = "EUR", receivedOn = "2025-11-25", postedOn, method = "transfer" };
        (await admin.PostAsync($"{customer.Path}/payments", Payment("2025-11-25"))).ShouldBe(201);

        foreach (var month in new[] { "2025-11", "2025-12" })
        {
            var closed = (await admin.PutAsync($"{Periods}/{month}", new { status = "closed" })).ShouldBe(200);
            (closed["period"].GetString(), closed["status"].GetString()).ShouldBe((month, "closed"));
        }

        (await admin.GetAsync(Periods)).ShouldBe(200)["items"].GetArrayLength().ShouldBe(2);
        var refused = (await admin.PostAsync($"{customer.Path}/invoices", Invoice("I-2", "2025-11-30"))).ShouldBeProblem(422, "PERIOD_CLOSED");
        refused["detail"].GetString().ShouldBe("The period 2025-11 is closed; the first open day is 2026-01-01.");
        var posted = (await admin.PostAsync($"{customer.Path}/invoices?ifPeriodClosed=nextOpenDay", Invoice("I-2", "2025-11-30"))).ShouldBe(201);
        posted["postedOn"].GetString().ShouldBe("2026-01-01");
        (await admin.PostAsync($"{customer.Path}/invoices", Invoice("I-2", "2025-11-30"))).ShouldBe(200).Text.ShouldBe(posted.Text, "it is the same document");
        (await admin.PostAsync($"{customer.Path}/invoices?ifPeriodClosed=never", Invoice("I-3", "2025-11-30"))).ShouldBeProblem(400, "INVALID_REQUEST");

        // What lies in the closed period is undone by a reversal of its own date; the balance of November stays what it was.
        (await admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "mistake", on = "2025-12-01" })).ShouldBeProblem(422, "PERIOD_CLOSED");
        (await admin.PostAsync($"{customer.Path}/payments/P-1/allocations/1/reversal", new { on = "2025-11-26" })).ShouldBeProblem(422, "PERIOD_CLOSED");
        (await admin.PostAsync($"{customer.Path}/payments/P-1/reversal", new { reason = "mistake" })).ShouldBe(201)["postedOn"].GetString().ShouldBe("2026-01-01");
        (await admin.GetAsync($"{customer.Path}/open-items?asOf=2025-11-30")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(0);
        (await admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(2);

        (await admin.PutAsync($"{Periods}/2025-12", new { status = "open" })).ShouldBe(200)["status"].GetString().ShouldBe("open");
        (await admin.PostAsync($"{customer.Path}/invoices?ifPeriodClosed=nextOpenDay", Invoice("I-4", "2025-11-30"))).ShouldBe(201)["postedOn"].GetString().ShouldBe("2025-12-01");
    }

    [Fact]
    public async Task Today_may_be_closed_too_and_other_companies_are_not()
    {
        await using var app = await RunningApp.StartAsync();
        var admin = app.Admin;
        (await admin.PutAsync("/api/v1/companies/other", new { name = "Other", currency = "EUR", timeZone = "UTC" })).ShouldBe(201);
        var (here, there) = (await Customer.OpenAsync(admin, new { creditLimit = 1000 }), await Customer.OpenAsync(admin, new { company = "other" }));
        (await here.ReserveAsync(50m, reservationId: "R-1")).ShouldBe(201);
        (await admin.PutAsync($"{Periods}/2026-01", new { status = "closed" })).ShouldBe(200);
        (await here.InvoiceAsync("I-1", 10m)).ShouldBeProblem(422, "PERIOD_CLOSED");
        (await here.PayAsync("P-1", 10m)).ShouldBeProblem(422, "PERIOD_CLOSED");
        (await here.CaptureAsync("R-1", "I-1")).ShouldBeProblem(422, "PERIOD_CLOSED");
        (await there.InvoiceAsync("I-1", 10m)).ShouldBe(201);
        (await here.ReserveAsync(50m)).ShouldBe(201);
        var captured = (await admin.PostAsync(
            $"{here.Path}/reservations/R-1/captures?ifPeriodClosed=nextOpenDay", new { invoice = new { number = "I-1", issueDate = "2026-01-01" } })).ShouldBe(201);
        captured["invoice"].Text("postedOn").ShouldBe("2026-02-01");
        (await admin.PutAsync($"{Periods}/2026-13", new { status = "closed" })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await admin.PutAsync($"{Periods}/2026-01", new { status = "shut" })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await admin.PutAsync("/api/v1/companies/none/periods/2026-01", new { status = "closed" })).ShouldBeProblem(404, "COMPANY_NOT_FOUND");
        (await admin.GetAsync("/api/v1/companies/none/periods")).ShouldBeProblem(404, "COMPANY_NOT_FOUND");
    }
}
