using ArCredit.Banking.MoneyOut;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>The folders between us and the bank, and every place where a process may die.</summary>
public sealed class OutboxTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("arcredit-bank-").FullName;

    private string Outbox => Path.Combine(folder, "out");

    private string Inbox => Path.Combine(folder, "in");

    private AppSettings Settings => new()
    {
        DataDirectory = Path.Combine(folder, "data"),
        More = new Dictionary<string, string?> { ["Banking:Outbox"] = Outbox, ["Banking:Inbox"] = Inbox },
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_is_put_into_the_outbox_whole_and_what_the_inbox_brings_is_read()
    {
        await using var app = await RunningApp.StartAsync(Settings);
        var (desk, messageId) = await SentAsync(app);
        var path = Directory.EnumerateFiles(Outbox).ShouldHaveSingleItem();
        Path.GetFileName(path).ShouldBe($"{messageId}.xml");
        (await File.ReadAllBytesAsync(path)).ShouldBe(await desk.DownloadAsync(messageId));
        (await desk.StatusAsync("alpha", "R-1")).ShouldBe("sent");

        Directory.CreateDirectory(Inbox);
        await BringAsync("1.xml", RefundDesk.Report(messageId, "ACSC"));
        await BringAsync("2.xml", RefundDesk.Report("ARC-NONE", "ACSC"));
        await desk.BecomesAsync("alpha", "R-1", "settled");
        await app.ComesToPassAsync(() => Task.FromResult(Directory.EnumerateFiles(Inbox).All(file => !file.EndsWith(".xml", StringComparison.Ordinal))));
        File.Exists(Path.Combine(Inbox, "done", "1.xml")).ShouldBeTrue();
        (await File.ReadAllTextAsync(Path.Combine(Inbox, "refused", "2.xml.reason.txt"))).ShouldContain("ARC-NONE");
    }

    [Fact]
    public void A_file_that_has_neither_name_is_known_to_be_gone()
    {
        Directory.CreateDirectory(Outbox);
        ArCredit.Banking.MoneyOut.Outbox.Write(Outbox, ".a.tmp", [1]);
        ArCredit.Banking.MoneyOut.Outbox.Publish(Outbox, ".a.tmp", "a.xml").ShouldBeTrue();
        ArCredit.Banking.MoneyOut.Outbox.Publish(Outbox, ".a.tmp", "a.xml").ShouldBeTrue();
        File.Delete(Path.Combine(Outbox, "a.xml"));
        ArCredit.Banking.MoneyOut.Outbox.Publish(Outbox, ".a.tmp", "a.xml").ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_bank_contradicts_stands_beside_its_report()
    {
        await using var app = await RunningApp.StartAsync(Settings);
        var (desk, messageId) = await SentAsync(app);
        Directory.CreateDirectory(Inbox);
        await BringAsync("1.xml", RefundDesk.Report(messageId, "RJCT", "AC04"));
        await desk.BecomesAsync("alpha", "R-1", "rejected");
        await BringAsync("2.xml", RefundDesk.Report(messageId, "ACSC"));

        // Moved last.
        await app.ComesToPassAsync(() => Task.FromResult(File.Exists(Path.Combine(Inbox, "done", "2.xml"))));
        var endToEnd = RefundDesk.Payments((await desk.Asks.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200))[0].GetProperty("endToEndId").GetString()!;
        (await File.ReadAllLinesAsync(Path.Combine(Inbox, "done", "2.xml.contradicted.txt"))).ShouldBe([endToEnd]);
        File.Exists(Path.Combine(Inbox, "done", "1.xml.contradicted.txt")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_that_fails_is_left_and_the_others_go_on()
    {
        await using var app = await RunningApp.StartAsync(Settings);
        var (desk, first) = await SentAsync(app);
        await desk.CustomerAsync("beta", 100);
        await desk.ApprovedAsync("beta", "R-2", 100);
        await app.MoveClockAsync(AppSettings.Start.AddDays(5));
        var second = (await desk.MakeFileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;

        // The one cannot be uploaded, nor the other's neighbour in the inbox be opened.
        await app.SetAsync($"update payment_file set state = 'ready', content = null where message_id = '{first}'");
        Directory.CreateDirectory(Inbox);
        File.CreateSymbolicLink(Path.Combine(Inbox, "0.xml"), Path.Combine(folder, "nowhere"));
        await BringAsync("1.xml", RefundDesk.Report(second, "ACSC"));
        await desk.BecomesAsync("beta", "R-2", "settled");

        // What is known of the payments of the one is told all the same.
        await app.SetAsync($"update payment_line set wanted = 'settled' where message_id = '{first}'");
        await desk.BecomesAsync("alpha", "R-1", "settled");
    }

    [Fact]
    public async Task A_file_that_the_bank_has_taken_away_is_not_sent_again()
    {
        await using var app = await RunningApp.StartAsync(Settings);
        var (_, messageId) = await SentAsync(app);

        // It died between renaming and saying so, and the bank was quick.
        await app.StopAsync();
        await app.SetAsync("update payment_file set state = 'uploading'");
        File.Delete(Directory.EnumerateFiles(Outbox).Single());
        await using var next = await app.RestartAsync();
        await SentAgainAsync(next, messageId);
        Directory.EnumerateFiles(Outbox).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_was_written_and_not_renamed_is_renamed()
    {
        await using var app = await RunningApp.StartAsync(Settings);
        var (_, messageId) = await SentAsync(app);
        await app.StopAsync();
        await app.SetAsync("update payment_file set state = 'uploading'");
        var path = Directory.EnumerateFiles(Outbox).Single();
        var content = await File.ReadAllBytesAsync(path);
        await using var session = await app.Services.GetRequiredService<IDatabase>().OpenReadAsync(default);
        var temporary = await session.Connection.QuerySingleAsync<string>("select temporary from payment_file");
        File.Move(path, Path.Combine(Outbox, temporary));
        await using var next = await app.RestartAsync();
        await SentAgainAsync(next, messageId);
        (await File.ReadAllBytesAsync(Directory.EnumerateFiles(Outbox).ShouldHaveSingleItem())).ShouldBe(content);
    }

    [Fact]
    public async Task A_file_that_was_left_before_its_content_was_fixed_becomes_the_same_once()
    {
        await using var app = await RunningApp.StartAsync(Settings);
        var (desk, messageId) = await SentAsync(app);
        var content = await desk.DownloadAsync(messageId);

        await app.StopAsync();

        // As after a crash when the account had let its refund go and nobody had written that down; half a file may lie there.
        await app.SetAsync("update payment_file set state = 'collecting', content = null, content_hash = null, temporary = null");
        await app.SetAsync("update payment_line set state = 'taken', wanted = null");
        File.Delete(Directory.EnumerateFiles(Outbox).Single());
        await File.WriteAllTextAsync(Path.Combine(Outbox, $".{messageId}.0123.tmp"), "half");
        await using var next = await app.RestartAsync();
        await SentAgainAsync(next, messageId);
        (await File.ReadAllBytesAsync(Directory.EnumerateFiles(Outbox).ShouldHaveSingleItem())).ShouldBe(content);
        (await next.Admin.GetAsync("/api/v1/accounts/alpha")).ShouldBe(200)["balance"].GetDecimal().ShouldBe(-40);
    }

    [Theory]
    [InlineData("Çiçək Əliyeva", "Cicek Eliyeva")]
    [InlineData("Öztürk & Weiß GmbH", "Oeztuerk + Weiss GmbH")]
    [InlineData("ŞƏKİ  İpək_Fabriki", "SEKI Ipek-Fabriki")]
    [InlineData("Łódź „Foo“ / Ünal", "Lodz .Foo' / Uenal")]
    [InlineData("Щукин Юрий", "Shchukin Yuriy")]
    [InlineData("株式会社", "....")]
    [InlineData("ь", "NOTPROVIDED")]
    public void Texts_are_written_in_the_letters_that_banks_take(string text, string expected) => SepaText.Of(text, 70).ShouldBe(expected);

    [Fact]
    public void A_text_that_is_too_long_is_cut()
    {
        SepaText.Of(new string('ß', 100), 70).ShouldBe(new string('s', 70));
        SepaText.Id("//a//b//", 35).ShouldBe("a/b");
    }

    [Theory]
    [InlineData("DE51 5088 0050 0190 0389 00", true)]
    [InlineData("AZ21NABZ00000000137010001944", true)]
    [InlineData("DE51 5088 0050 0190 0389 01", false)]
    [InlineData("ZZ51508800500190038900", false)]
    [InlineData("", false)]
    public void An_IBAN_has_right_check_digits_and_the_length_of_its_country(string text, bool isOne) => (PayeeIban.From(text) is not null).ShouldBe(isOne);

    private static async Task<(RefundDesk Desk, string MessageId)> SentAsync(RunningApp app)
    {
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", 100);
        await desk.ApprovedAsync("alpha", "R-1", 60);
        await desk.CoolDownAsync();
        var made = (await desk.MakeFileAsync()).ShouldBe(201);
        made["file"].GetProperty("state").GetString().ShouldBe("sent");
        return (desk, made["file"].GetProperty("messageId").GetString()!);
    }

    private static Task SentAgainAsync(RunningApp app, string messageId) => app.ComesToPassAsync(async () =>
        (await app.Admin.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200)["file"].GetProperty("state").GetString() == "sent");

    private async Task BringAsync(string name, string content)
    {
        await File.WriteAllTextAsync(Path.Combine(Inbox, "." + name), content);
        File.Move(Path.Combine(Inbox, "." + name), Path.Combine(Inbox, name));
    }
}
