using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>More customers than one run, one file and one page hold.</summary>
public sealed class LargeRunTests
{
    private const int Customers = 1003;

    [Fact]
    public async Task Who_does_not_fit_is_named_and_is_in_the_next_one()
    {
        await using var app = await RunningApp.StartAsync();
        var desk = await DebitDesk.OpenAsync(app);
        await CustomersAsync(app, desk);

        var first = (await desk.RunAsync()).ShouldBe(201);
        first["collections"].GetArrayLength().ShouldBe(1000);
        DebitDesk.Left(first).ShouldBe(["c1000  RUN_FULL", "c1001  RUN_FULL", "c1002  RUN_FULL"]);
        var second = (await desk.RunAsync()).ShouldBe(201);
        second["collections"].EnumerateArray().Select(one => one.GetProperty("account").GetString()).ShouldBe(["c1000", "c1001", "c1002"], ignoreOrder: true);
        DebitDesk.Left(second).ShouldBe(Enumerable.Range(0, 1000).Select(no => $"{Id(no)} I-{Id(no)} IN_COLLECTION"), ignoreOrder: true);
        (await desk.ApproveAsync(first)).ShouldBe(200);
        (await desk.ApproveAsync(second)).ShouldBe(200);
        await desk.NoticeAsync();

        var files = new List<(string MessageId, int Count, decimal Sum)>();
        for (var no = 0; no < 2; no++)
        {
            var made = (await desk.FileAsync()).ShouldBe(201);
            DebitDesk.Left(made).Count().ShouldBe(no == 0 ? 3 : 0);
            var file = made["file"];
            files.Add((file.GetProperty("messageId").GetString()!, file.GetProperty("transactions").GetInt32(), file.GetProperty("controlSum").GetDecimal()));
        }

        (await desk.FileAsync()).ShouldBeProblem(422, "NOTHING_TO_COLLECT");
        files.Select(file => file.Count).ShouldBe([1000, 3]);
        files.Sum(file => file.Sum).ShouldBe(Enumerable.Range(0, Customers).Sum(Amount));
        var mandates = new List<string>();
        foreach (var (messageId, count, sum) in files)
        {
            var xml = XDocument.Parse(Encoding.UTF8.GetString(await desk.DownloadAsync(messageId)));
            var amounts = xml.Descendants().Where(element => element.Name.LocalName == "InstdAmt").Select(element => decimal.Parse(element.Value, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            (amounts.Count, amounts.Sum()).ShouldBe((count, sum));
            mandates.AddRange(xml.Descendants().Where(element => element.Name.LocalName == "MndtId").Select(element => element.Value));
        }

        mandates.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Customers).Select(no => $"M-{Id(no)}"));
        (await PagesAsync(desk, "&state=filed")).ShouldBe(Enumerable.Range(0, Customers).Select(Id), ignoreOrder: true);
    }

    private static string Id(int no) => $"c{no:0000}";

    private static decimal Amount(int no) => 10 + (no % 7) + 0.01m;

    private static async Task CustomersAsync(RunningApp app, DebitDesk desk)
    {
        var all = Enumerable.Range(0, Customers).ToList();
        await ImportAsync(app.Admin, "customers", all.Select(no => (object)new { accountId = Id(no), name = $"Customer {no}", currency = "EUR" }));
        await ImportAsync(app.Admin, "invoices", all.Select(no => (object)new
        {
            accountId = Id(no),
            number = $"I-{Id(no)}",
            issueDate = "2026-01-01",
            dueDate = "2026-01-10",
            amount = Amount(no),
            currency = "EUR",
        }));
        await Parallel.ForEachAsync(all, async (no, _) => (await desk.PutMandateAsync(Id(no), $"M-{Id(no)}")).ShouldBe(201));
    }

    private static async Task ImportAsync(ApiClient admin, string what, IEnumerable<object> lines)
    {
        var body = Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(line => JsonSerializer.Serialize(line))));
        var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/x-ndjson") } };
        var answer = (await admin.SendAsync(HttpMethod.Post, $"/api/v1/import/{what}", content)).ShouldBe(200);
        var sums = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        JsonDocument.Parse(sums).RootElement.GetProperty("created").GetInt32().ShouldBe(Customers, sums);
    }

    private static async Task<List<string>> PagesAsync(DebitDesk desk, string filter)
    {
        var accounts = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await desk.Asks.GetAsync($"/api/v1/bank/collections?limit=400{filter}{(cursor is null ? string.Empty : $"&cursor={cursor}")}")).ShouldBe(200);
            accounts.AddRange(page["items"].EnumerateArray().Select(item => item.GetProperty("account").GetString()!));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        return accounts;
    }
}
