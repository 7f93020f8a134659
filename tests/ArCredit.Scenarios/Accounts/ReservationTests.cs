using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

public sealed class ReservationTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private ApiClient Admin => fixture.Admin;

    [Fact]
    public async Task Reserve_capture_pay_and_the_customer_owes_nothing()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        var id = (await customer.ReserveAsync(60m)).ShouldBe(201)["reservationId"].GetString()!;
        (await customer.ExposureAsync()).Amount("reservations").ShouldBe(60m);
        var captured = (await customer.CaptureAsync(id, "I-1")).ShouldBe(201);
        captured["invoice"].Amount("amount").ShouldBe(60m);
        captured["invoice"].Text("dueDate").ShouldBe("2026-01-31");
        captured["reservation"].Text("status").ShouldBe("captured");
        captured.Json.TryGetProperty("payment", out _).ShouldBeFalse();
        var exposure = await customer.ExposureAsync();
        exposure.Amount("reservations").ShouldBe(0m);
        exposure.Amount("openInvoices").ShouldBe(60m);
        exposure.Amount("total").ShouldBe(60m);
        (await customer.PayAsync("P-1", 60m)).ShouldBe(201)["unapplied"].GetDecimal().ShouldBe(0m);
        (await customer.ProfileAsync()).Amount("balance").ShouldBe(0m);
    }

    [Fact]
    public async Task Captures_in_parts_and_refuses_the_excess()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        (await customer.ReserveAsync(60m, reservationId: "R")).ShouldBe(201);
        (await customer.CaptureAsync("R", "I-1", 25m)).ShouldBe(201)["reservation"].Amount("remaining").ShouldBe(35m);
        (await customer.CaptureAsync("R", "I-2", 35.01m)).ShouldBeProblem(422, "CAPTURE_EXCEEDS_RESERVATION");
        var exposure = await customer.ExposureAsync();
        (exposure.Amount("reservations"), exposure.Amount("openInvoices"), exposure.Amount("total")).ShouldBe((35m, 25m, 60m));
        (await customer.CaptureAsync("R", "I-2", 10m, final: true)).ShouldBe(201)["reservation"].Text("status").ShouldBe("captured");
        (await customer.ExposureAsync()).Amount("total").ShouldBe(35m);
        (await customer.CaptureAsync("R", "I-3", 1m)).ShouldBeProblem(409, "RESERVATION_CAPTURED");
        (await customer.ReleaseAsync("R")).ShouldBeProblem(409, "RESERVATION_CAPTURED");
    }

    [Fact]
    public async Task A_capture_after_the_lapse_is_posted_and_marked()
    {
        await using var app = await RunningApp.StartAsync();
        var customer = await Customer.OpenAsync(app.Admin, new { creditLimit = 100 });
        var reserved = (await customer.ReserveAsync(60m, reservationId: "R")).ShouldBe(201);
        reserved["expiresAt"].GetString().ShouldBe("2026-01-01T08:15:00Z");
        await app.MoveClockAsync(new(2026, 1, 1, 8, 15, 0, TimeSpan.Zero));
        (await app.Admin.GetAsync($"{customer.Path}/reservations/R")).ShouldBe(200)["status"].GetString().ShouldBe("lapsed");
        (await customer.ExposureAsync()).Amount("total").ShouldBe(0m);
        (await app.Admin.PatchAsync($"{customer.Path}/reservations/R", new { amount = 61 })).ShouldBeProblem(409, "RESERVATION_LAPSED");

        var captured = (await customer.CaptureAsync("R", "I-1")).ShouldBe(201);
        captured["invoice"].GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).ShouldBe(["capturedAfterLapse"]);
        captured["invoice"].Amount("amount").ShouldBe(60m);
        (await customer.ExposureAsync()).Amount("openInvoices").ShouldBe(60m);
    }

    [Fact]
    public async Task The_lapsed_rest_of_a_partly_delivered_order_is_captured_as_a_fact()
    {
        await using var app = await RunningApp.StartAsync();
        var customer = await Customer.OpenAsync(app.Admin, new { creditLimit = 100 });
        foreach (var order in (string[])["O", "P"])
        {
            var body = new { kind = "order", amount = 50, currency = "EUR", reservationId = order, expiresInSeconds = 60 };
            (await app.Admin.PostAsync($"{customer.Path}/reservations", body)).ShouldBe(201);
            (await app.Admin.PostAsync($"{customer.Path}/reservations/{order}/deliveries", new { amount = 20 })).ShouldBe(201);
        }

        await app.MoveClockAsync(new(2026, 1, 1, 8, 1, 0, TimeSpan.Zero));
        (await customer.ExposureAsync()).Amount("total").ShouldBe(40m);
        (await customer.CaptureAsync("O", "I-1", 50.01m)).ShouldBeProblem(422, "CAPTURE_EXCEEDS_RESERVATION");
        var whole = (await customer.CaptureAsync("O", "I-1", 50m)).ShouldBe(201);
        whole["invoice"].GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).ShouldBe(["capturedAfterLapse"]);
        whole["reservation"].Text("status").ShouldBe("captured");

        var delivered = (await customer.CaptureAsync("P", "I-2")).ShouldBe(201);
        delivered["invoice"].Amount("amount").ShouldBe(20m);
        delivered["invoice"].GetProperty("flags").GetArrayLength().ShouldBe(0);
        delivered["reservation"].Text("status").ShouldBe("lapsed");
        (await app.Admin.GetAsync($"{customer.Path}/reservations?status=lapsed")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(1);
        (await customer.CaptureAsync("P", "I-3", 30m)).ShouldBe(201)["reservation"].Text("status").ShouldBe("captured");
        (await customer.CaptureAsync("P", "I-4", 1m)).ShouldBeProblem(409, "RESERVATION_CAPTURED");
        var exposure = await customer.ExposureAsync();
        (exposure.Amount("deliveries"), exposure.Amount("openInvoices")).ShouldBe((0m, 100m));
    }

    [Fact]
    public async Task Lowering_a_reservation_to_what_is_captured_ends_it()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 500 });
        (await customer.ReserveAsync(500m, kind: "order", reservationId: "R")).ShouldBe(201);
        (await customer.CaptureAsync("R", "I-1", 200m)).ShouldBe(201);
        var path = $"{customer.Path}/reservations/R";
        var changed = (await Admin.PatchAsync(path, new { amount = 200 })).ShouldBe(200);
        (changed["status"].GetString(), changed["remaining"].GetDecimal()).ShouldBe(("captured", 0m));
        (await Admin.GetAsync(path)).ShouldBe(200)["status"].GetString().ShouldBe("captured");
        (await customer.CaptureAsync("R", "I-2")).ShouldBeProblem(409, "RESERVATION_CAPTURED");
        (await Admin.PatchAsync(path, new { amount = 300 })).ShouldBeProblem(409, "RESERVATION_CAPTURED");
    }

    [Fact]
    public async Task Releasing_twice_is_a_200_and_a_released_one_is_not_captured()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        (await customer.ReserveAsync(60m, reservationId: "R")).ShouldBe(201);
        (await customer.ReleaseAsync("R")).ShouldBe(200)["status"].GetString().ShouldBe("released");
        (await customer.ReleaseAsync("R")).ShouldBe(200)["status"].GetString().ShouldBe("released");
        (await customer.ExposureAsync()).Amount("total").ShouldBe(0m);
        (await customer.CaptureAsync("R", "I-1")).ShouldBeProblem(409, "RESERVATION_RELEASED");
        (await customer.ReleaseAsync("unknown")).ShouldBeProblem(404, "NOT_FOUND");
    }

    [Fact]
    public async Task The_same_key_gets_the_first_answer_and_another_body_a_422()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        var first = (await customer.ReserveAsync(60m, key: "till-1/7")).ShouldBe(201);
        first.Headers.Contains("Idempotency-Replayed").ShouldBeFalse();
        var again = (await customer.ReserveAsync(60m, key: "till-1/7")).ShouldBe(201);
        again.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        again.Text.ShouldBe(first.Text);
        (await customer.ReserveAsync(61m, key: "till-1/7")).ShouldBeProblem(422, "IDEMPOTENCY_KEY_REUSED");
        (await customer.ExposureAsync()).Amount("total").ShouldBe(60m);

        var declined = (await customer.ReserveAsync(50m, key: "till-1/8")).ShouldBe(200).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await customer.ReserveAsync(50m, key: "till-1/8")).ShouldBe(200).Text.ShouldBe(declined.Text);
        (await customer.ReserveAsync(1m, key: string.Empty)).ShouldBeProblem(400, "IDEMPOTENCY_KEY_REQUIRED");

        var other = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        (await other.ReserveAsync(61m, key: "till-1/7")).ShouldBe(201);
    }

    [Fact]
    public async Task The_same_reservation_id_is_a_repeat_or_a_conflict()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        var first = (await customer.ReserveAsync(60m, reservationId: "R")).ShouldBe(201);
        (await customer.ReserveAsync(60m, reservationId: "R")).ShouldBe(200).Text.ShouldBe(first.Text);
        (await customer.ReserveAsync(61m, reservationId: "R")).ShouldBeProblem(409, "NUMBER_CONFLICT");
        (await Admin.PatchAsync($"{customer.Path}/reservations/R", new { amount = 50 })).ShouldBe(200);
        (await customer.ReserveAsync(60m, reservationId: "R")).ShouldBe(200)["remaining"].GetDecimal().ShouldBe(50m);
        (await customer.ReserveAsync(10m, reservationId: "T")).ShouldBe(201);
        (await customer.ReleaseAsync("T")).ShouldBe(200);
        (await customer.ReserveAsync(10m, reservationId: "T")).ShouldBeProblem(409, "RESERVATION_RELEASED");
        foreach (var unusable in new[] { "~7", ".", ".." })
        {
            (await customer.ReserveAsync(1m, reservationId: unusable)).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["reservationId"]);
        }

        (await customer.ReserveAsync(51m, reservationId: "S")).ShouldBe(200).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await customer.ReserveAsync(50m, reservationId: "S")).ShouldBe(201);
    }

    [Fact]
    public async Task Of_concurrent_reservations_for_the_last_headroom_exactly_one_wins()
    {
        for (var round = 0; round < 10; round++)
        {
            var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
            (await customer.ReserveAsync(40m)).ShouldBe(201);
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => customer.ReserveAsync(60m)));
            answers.Count(answer => answer.Status == 201).ShouldBe(1);
            answers.Count(answer => answer.Status == 200 && answer["decision"].GetString() == "declined").ShouldBe(7);
            (await customer.ExposureAsync()).Amount("total").ShouldBe(100m);
        }
    }

    [Fact]
    public async Task A_change_that_raises_is_checked_and_one_that_lowers_is_not()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        (await customer.ReserveAsync(60m, reservationId: "R")).ShouldBe(201);
        var path = $"{customer.Path}/reservations/R";
        (await Admin.PatchAsync(path, new { amount = 100 })).ShouldBe(200).ShouldDecide("approved")["amount"].GetDecimal().ShouldBe(100m);
        (await Admin.PatchAsync(path, new { amount = 100.01m })).ShouldBe(200).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await customer.ExposureAsync()).Amount("reservations").ShouldBe(100m);
        (await customer.PutAsync(new { creditLimit = 0 })).ShouldBe(200);
        (await Admin.PatchAsync(path, new { amount = 10 })).ShouldBe(200)["remaining"].GetDecimal().ShouldBe(10m);
        (await Admin.PatchAsync(path, new { amount = 10, expiresInSeconds = 3600 })).ShouldBe(200).ShouldDecide("declined", "LIMIT_EXCEEDED");
        (await Admin.PatchAsync(path, new { amount = 1.001m })).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["amount"]);
        (await Admin.PatchAsync(path, new { })).ShouldBeProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task An_order_moves_to_deliveries_without_being_counted_twice()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 100 });
        var order = (await customer.ReserveAsync(60m, kind: "order", reservationId: "O")).ShouldBe(201);
        order["expiresAt"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        var deliveries = $"{customer.Path}/reservations/O/deliveries";
        (await Admin.PostAsync(deliveries, new { amount = 20 })).ShouldBe(201)["delivered"].GetDecimal().ShouldBe(20m);
        var exposure = await customer.ExposureAsync();
        (exposure.Amount("orders"), exposure.Amount("deliveries"), exposure.Amount("total")).ShouldBe((40m, 20m, 60m));
        (await Admin.PostAsync(deliveries, new { amount = 40.01m })).ShouldBeProblem(422, "DELIVERY_EXCEEDS_ORDER");
        (await Admin.PostAsync(deliveries)).ShouldBe(201)["delivered"].GetDecimal().ShouldBe(60m);
        (await Admin.PostAsync(deliveries)).ShouldBe(200);
        (await customer.ReserveAsync(10m, reservationId: "P")).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/reservations/P/deliveries")).ShouldBeProblem(422, "NOT_AN_ORDER");
    }

    [Fact]
    public async Task Only_what_is_still_to_come_is_cancelled_by_lowering_the_amount_and_everything_by_a_release()
    {
        var customer = await Customer.OpenAsync(Admin, new { creditLimit = 1000 });
        (await customer.ReserveAsync(1000m, kind: "order", reservationId: "O")).ShouldBe(201);
        (await Admin.PostAsync($"{customer.Path}/reservations/O/deliveries", new { amount = 600 })).ShouldBe(201);
        (await Admin.PatchAsync($"{customer.Path}/reservations/O", new { amount = 599.99m })).ShouldBeProblem(422, "AMOUNT_BELOW_USED");
        (await Admin.PatchAsync($"{customer.Path}/reservations/O", new { amount = 600 })).ShouldBe(200)["status"].GetString().ShouldBe("active");
        var exposure = await customer.ExposureAsync();
        (exposure.Amount("orders"), exposure.Amount("deliveries"), exposure.Amount("total")).ShouldBe((0m, 600m, 600m));

        (await customer.ReleaseAsync("O")).ShouldBe(200)["status"].GetString().ShouldBe("released");
        (await customer.ExposureAsync()).Amount("total").ShouldBe(0m);
    }

    [Fact]
    public async Task A_sale_paid_in_full_passes_a_block_but_not_one_of_all_sales()
    {
        var customer = await Customer.OpenAsync(Admin);
        var paid = new { amount = 30, method = "cash" };
        (await Admin.PutAsync($"{customer.Path}/blocks/dispute", new { reason = "", allSales = 5 })).ShouldBeProblem(400, "INVALID_REQUEST")["errors"]
            .EnumerateObject().Select(error => error.Name).ShouldBe(["allSales", "reason"], ignoreOrder: true);
        (await Admin.PutAsync($"{customer.Path}/blocks/dispute", new { reason = "Talks" })).ShouldBe(200)["status"].GetString().ShouldBe("blocked");
        (await customer.CheckAsync(30m)).ShouldDecide("declined", "ACCOUNT_BLOCKED", "LIMIT_EXCEEDED");
        (await customer.ReserveAsync(30m, paid: paid, reservationId: "R")).ShouldBe(201).ShouldDecide("approved");
        (await customer.ExposureAsync()).Amount("total").ShouldBe(0m);
        var captured = (await customer.CaptureAsync("R", "I-1")).ShouldBe(201);
        captured["invoice"].Amount("openAmount").ShouldBe(0m);
        captured["payment"].Amount("amount").ShouldBe(30m);

        (await Admin.PutAsync($"{customer.Path}/blocks/legal", new { reason = "Court", allSales = true })).ShouldBe(200);
        (await customer.ReserveAsync(30m, paid: paid)).ShouldBe(200).ShouldDecide("declined", "ACCOUNT_BLOCKED");
        (await Admin.DeleteAsync($"{customer.Path}/blocks/legal")).ShouldBe(204);
        (await Admin.DeleteAsync($"{customer.Path}/blocks/legal")).ShouldBeProblem(404, "NOT_FOUND");
        (await customer.ReserveAsync(30m, paid: paid)).ShouldBe(201);
        (await customer.PutAsync(new { status = "closed" })).ShouldBe(200)["status"].GetString().ShouldBe("closed");
        (await customer.ReserveAsync(30m, paid: paid)).ShouldBe(200).ShouldDecide("declined", "ACCOUNT_CLOSED");
        (await customer.ReserveAsync(30m, paid: new { amount = 30.01m, method = "cash" })).ShouldBeProblem(422, "PAID_EXCEEDS_AMOUNT");
    }
}
