using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Posting;

/// <summary>Whatever was decided wrongly of a bank payment, by whom ever, can be put right.</summary>
public sealed class CorrectionTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_is_no_customers_payment_is_set_aside_and_taken_up_again(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 500m));
        var payments = await desk.ReceiveAsync(new CashLine(12.5m, "interest of the quarter"), new CashLine(500m, "INV-1001"), new CashLine(-3m, "fee") { IsReversal = true });
        payments.Select(CashDesk.Fate).ShouldBe(["waiting NO_MATCH", "posted alpha", "waiting NO_MATCH"]);
        Task<Testing.App.Answer> AsideAsync(int at, string reason) => app.Admin.PostAsync($"/api/v1/bank/transactions/{CashDesk.Id(payments[at])}/set-aside", new { reason });
        Task<Testing.App.Answer> TakeUpAsync(int at) => app.Admin.PostAsync($"/api/v1/bank/transactions/{CashDesk.Id(payments[at])}/set-aside/reversal", new { });

        (await AsideAsync(0, " ")).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["reason"]);
        (await AsideAsync(1, "not ours")).ShouldBeProblem(409, "PAYMENT_NOT_WAITING");
        (await TakeUpAsync(0)).ShouldBeProblem(409, "PAYMENT_NOT_SET_ASIDE");
        var aside = (await AsideAsync(0, "interest of the bank")).ShouldBe(200);
        (aside["state"].GetString(), aside["reason"].GetString()).ShouldBe(("setAside", "interest of the bank"));
        (await AsideAsync(0, "interest of the bank")).ShouldBe(200).Text.ShouldBe(aside.Text);
        (await AsideAsync(2, "charge")).ShouldBe(200);
        (await app.Admin.GetAsync("/api/v1/bank/transactions?state=waiting")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(0);
        (await app.Admin.GetAsync("/api/v1/bank/transactions?state=setAside")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(2);
        var counts = await desk.SettledAsync(CashDesk.Id(payments[0])[..36]);
        (counts.GetProperty("setAside").GetInt64(), counts.GetProperty("posted").GetInt64(), counts.GetProperty("open").GetInt64()).ShouldBe((2, 1, 0));
        (await desk.MatchAsync(payments[0], "alpha")).ShouldBeProblem(409, "PAYMENT_NOT_WAITING");

        (await TakeUpAsync(0)).ShouldBe(200);
        await desk.SettledAsync(CashDesk.Id(payments[0])[..36]);
        (await TakeUpAsync(0)).ShouldBe(200)["state"].GetString().ShouldBe("waiting");
        (await desk.MatchAsync(payments[0], "alpha")).ShouldBe(200)["state"].GetString().ShouldBe("posted");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_return_matched_with_the_wrong_payment_is_undone_and_the_payment_posted_anew(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 500m), ("INV-1002", 20m));
        var payments = await desk.ReceiveAsync(new CashLine(500m, "INV-1001"), new CashLine(-50m, "returned") { IsReversal = true });
        payments.Select(CashDesk.Fate).ShouldBe(["posted alpha", "waiting NO_MATCH"]);
        var path = $"/api/v1/bank/transactions/{CashDesk.Id(payments[1])}/match";
        (await app.Admin.PostAsync(path, new { reverses = CashDesk.Id(payments[0]) })).ShouldBeProblem(422, "RETURN_AMOUNT_DIFFERS");
        (await desk.OpenAsync("alpha")).ShouldBe("INV-1002:20.00");
        (await app.Admin.PostAsync(path, new { reverses = CashDesk.Id(payments[0]), acceptDifference = true })).ShouldBe(200);
        (await desk.OpenAsync("alpha")).ShouldBe("INV-1001:500.00 INV-1002:20.00");

        // A part of what it paid is paid otherwise meanwhile: the rest of it is unapplied.
        (await app.Admin.PostAsync("/api/v1/accounts/alpha/payments", new
        {
            paymentId = "P-1",
            amount = 100,
            currency = "EUR",
            receivedOn = "2026-01-01",
            method = "transfer",
            allocations = new[] { new { invoice = "INV-1001", amount = 100 } },
        })).ShouldBe(201);
        var undone = (await desk.UnmatchReturnAsync(payments[1], payments[0])).ShouldBe(200);
        undone["reverses"].GetString().ShouldBeNull();
        (await desk.UnmatchReturnAsync(payments[1], payments[0])).ShouldBe(200);
        await desk.SettledAsync(CashDesk.Id(payments[0])[..36]);
        var after = await desk.PaymentsAsync(CashDesk.Id(payments[0])[..36]);
        after.Select(CashDesk.State).ShouldBe(["posted", "waiting"]);
        after[0].GetProperty("paymentId").GetString().ShouldNotBe(payments[0].GetProperty("paymentId").GetString());
        (await desk.OpenAsync("alpha")).ShouldContain("INV-1002:20.00");
        var account = (await app.Admin.GetAsync("/api/v1/accounts/alpha")).ShouldBe(200);
        (account["balance"].GetDecimal(), account["exposure"].GetProperty("returnedPayments").GetDecimal()).ShouldBe((-80m, 0m));

        // And the payment can be corrected as any other.
        (await desk.UnmatchAsync(after[0])).ShouldBe(200);
        (await desk.OpenAsync("alpha")).ShouldBe("INV-1001:400.00 INV-1002:20.00");
        (await desk.UnmatchReturnAsync(payments[0], payments[1])).ShouldBeProblem(409, "PAYMENT_CHANGED");
        (await app.Admin.PostAsync($"/api/v1/bank/transactions/{CashDesk.Id(payments[1])}/unmatch", new { })).ShouldBeProblem(400, "INVALID_REQUEST");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_payment_that_the_bank_did_not_take_back_pays_again_what_people_had_it_pay(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        async Task<string> TakenBackAndNotAsync(string customer, params object[][] allocations)
        {
            await desk.CustomerAsync(customer, customer, ($"{customer}-1001", 60m), ($"{customer}-1002", 60m));
            var posted = (await desk.ReceiveAsync(new CashLine(60m, $"{customer}-1001") { EndToEnd = customer })).ShouldHaveSingleItem();
            CashDesk.Fate(posted).ShouldBe($"posted {customer}");
            var payment = $"/api/v1/accounts/{customer}/payments/{posted.GetProperty("paymentId").GetString()}/allocations";
            (await app.Admin.PostAsync($"{payment}/1/reversal", new { })).ShouldBe(201);
            foreach (var each in allocations)
            {
                (await app.Admin.PostAsync(payment, new { allocations = each })).ShouldBe(201);
            }

            var before = await StandAsync(customer);
            var taken = (await desk.ReceiveAsync(new CashLine(-60m, $"back of {customer}") { EndToEnd = customer, IsReversal = true })).ShouldHaveSingleItem();
            CashDesk.Fate(taken).ShouldBe($"posted {customer}");
            (await StandAsync(customer)).ShouldNotBe(before);
            (await desk.UnmatchReturnAsync(taken, posted)).ShouldBe(200);
            (await StandAsync(customer)).ShouldBe(before);
            return before;
        }

        async Task<string> StandAsync(string customer)
        {
            var account = (await app.Admin.GetAsync($"/api/v1/accounts/{customer}")).ShouldBe(200);
            var open = (await desk.OpenAsync(customer)).Split(' ').Select(item => item.StartsWith("bank-", StringComparison.Ordinal) ? item[item.IndexOf(':', StringComparison.Ordinal)..] : item);
            return $"{string.Join(' ', open)} {account["balance"].GetRawText()} {account["exposure"].GetProperty("returnedPayments").GetRawText()}";
        }

        (await TakenBackAndNotAsync("moved", [new { invoice = "moved-1002", amount = 60 }])).ShouldBe("moved-1001:60.00 60.00 0.00");
        (await TakenBackAndNotAsync("split", [new { invoice = "split-1002", amount = 20 }], [new { invoice = "split-1002", amount = 10 }, new { invoice = "split-1001", amount = 5 }]))
            .ShouldBe(":-25.00 split-1001:55.00 split-1002:30.00 60.00 0.00");
        (await TakenBackAndNotAsync("unapplied")).ShouldBe(":-60.00 unapplied-1001:60.00 unapplied-1002:60.00 60.00 0.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_reference_that_another_returned_payment_has_too_returns_nothing_by_itself(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m), ("INV-1002", 10m));
        CashLine[] Month(string invoice) => [new CashLine(10m, invoice) { EndToEnd = "RENT" }, new CashLine(-10m, invoice) { EndToEnd = "RENT", IsReversal = true }];
        (await desk.ReceiveAsync(Month("INV-1001"))).Select(CashDesk.Fate).ShouldBe(["returned alpha", "posted alpha"]);
        (await desk.ReceiveAsync(Month("INV-1002"))).Select(CashDesk.Fate).ShouldBe(["posted alpha", "waiting AMBIGUOUS"]);

        // And nothing posts itself below the company's own bar.
        (await app.Admin.PutAsync("/api/v1/bank/matching/main", new { postFrom = 1 })).ShouldBe(200);
        var barred = await desk.ReceiveAsync(new CashLine(11m) { EndToEnd = "E-1" }, new CashLine(-11m) { EndToEnd = "E-1", IsReversal = true });
        CashDesk.Fate(barred[1]).ShouldBe("waiting LOW_CONFIDENCE");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_payment_of_a_statement_is_taken_back_by_its_booking_only(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await CashDesk.OpenAsync(app.Admin);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m), ("INV-1002", 20m));
        var payments = await desk.ReceiveAsync(new CashLine(10m, "INV-1001"), new CashLine(30m) { Details = [(20m, "INV-1002"), (10m, "nothing")] });
        payments.Select(CashDesk.Fate).ShouldBe(["posted alpha", "posted alpha", "waiting NO_MATCH"]);
        Task<Testing.App.Answer> ReverseAsync(string id, string reason) => app.Admin.PostAsync($"/api/v1/accounts/alpha/payments/{id}/reversal", new { reason });
        foreach (var payment in payments.Take(2))
        {
            foreach (var reason in new[] { "mistake", "bounced" })
            {
                (await ReverseAsync(payment.GetProperty("paymentId").GetString()!, reason)).ShouldBeProblem(409, "BANK_PAYMENT")
                    ["detail"].GetString()!.ShouldContain($"/bank/transactions/{CashDesk.Id(payment)}/unmatch");
            }
        }

        (await desk.OpenAsync("alpha")).ShouldBeEmpty();

        // One that only looks so came from elsewhere, as history may.
        var imported = payments[0].GetProperty("paymentId").GetString()!.Replace('a', 'b').Replace('0', '1') + "-2";
        (await app.Admin.PostAsync("/api/v1/accounts/alpha/payments", new { paymentId = imported, amount = 5, currency = "EUR", receivedOn = "2026-01-01", method = "transfer" })).ShouldBe(201);
        (await ReverseAsync(imported, "mistake")).ShouldBe(201);
        (await ReverseAsync("bank-17", "mistake")).ShouldBe(404);

        // What was reversed by whoever came past that can still be taken back and posted again.
        await app.Services.GetRequiredService<IAccounts>().AskAsync(
            AccountId.Parse("alpha"), new ReversePayment(DocumentNumber.Parse(payments[0].GetProperty("paymentId").GetString()!), ReversalReason.Bounced, null, null), new AskOptions("test"), default);
        (await desk.OpenAsync("alpha")).ShouldBe("INV-1001:10.00");
        (await desk.UnmatchAsync(payments[0])).ShouldBe(200);
        await desk.SettledAsync(CashDesk.Id(payments[0])[..36]);
        var waiting = (await desk.PaymentsAsync(CashDesk.Id(payments[0])[..36]))[0];
        CashDesk.Fate(waiting).ShouldBe("waiting CORRECTED");
        CashDesk.Fate((await desk.ConfirmAsync(waiting)).ShouldBe(200).Json).ShouldBe("posted alpha");
        (await desk.OpenAsync("alpha")).ShouldBeEmpty();
    }
}
