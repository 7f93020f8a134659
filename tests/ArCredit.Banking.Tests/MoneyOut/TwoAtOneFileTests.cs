using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Tests.DirectDebits;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>A request and the worker, or two nodes, at the same file: whoever is late with an older view of it changes nothing.</summary>
public sealed class TwoAtOneFileTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_payment_file_is_not_fixed_without_what_somebody_else_has_let_go_meanwhile(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await RefundDesk.OpenAsync(app);
        foreach (var id in new[] { "alpha", "beta" })
        {
            await desk.CustomerAsync(id, 100);
            await desk.ApprovedAsync(id, "R-1", 60);
        }

        await desk.CoolDownAsync();
        await StopWorkersAsync(app);
        var messageId = (await desk.MakeFileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        var store = app.Services.GetRequiredService<PaymentFileStore>();
        var lines = await store.LinesAsync(messageId, default);
        await app.SetAsync($"update payment_file set state = 'collecting', content = null, content_hash = null where message_id = '{messageId}'");
        var file = (await store.FindAsync(messageId, default))!;
        async Task<string> FixAsync(IReadOnlyList<PaymentLine> seen)
        {
            await store.FixAsync(file, seen.Count, seen.Sum(line => line.Amount), [1], "hash", session => PaymentFileRun.IsAllAsync(session, file, seen), default);
            return (await store.FindAsync(messageId, default))!.State;
        }

        (await FixAsync([lines[0]])).ShouldBe("collecting");
        await app.SetAsync($"update payment_line set state = 'taken' where message_id = '{messageId}' and line = {lines[1].Line}");
        (await FixAsync([lines[0]])).ShouldBe("collecting");

        // Nothing is left that could go into a file of its own.
        await app.SetAsync($"update payment_line set state = 'filed' where message_id = '{messageId}'");
        await store.LeaveBehindAsync(file, AppSettings.Start, default);
        (await app.Admin.GetAsync("/api/v1/bank/payment-files")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(1);
        (await FixAsync(lines)).ShouldBe("ready");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_collection_whose_file_is_fixed_is_not_cancelled_by_who_still_thinks_it_is_being_made(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        await StopWorkersAsync(app);
        var messageId = (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        var store = app.Services.GetRequiredService<PaymentFileStore>();
        await app.SetAsync($"update payment_file set state = 'collecting' where message_id = '{messageId}'");
        var stale = (await store.FindAsync(messageId, default))!;
        await app.SetAsync($"update payment_file set state = 'sent' where message_id = '{messageId}'");
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/cancellation", new { reason = "asked" })).ShouldBe(200);

        await app.Services.GetRequiredService<CollectionFiles>().CollectAsync(stale, default);

        (await desk.StateAsync("alpha")).ShouldBe("filed");
        (await desk.ReportAsync(RefundDesk.Report(messageId, "ACCP"))).ShouldBe(201)["noted"].GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_brings_work_rings_for_it()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.CoolDownAsync();
        await StopWorkersAsync(app);
        var bells = app.Services.GetRequiredService<WorkBells>();
        await bells.Payments.WaitAsync(TimeSpan.Zero, default);
        await bells.Files.WaitAsync(TimeSpan.Zero, default);
        var messageId = (await desk.MakeFileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;

        (await app.Admin.SendStatementAsync(CashFile.Of("S-1", new CashLine(60m)))).ShouldBe(201);
        (await bells.Payments.WaitAsync(TimeSpan.Zero, default)).ShouldBeTrue();
        (await desk.ReportAsync(RefundDesk.Report(messageId, "ACCP"))).ShouldBe(201);
        (await bells.Files.WaitAsync(TimeSpan.Zero, default)).ShouldBeTrue();
        (await bells.Files.WaitAsync(TimeSpan.Zero, default)).ShouldBeFalse();
    }

    private static Task StopWorkersAsync(RunningApp app) =>
        Task.WhenAll(app.Services.GetServices<IHostedService>().Where(service => service is PaymentWorker or PaymentFileWorker).Select(service => service.StopAsync(default)));
}
