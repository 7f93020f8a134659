using System.Globalization;
using System.Text.Json;
using ArCredit.Banking.Tests.DirectDebits;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.MoneyOut;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Posting;

/// <summary>What an MT940 says came back does to accounts, mandates and refunds what a camt does.</summary>
public sealed class ReturnedInMt940Tests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private decimal balance = 1000;
    private int number;

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_direct_debit_bounces_for_the_reason_of_its_field_and_not_for_one_in_its_text(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        await desk.CustomerAsync("gamma", amounts: [30]);
        await desk.SentAsync();
        await desk.DayAsync(20);
        foreach (var customer in new[] { "alpha", "beta", "gamma" })
        {
            await desk.BecomesAsync(customer, "settled");
        }

        (await app.Admin.SendStatementAsync(Statement(
            (-100, $"109?00RETOURE?20EREF+{await desk.IdAsync("alpha")}?21SVWZ+Beitrag?30PBNKDEFF?32Muster?34912"),
            (-43.5m, $"/RTYP/SEPA Incasso niet uitgevoerd/RTRN/AC04/EREF/{await desk.IdAsync("beta")}/REMI/Mei"),
            (-30, $"109?00RETOURE?20EREF+{await desk.IdAsync("gamma")}?21SVWZ+Rueckgabegrund MD06?34906")))).ShouldBe(201);
        foreach (var customer in new[] { "alpha", "beta", "gamma" })
        {
            await desk.BecomesAsync(customer, "returned");
        }

        (await desk.StandAsync("beta")).ShouldBe((40, 0, 0, 40));
        (await desk.MandateAsync("alpha"), await desk.MandateAsync("beta"), await desk.MandateAsync("gamma")).ShouldBe(("suspended MD06", "suspended AC04", "active"));
        (await desk.CollectionAsync("gamma")).GetProperty("reason").GetString().ShouldBe("AM04");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_refund_comes_back_with_its_reason_and_is_no_payment_of_a_customer(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.CoolDownAsync();
        var endToEnd = RefundDesk.Payments((await desk.MakeFileAsync()).ShouldBe(201))[0].GetProperty("endToEndId").GetString()!;
        (await app.Admin.SendStatementAsync(Statement((-60, $"177?00UEBERWEISUNG?20EREF+{endToEnd}?34912")))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "R-1", "settled");
        (await app.Admin.SendStatementAsync(Statement((60, $"159?00RETOURE?20EREF+{endToEnd}?34902")))).ShouldBe(201);
        await desk.BecomesAsync("alpha", "R-1", "returned");
        (await desk.RefundAsync("alpha", "R-1"))["code"].GetString().ShouldBe("AC04");
        (await desk.StandAsync("alpha")).ShouldBe((-100, -100, 0));
        var payment = (await app.Admin.BookingsAsync()).SelectMany(booking => booking.GetProperty("payments").EnumerateArray()).ShouldHaveSingleItem();
        (CashDesk.Fate(payment), payment.GetProperty("refund").GetString(), payment.GetProperty("paymentId").GetString()).ShouldBe(("posted alpha", endToEnd, null));
    }

    [Fact]
    public async Task A_transfer_that_the_customers_bank_takes_back_opens_its_invoice_again()
    {
        await using var app = await RunningApp.StartAsync();
        (await app.Admin.PutBankAccountAsync("main", RefundDesk.OwnIban)).ShouldBe(201);
        (await app.Admin.PutAsync("/api/v1/accounts/alpha", new { name = "Alpha", currency = "EUR" })).ShouldBe(201);
        (await app.Admin.PostAsync("/api/v1/accounts/alpha/invoices", new { number = "INV-4711", issueDate = "2026-01-01", amount = 80, currency = "EUR" })).ShouldBe(201);
        (await app.Admin.SendStatementAsync(Statement((80, "166?00GUTSCHRIFT?20EREF+THEIRS-1?21SVWZ+INV-4711?32Alpha")))).ShouldBe(201);
        await HasAsync(app, "posted");
        (await app.Admin.SendStatementAsync(Statement((-80, "/EREF/THEIRS-1/RTRN/FOCR/REMI/INV-4711")))).ShouldBe(201);
        await HasAsync(app, "returned");
        (await app.Admin.GetAsync("/api/v1/accounts/alpha/open-items")).ShouldBe(200)["items"].EnumerateArray()
            .ShouldContain(item => item.GetProperty("number").GetString() == "INV-4711" && item.GetProperty("openAmount").GetDecimal() == 80);
    }

    private static async Task HasAsync(RunningApp app, string state)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            var payments = (await app.Admin.BookingsAsync()).SelectMany(booking => booking.GetProperty("payments").EnumerateArray()).ToList();
            if (payments.Exists(payment => CashDesk.State(payment) == state))
            {
                return;
            }

            late.IsCancellationRequested.ShouldBeFalse(JsonSerializer.Serialize(payments));
        }
    }

    private string Statement(params (decimal Amount, string Purpose)[] bookings)
    {
        string Balance() => $"{(balance < 0 ? 'D' : 'C')}260120EUR{Digits(balance)}";
        var opening = Balance();
        var lines = bookings.Select(booking => $":61:2601200120{(booking.Amount < 0 ? 'D' : 'C')}{Digits(booking.Amount)}NTRFNONREF\n:86:{booking.Purpose}\n").ToList();
        balance += bookings.Sum(booking => booking.Amount);
        return $":20:S{++number}\n:25:{RefundDesk.OwnIban}\n:28C:{number}/1\n:60F:{opening}\n{string.Concat(lines)}:62F:{Balance()}\n-\n";
    }

    private static string Digits(decimal amount) => Math.Abs(amount).ToString("F2", CultureInfo.InvariantCulture).Replace('.', ',');
}
