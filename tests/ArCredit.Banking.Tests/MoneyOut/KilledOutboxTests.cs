using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;
using ArCredit.Banking.Tests.DirectDebits;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>
/// The server is killed at random moments while files for the bank are made and put into its folder, from which the bank takes them away at random,
/// too. In the end each refund and each direct debit is in one file, and each file was in the folder once, whole: at no moment was anything written
/// under a name that the bank takes.
/// </summary>
public sealed class KilledOutboxTests : IDisposable
{
    private const int Rounds = 3;
    private const int RefundsEach = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly string folder = Directory.CreateTempSubdirectory("arcredit-killed-").FullName;

    private string Outbox => Path.Combine(folder, "out");

    private string Bank => Path.Combine(folder, "bank");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Each_file_reaches_the_folder_once_and_whole(Dialect dialect)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        Directory.CreateDirectory(Bank);
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var plain = AppSettings.On(database);
        var runs = await PreparedAsync(plain);
        var settings = plain with { More = new Dictionary<string, string?> { ["Banking:Outbox"] = Outbox } };
        using var watch = new OutboxWatch(Outbox);
        for (var round = 0; round < Rounds; round++)
        {
            await using var host = await HostProcess.StartAsync(settings);
            await ApproveAsync(host.Admin, round, runs[round]);
            Task<Answer?>[] calls = [FileAsync(host.Admin, "payment-files", $"file-{round}"), FileAsync(host.Admin, "collection-files", $"file-{round}")];

            // So many questions later, which is before, while or after the files are made.
            for (var questions = random.Next(60); questions > 0; questions--)
            {
                (await host.Admin.GetAsync("/api/v1/bank/accounts/main")).ShouldBe(200);
            }

            await host.KillAsync();
            await Task.WhenAll(calls);
            if (random.Next(2) == 0)
            {
                TakeAway();
            }
        }

        await using var last = await HostProcess.StartAsync(settings);
        foreach (var key in Enumerable.Range(0, Rounds + 1).Select(round => $"file-{round}"))
        {
            (await FileAsync(last.Admin, "payment-files", key)).ShouldNotBeNull().Status.ShouldBeOneOf(201, 422);
            (await FileAsync(last.Admin, "collection-files", key)).ShouldNotBeNull().Status.ShouldBeOneOf(201, 422);
        }

        var files = await SentAsync(last.Admin, $"seed {seed}");
        await watch.ShouldHaveSeenWholeFilesOnlyAsync(files.Select(messageId => $"{messageId}.xml"));
        TakeAway();
        Directory.EnumerateFiles(Bank).Select(Path.GetFileName).ShouldBe(files.Select(messageId => $"{messageId}.xml"), ignoreOrder: true, $"seed {seed}");
        await ShouldHoldAllOnceAsync(last.Admin, files, $"seed {seed}");
        var (exitCode, output) = await HostProcess.RunToEndAsync(settings, ["verify", "--data", settings.DataDirectory!]);
        exitCode.ShouldBe(0, output);
    }

    /// <summary>The bank takes what has its name: never one that it has had before.</summary>
    private void TakeAway()
    {
        if (Directory.Exists(Outbox))
        {
            foreach (var path in Directory.EnumerateFiles(Outbox).Where(path => !Path.GetFileName(path).StartsWith('.')))
            {
                File.Move(path, Path.Combine(Bank, Path.GetFileName(path)), overwrite: false);
            }
        }
    }

    /// <summary>Refunds and collections of each round, asked for and not approved; nothing of them has to wait any more.</summary>
    private static async Task<List<string>> PreparedAsync(AppSettings settings)
    {
        var runs = new List<string>();
        await using var app = await RunningApp.StartAsync(settings);
        var refunds = await RefundDesk.OpenAsync(app);
        (await app.Admin.PutAsync("/api/v1/bank/accounts/main/direct-debits", new { creditorId = DebitDesk.CreditorId, holder = "Main", bic = "PBNKDEFF" })).ShouldBe(200);
        var debits = new DebitDesk(app, await app.CallerAsync(Roles.Finance), await app.CallerAsync(Roles.Finance));
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var id in Refunded(round))
            {
                await refunds.CustomerAsync(id, 100);
                (await refunds.RequestAsync(id, "R-1", 60)).ShouldBe(201);
            }

            await debits.CustomerAsync(Debited(round), amounts: [40]);
            runs.Add((await debits.RunAsync(accounts: Debited(round))).ShouldBe(201)["runId"].GetString()!);
        }

        await debits.NoticeAsync();
        return runs;
    }

    private static IEnumerable<string> Refunded(int round) => Enumerable.Range(0, RefundsEach).Select(no => $"refund-{round}-{no}");

    private static string Debited(int round) => $"debit-{round}";

    private static async Task ApproveAsync(ApiClient admin, int round, string run)
    {
        foreach (var id in Refunded(round))
        {
            (await admin.PostAsync($"/api/v1/accounts/{id}/refunds/R-1/approval", new { payeeVersion = 1 })).ShouldBe(201);
        }

        (await admin.PostAsync($"/api/v1/bank/collection-runs/{run}/approval")).ShouldBe(200);
    }

    /// <summary>Null when the server died over it.</summary>
    private static async Task<Answer?> FileAsync(ApiClient admin, string kind, string key)
    {
        try
        {
            return await admin.PostAsync($"/api/v1/bank/{kind}", new { bankAccount = "main" }, key);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>All files, once each of them is sent.</summary>
    private static async Task<List<string>> SentAsync(ApiClient admin, string because)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            var files = (await admin.GetAsync("/api/v1/bank/payment-files?limit=1000")).ShouldBe(200)["items"].EnumerateArray().ToList();
            if (files.TrueForAll(file => file.GetProperty("state").GetString() == "sent"))
            {
                return files.ConvertAll(file => file.GetProperty("messageId").GetString()!);
            }

            late.IsCancellationRequested.ShouldBeFalse($"{because}: {string.Join('\n', files)}");
        }
    }

    private async Task ShouldHoldAllOnceAsync(ApiClient admin, List<string> files, string because)
    {
        var ids = new List<string>();
        foreach (var messageId in files)
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(Bank, $"{messageId}.xml"));
            content.ShouldBe(await DownloadAsync(admin, messageId), because);
            var payments = XDocument.Parse(Encoding.UTF8.GetString(content)).Descendants().Where(element => element.Name.LocalName == "EndToEndId");
            ids.AddRange(payments.Select(element => element.Value));
        }

        ids.Count.ShouldBe(Rounds * (RefundsEach + 1), because);
        ids.Distinct().Count().ShouldBe(ids.Count, because);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var id in Refunded(round))
            {
                var account = (await admin.GetAsync($"/api/v1/accounts/{id}")).ShouldBe(200);
                (account["balance"].GetDecimal(), account["earmarked"].GetDecimal()).ShouldBe((-40, 0), because);
                var refund = (await admin.GetAsync($"/api/v1/accounts/{id}/refunds/R-1")).ShouldBe(200);
                refund["status"].GetString().ShouldBe("sent", because);
            }

            var collection = (await admin.GetAsync($"/api/v1/bank/collections?account={Debited(round)}")).ShouldBe(200)["items"].EnumerateArray().ShouldHaveSingleItem();
            (collection.GetProperty("state").GetString(), collection.GetProperty("amount").GetDecimal()).ShouldBe(("filed", 40m), because);
        }
    }

    private static async Task<byte[]> DownloadAsync(ApiClient admin, string messageId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/bank/payment-files/{messageId}/content");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AppSettings.AdminKey);
        using var answer = await admin.Http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
