using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

/// <summary>Promises to pay as callers see them.</summary>
public sealed class PromiseTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task A_promise_is_made_kept_and_shown_on_its_items()
    {
        var customer = await Customer.OpenAsync(Admin);
        (await customer.InvoiceAsync("I-1", 100m)).ShouldBe(201);
        var path = $"{customer.Path}/promises";
        object Body(string id, decimal amount) => new { promiseId = id, invoices = new[] { new { number = "I-1" } }, payments = new[] { new { on = "2099-01-02", amount } }, note = "by phone" };
        (await Admin.PostAsync(path, Body("M-1", 100.01m))).ShouldBeProblem(422, "PROMISE_EXCEEDS_OPEN");
        (await Admin.PostAsync(path, Body("M-1", 0m))).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync(path, new { promiseId = "M-1", payments = Array.Empty<object>() })).ShouldBeProblem(400, "INVALID_REQUEST");
        (await Admin.PostAsync(path, new { promiseId = "M-1", invoices = new[] { new { number = "I-1" } }, payments = new[] { new { on = "2000-01-02", amount = 1m } } }))
            .ShouldBeProblem(422, "PROMISE_IN_PAST");
        var made = (await Admin.PostAsync(path, Body("M-1", 60m))).ShouldBe(201);
        (made["status"].GetString(), made["lines"][0].Amount("amount"), made["breaksOn"].GetString()).ShouldBe(("open", 100m, "2099-01-06"));
        (await Admin.PostAsync(path, Body("M-1", 60m))).ShouldBe(200).Text.ShouldBe(made.Text);
        (await Admin.PostAsync(path, Body("M-1", 61m))).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await Admin.PostAsync(path, Body("M-2", 60m))).ShouldBeProblem(409, "PROMISE_OVERLAPS");
        (await FlagsAsync(customer)).ShouldContain("promised");
        (await customer.PayAsync("P-1", 60m, allocations: new[] { new { invoice = "I-1", amount = 60m } })).ShouldBe(201);
        var kept = (await Admin.GetAsync($"{path}?status=kept")).ShouldBe(200)["items"][0];
        (kept.Text("promiseId"), kept.Amount("received")).ShouldBe(("M-1", 60m));
        (await FlagsAsync(customer)).ShouldNotContain("promised");
        (await Admin.PostAsync(path, Body("M-3", 40m))).ShouldBe(201);
        (await Admin.PostAsync($"{path}/M-3/cancellation")).ShouldBe(201)["status"].GetString().ShouldBe("cancelled");
        (await Admin.PostAsync($"{path}/M-3/cancellation")).ShouldBe(200);
        (await Admin.PostAsync($"{path}/M-9/cancellation")).ShouldBeProblem(404, "NOT_FOUND");
        (await Admin.PostAsync($"{path}/M-1/cancellation")).ShouldBeProblem(409, "PROMISE_ENDED");
        (await Admin.PostAsync(path, Body("M-1", 60m))).ShouldBeProblem(409, "PROMISE_ENDED");
        (await Admin.PostAsync(path, Body("M-3", 40m))).ShouldBeProblem(409, "PROMISE_ENDED");
    }

    private async Task<List<string?>> FlagsAsync(Customer customer) =>
        [.. (await Admin.GetAsync($"{customer.Path}/open-items")).ShouldBe(200)["items"][0].GetProperty("flags").EnumerateArray().Select(flag => flag.GetString())];
}
