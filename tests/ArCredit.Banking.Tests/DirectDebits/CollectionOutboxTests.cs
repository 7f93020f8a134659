using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>Every place where a process may die between the announcement and the payment.</summary>
public sealed class CollectionOutboxTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("arcredit-debit-").FullName;

    private string Outbox => Path.Combine(folder, "out");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_that_was_left_half_way_becomes_the_same_once()
    {
        await using var app = await StartAsync();
        var (desk, messageId) = await SentAsync(app);
        var content = await desk.DownloadAsync(messageId);
        await app.StopAsync();

        // One collection was decided and the other not; nothing was written.
        await app.SetAsync("update payment_file set state = 'collecting', content = null, content_hash = null, temporary = null");
        await app.SetAsync("update collection set state = 'taken' where account_id = 'alpha'");
        File.Delete(Directory.EnumerateFiles(Outbox).Single());
        await using var next = await app.RestartAsync();
        await next.ComesToPassAsync(async () => (await FileStateAsync(next, messageId)) == "sent");
        (await File.ReadAllBytesAsync(Directory.EnumerateFiles(Outbox).ShouldHaveSingleItem())).ShouldBe(content);
    }

    [Fact]
    public async Task A_file_that_was_put_there_and_not_marked_is_not_put_there_again()
    {
        await using var app = await StartAsync();
        var (_, messageId) = await SentAsync(app);
        await app.StopAsync();
        await app.SetAsync("update payment_file set state = 'uploading'");
        File.Delete(Directory.EnumerateFiles(Outbox).Single());
        await using var next = await app.RestartAsync();
        await next.ComesToPassAsync(async () => (await FileStateAsync(next, messageId)) == "sent");
        Directory.EnumerateFiles(Outbox).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_posted_or_taken_back_and_not_marked_is_there_once()
    {
        await using var app = await StartAsync();
        var (desk, messageId) = await SentAsync(app);
        await desk.DayAsync(20);
        await desk.BecomesAsync("alpha", "settled");
        await desk.BecomesAsync("beta", "settled");
        (await desk.StandAsync("alpha")).ShouldBe((0, 0, 100, 0));
        await app.StopAsync();
        await app.SetAsync("update collection set state = 'settling' where account_id = 'alpha'");
        await using var again = await app.RestartAsync();
        var after = new DebitDesk(again, again.Admin, again.Admin);
        await after.BecomesAsync("alpha", "settled");
        (await after.StandAsync("alpha")).ShouldBe((0, 0, 100, 0));

        // The rejection came while the payment was being posted: it is taken back, once.
        var id = await after.IdAsync("beta");
        (await after.ReportAsync(MoneyOut.RefundDesk.Report(messageId, "RJCT", "AM04"))).ShouldBe(201)["rejected"].GetInt32().ShouldBe(2);
        await after.BecomesAsync("beta", "returned");
        await again.StopAsync();
        await again.SetAsync($"update collection set state = 'settled', wanted = 'returned' where collection_id = '{id}'");
        await using var last = await again.RestartAsync();
        var desk3 = new DebitDesk(last, last.Admin, last.Admin);
        await desk3.BecomesAsync("beta", "returned");
        (await desk3.StandAsync("beta")).ShouldBe((40, 0, 0, 40));
    }

    [Fact]
    public async Task An_announcement_that_was_not_written_down_is_written_once()
    {
        await using var app = await StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        (await desk.RunAsync()).ShouldBe(201);
        await app.StopAsync();
        await app.SetAsync("update collection set untold = 1");
        await using var next = await app.RestartAsync();
        await next.ComesToPassAsync(async () => await CountAsync(next, "select count(*) from collection where untold = 1") == 0);
        (await next.Admin.GetAsync("/api/v1/accounts/alpha/timeline")).ShouldBe(200)["items"].EnumerateArray()
            .Count(entry => entry.GetRawText().Contains("direct-debit-announced", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task What_ended_while_a_file_was_left_half_way_is_not_in_it()
    {
        await using var app = await StartAsync();
        var (_, messageId) = await SentAsync(app);
        await app.StopAsync();

        // Both were taken when the process died; it came back after a mandate had ended and the day of another was gone.
        await app.SetAsync("update payment_file set state = 'collecting', content = null, content_hash = null, temporary = null");
        await app.SetAsync("update collection set state = 'taken'");
        await app.SetAsync("update mandate set status = 'cancelled' where account_id = 'alpha'");
        await app.SetAsync("update collection set collect_on = file_from where account_id = 'beta'");
        File.Delete(Directory.EnumerateFiles(Outbox).Single());
        await using var next = await app.RestartAsync();
        await next.ComesToPassAsync(async () => (await FileStateAsync(next, messageId)) == "empty");
        var after = new DebitDesk(next, next.Admin, next.Admin);
        (await after.CollectionAsync("alpha")).GetProperty("reason").GetString().ShouldBe("MANDATE_CANCELLED");
        (await after.CollectionAsync("beta")).GetProperty("reason").GetString().ShouldBe("DATE_MISSED");
        Directory.EnumerateFiles(Outbox).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mandate_that_was_amended_while_a_file_was_left_half_way_cools_down_first()
    {
        const string NewIban = "DE76508800500194780101";
        await using var app = await StartAsync();
        var (desk, messageId) = await SentAsync(app);
        (await desk.Asks.PutAsync("/api/v1/accounts/alpha/mandates/M-alpha/amendments/A-1", new { iban = NewIban })).ShouldBe(201);
        (await desk.Signs.PostAsync("/api/v1/accounts/alpha/mandates/M-alpha/amendments/A-1/confirmation")).ShouldBe(200);
        await app.StopAsync();

        // All collections were decided when the process died, and nothing was written.
        await app.SetAsync("update payment_file set state = 'collecting', content = null, content_hash = null, temporary = null");
        File.Delete(Directory.EnumerateFiles(Outbox).Single());
        await using var next = await app.RestartAsync();
        await next.ComesToPassAsync(async () => (await FileStateAsync(next, messageId)) == "sent");
        var after = new DebitDesk(next, next.Admin, next.Admin);
        (await after.CollectionAsync("alpha")).GetProperty("reason").GetString().ShouldBe("MANDATE_COOLING_DOWN");
        var text = await File.ReadAllTextAsync(Directory.EnumerateFiles(Outbox).ShouldHaveSingleItem());
        text.ShouldContain("M-beta");
        text.ShouldNotContain("M-alpha");
        text.ShouldNotContain(NewIban);
    }

    [Fact]
    public async Task A_file_that_comes_too_late_for_its_day_is_not_sent_any_more()
    {
        string messageId;
        await using (var app = await StartAsync(withOutbox: false))
        {
            var desk = await DebitDesk.OpenAsync(app);
            await desk.CustomerAsync("alpha", amounts: [100]);
            await desk.ApprovedAsync();
            await desk.NoticeAsync();
            messageId = (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
            await desk.DayAsync(20);
            (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{messageId}/sending")).ShouldBeProblem(409, "COLLECTION_DATE_MISSED");
            (await FileStateAsync(app, messageId)).ShouldBe("ready");
        }

        await using var next = await StartAsync();
        await next.ComesToPassAsync(async () => (await FileStateAsync(next, messageId)) == "withdrawn");
        var after = new DebitDesk(next, next.Admin, next.Admin);
        (await after.CollectionAsync("alpha")).GetProperty("reason").GetString().ShouldBe("DATE_MISSED");
        Directory.Exists(Outbox).ShouldBeFalse();
    }

    private Task<RunningApp> StartAsync(bool withOutbox = true) => RunningApp.StartAsync(new AppSettings
    {
        DataDirectory = Path.Combine(folder, "data"),
        More = withOutbox ? new Dictionary<string, string?> { ["Banking:Outbox"] = Outbox } : [],
    });

    private static async Task<(DebitDesk Desk, string MessageId)> SentAsync(RunningApp app)
    {
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        var made = (await desk.FileAsync()).ShouldBe(201);
        made["file"].GetProperty("state").GetString().ShouldBe("sent");
        return (desk, made["file"].GetProperty("messageId").GetString()!);
    }

    private static async Task<string?> FileStateAsync(RunningApp app, string messageId) =>
        (await app.Admin.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200)["file"].GetProperty("state").GetString();

    private static async Task<long> CountAsync(RunningApp app, string sql)
    {
        await using var session = await app.Services.GetRequiredService<IDatabase>().OpenReadAsync(default);
        return await session.Connection.ExecuteScalarAsync<long>(sql);
    }
}
