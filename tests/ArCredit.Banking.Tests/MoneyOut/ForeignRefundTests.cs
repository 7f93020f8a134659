using System.Text.Json;
using ArCredit.Banking.Tests.Http;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>Money that came in one currency and goes back in it, on the ledger of an account in another.</summary>
public sealed class ForeignRefundTests
{
    /// <summary>
    /// JD Edwards, "Realized Gain/Loss on Foreign Currency Voucher and Payment": 1,000 CAD owed at 0.71761 and paid at 0.71767 lose 0.06 EUR. What a
    /// customer gets back is owed in the same way. If the bank does not pay it, nothing was lost.
    /// </summary>
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_refund_realises_its_difference_when_it_leaves_and_gives_it_back_when_it_returns(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database);
        await using (var app = await RunningApp.StartAsync(settings))
        {
            var desk = await RefundDesk.OpenAsync(app);
            (await app.Admin.PutBankAccountAsync("cad", "GB29NWBK60161331926819", "CAD")).ShouldBe(201);
            (await app.Admin.PutAsync("/api/v1/bank/accounts/cad/outgoing", new { holder = "Main", bic = "NWBKGB2L" })).ShouldBe(200);
            await RateAsync(app, "2026-01-01", 0.71761m);
            await RateAsync(app, "2026-01-03", 0.71767m);
            await desk.CustomerAsync("alpha", 10);
            (await app.Admin.PostAsync("/api/v1/accounts/alpha/payments", new
            {
                paymentId = "P-CAD",
                amount = 1000m,
                currency = "CAD",
                receivedOn = "2026-01-01",
                method = "transfer",
                allocations = Array.Empty<object>(),
            })).ShouldBe(201);
            (await desk.StandAsync("alpha")).ShouldBe((-727.61m, -727.61m, 0));

            (await desk.RequestAsync("alpha", "R-1", 1000, "P-CAD")).ShouldBeProblem(422, "CURRENCY_MISMATCH");
            (await desk.RequestAsync("alpha", "R-1", 1000, "P-CAD", "CAD")).ShouldBe(201);
            (await desk.ApproveAsync("alpha", "R-1")).ShouldBe(201);
            (await desk.StandAsync("alpha")).ShouldBe((-727.61m, -10, 717.61m));
            await desk.CoolDownAsync();
            (await desk.MakeFileAsync()).ShouldBeProblem(422, "NOTHING_TO_PAY");
            var made = (await desk.Asks.PostAsync("/api/v1/bank/payment-files", new { bankAccount = "cad" }, "cad-1")).ShouldBe(201);
            var messageId = made["file"].GetProperty("messageId").GetString()!;
            var transfer = CreditTransfers.Read(await desk.DownloadAsync(messageId), "pain.001.001.09").Transfers.ShouldHaveSingleItem();
            (transfer.Amount, transfer.Currency).ShouldBe((1000m, "CAD"));
            (await desk.StandAsync("alpha")).ShouldBe((-10, -10, 0));
            (await RealisedAsync(desk)).ShouldBe(-0.06m);

            (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBe(200);
            (await desk.ReportAsync(RefundDesk.Report(messageId, null, payments: (transfer.EndToEndId, "RJCT", "AC04")))).ShouldBe(201);
            await desk.BecomesAsync("alpha", "R-1", "rejected");
            (await desk.StandAsync("alpha")).ShouldBe((-727.61m, -727.61m, 0));
            (await RealisedAsync(desk)).ShouldBe(0m);

            // Asked for again it leaves again.
            (await desk.RequestAsync("alpha", "R-2", 400, "P-CAD", "CAD")).ShouldBe(201);
            (await desk.ApproveAsync("alpha", "R-2")).ShouldBe(201);
            (await desk.Asks.PostAsync("/api/v1/bank/payment-files", new { bankAccount = "cad" }, "cad-2")).ShouldBe(201);
            (await RealisedAsync(desk)).ShouldBe(-0.02m);
            (await desk.StandAsync("alpha")).ShouldBe((-440.57m, -440.57m, 0));
            await app.StopAsync();
        }

        var (exitCode, output) = await HostProcess.RunToEndAsync(settings, ["verify", "--data", settings.DataDirectory!]);
        exitCode.ShouldBe(0, output);
    }

    private static async Task RateAsync(RunningApp app, string date, decimal rate) =>
        (await app.Admin.PutAsync($"/api/v1/fx-rates/{date}", new[] { new { from = "CAD", to = "EUR", rate } })).ShouldBe(200);

    /// <summary>Everything that the ledger says was gained or lost on rates.</summary>
    private static async Task<decimal> RealisedAsync(RefundDesk desk) =>
        (await desk.Asks.GetAsync("/api/v1/accounts/alpha/ledger")).ShouldBe(200)["items"].EnumerateArray().SelectMany(entry => entry.GetProperty("lines").EnumerateArray())
            .Where(line => line.TryGetProperty("fxDifference", out var difference) && difference.ValueKind == JsonValueKind.Object)
            .Sum(line => line.GetProperty("fxDifference").GetProperty("amount").GetDecimal());
}
