using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ArCredit.Accounts.Orleans.Tests.Nodes;

/// <summary>What any node may do and only one does: what time brings, what banks and imports bring.</summary>
[Collection("cluster processes")]
public sealed class SharedWorkTests(ThreeNodes nodes, ITestOutputHelper output) : IClassFixture<ThreeNodes>
{
    // 25 hours apart: at any time it is another day.
    private const string LatestZone = "Pacific/Pago_Pago";
    private const string EarliestZone = "Pacific/Kiritimati";

    // Midnights are looked for twice a minute, once more if the account's node did not know of the zone yet.
    private static readonly TimeSpan TwoLooks = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [PostgresFact]
    public async Task Reservations_lapse_once_and_every_node_says_so()
    {
        const int each = 3;
        var accounts = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            accounts.Add(await nodes.OpenAsync(i));
        }

        await Task.WhenAll(accounts.SelectMany(account => Enumerable.Range(0, each).Select(async number => (await nodes.At(number).PostAsync(
            $"{account}/reservations", new { reservationId = $"R-{number}", kind = "pos", amount = 9, currency = "EUR", expiresInSeconds = 1 + number })).ShouldBe(201))));
        var recorded = await ThreeNodes.UntilAsync(async () => await EventsAsync("reservation-lapsed", accounts) >= accounts.Count * each, Patience, "lapses");
        await LookedAgainAsync("lapse-sweep");

        (await EventsAsync("reservation-lapsed", accounts)).ShouldBe(accounts.Count * each);
        foreach (var account in accounts)
        {
            foreach (var answer in await nodes.AtOnceAsync(api => api.GetAsync($"{account}/reservations?status=lapsed")))
            {
                answer.ShouldBe(200)["items"].GetArrayLength().ShouldBe(each);
            }

            (await nodes.AtOnceAsync(api => api.GetAsync(account))).ShouldAllBe(answer => answer["exposure"].GetProperty("total").GetDecimal() == 0m);
        }

        (await nodes.QueryAsync("select count(distinct instance_name) from qrtz_scheduler_state")).ShouldBe(ThreeNodes.Count, "schedulers that share the work");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the last of them recorded after {recorded.TotalSeconds:0.0} s"));
    }

    [PostgresFact]
    public async Task At_midnight_money_clears_and_promises_are_broken_once_and_every_node_says_so()
    {
        // No clock is moved here: the company moves, from where this day ends last to where the next one has begun.
        const string company = "/api/v1/companies/moving";
        object In(string zone) => new { name = "Moving", currency = "EUR", timeZone = zone };
        (await nodes.At(0).PutAsync(company, In(LatestZone))).ShouldBe(201);
        (await nodes.At(1).PutAsync("/api/v1/policies/company/moving", new { creditLimit = 100, promises = new { graceDays = 0 } })).ShouldBe(200);
        var today = Today(LatestZone);
        var accounts = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            var account = await nodes.OpenAsync(i, company: "moving");
            accounts.Add(account);
            (await nodes.At(i).PostAsync($"{account}/invoices", new { number = "I", issueDate = "2026-01-01", amount = 60, currency = "EUR" })).ShouldBe(201);
            (await nodes.At(i + 1).PostAsync(
                $"{account}/payments", new { paymentId = "P", amount = 20, currency = "EUR", receivedOn = today, method = "cheque", clearsOn = today })).ShouldBe(201);

            await PromiseAsync(i + 2, account, today);
        }

        (await UnclearedAsync(accounts)).ShouldAllBe(amount => amount == 20m);
        (await nodes.At(2).PutAsync(company, In(EarliestZone))).ShouldBe(200);
        var recorded = await ThreeNodes.UntilAsync(
            async () => await EventsAsync("money-cleared", accounts) >= accounts.Count && await BrokenAsync(accounts) >= accounts.Count, TwoLooks, "midnight");

        (await EventsAsync("money-cleared", accounts), await BrokenAsync(accounts)).ShouldBe((accounts.Count, accounts.Count));
        (await UnclearedAsync(accounts)).ShouldAllBe(amount => amount == 0m);
        foreach (var account in accounts)
        {
            foreach (var answer in await nodes.AtOnceAsync(api => api.GetAsync($"{account}/promises?status=broken")))
            {
                answer.ShouldBe(200)["items"].GetArrayLength().ShouldBe(1);
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all recorded after {recorded.TotalSeconds:0.0} s"));
        await nodes.VerifyAsync();
    }

    [PostgresFact]
    public async Task An_import_through_one_node_takes_every_line_once_while_tills_call_the_others()
    {
        const int documents = 1500;
        var accounts = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            accounts.Add(await nodes.OpenAsync(i));
        }

        var lines = string.Join('\n', Enumerable.Range(0, documents).Select(number => JsonSerializer.Serialize(new
        {
            accountId = accounts[number % accounts.Count].Split('/')[^1],
            number = $"X-{number}",
            issueDate = "2025-11-03",
            dueDate = "2025-12-03",
            amount = 2,
            currency = "EUR",
        })));
        using var done = new CancellationTokenSource();
        var tills = Enumerable.Range(0, 6).Select(till => Task.Run(() => SellUntilAsync(nodes.At(1 + (till % 2)), accounts[till], done.Token))).ToList();
        var first = await ImportAsync(nodes.At(0), lines);
        await done.CancelAsync();
        var sold = await Task.WhenAll(tills);
        first.GetProperty("created").GetInt64().ShouldBe(documents, first.GetRawText());

        // Sent again to the others at once it is known there.
        foreach (var again in await Task.WhenAll(ImportAsync(nodes.At(1), lines), ImportAsync(nodes.At(2), lines)))
        {
            again.GetProperty("unchanged").GetInt64().ShouldBe(documents, again.GetRawText());
        }

        for (var i = 0; i < accounts.Count; i++)
        {
            var owed = 2m * documents / accounts.Count;
            decimal earmarked = sold.ElementAtOrDefault(i);
            foreach (var answer in await nodes.AtOnceAsync(api => api.GetAsync(accounts[i])))
            {
                var exposure = answer.ShouldBe(200)["exposure"];
                (exposure.GetProperty("openInvoices").GetDecimal(), exposure.GetProperty("reservations").GetDecimal()).ShouldBe((owed, earmarked));
            }
        }

        sold.ShouldAllBe(sales => sales > 0);
        output.WriteLine($"{documents} lines while tills sold {sold.Sum()} times");
    }

    [PostgresFact]
    public async Task A_banks_file_at_all_nodes_at_once_is_one_file_and_each_of_its_payments_is_posted_once()
    {
        const int customers = 12;
        const int invoicesEach = 5;
        var desk = await CashDesk.OpenAsync(nodes.At(0));
        await Task.WhenAll(Enumerable.Range(0, customers).Select(customer => new CashDesk(nodes.At(customer)).CustomerAsync(
            $"bank-{customer}", $"Customer {customer}", [.. Enumerable.Range(0, invoicesEach).Select(no => ($"INV-{customer:00}{no:00}", 10m + no))])));
        CashLine[] Lines(int first, int end) =>
            [.. from no in Enumerable.Range(first, end - first) from customer in Enumerable.Range(0, customers) select new CashLine(10m + no, $"INV-{customer:00}{no:00}")];

        // One to one node alone, one to all.
        var alone = await nodes.At(1).SendStatementAsync(CashFile.Of("ALONE", Lines(0, 2)));
        var file = CashFile.Of("ALL", Lines(2, invoicesEach));
        var answers = await nodes.AtOnceAsync(api => api.SendStatementAsync(file));
        answers.Select(answer => answer.Status).ShouldBe([200, 200, 201], ignoreOrder: true, answers[0].Text);
        answers.Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
        foreach (var sent in new[] { alone.ShouldBe(201), answers[0] })
        {
            var counts = await desk.SettledAsync(sent["statements"][0].GetProperty("id").GetString()!);
            counts.GetProperty("posted").GetInt64().ShouldBe(counts.GetProperty("total").GetInt64(), counts.GetRawText());
        }

        for (var customer = 0; customer < customers; customer++)
        {
            foreach (var api in nodes.Each)
            {
                // Nothing open and nothing unapplied: as much was paid as was invoiced, once.
                (await new CashDesk(api).OpenAsync($"bank-{customer}")).ShouldBeEmpty();
                (await api.GetAsync($"/api/v1/accounts/bank-{customer}")).ShouldBe(200)["balance"].GetDecimal().ShouldBe(0m);
            }
        }

        (await nodes.QueryAsync("select count(*) from journal where type = 'payment-received' and account_id like 'bank-%'")).ShouldBe(customers * invoicesEach);
        await nodes.VerifyAsync();
    }

    /// <summary>A promise for today without days of grace: that rule comes to the account's node within seconds, and a promise keeps the one of its day.</summary>
    private async Task PromiseAsync(int node, string account, string today)
    {
        var attempts = 0;
        await ThreeNodes.UntilAsync(
            async () =>
            {
                var id = $"M-{++attempts}";
                var made = (await nodes.At(node).PostAsync(
                    $"{account}/promises", new { promiseId = id, invoices = new[] { new { number = "I" } }, payments = new[] { new { on = today, amount = 40 } } })).ShouldBe(201);
                if (made["breaksOn"].GetString() == today)
                {
                    return true;
                }

                (await nodes.At(node).PostAsync($"{account}/promises/{id}/cancellation")).ShouldBe(201);
                return false;
            },
            Patience, "a promise without days of grace");
    }

    private static string Today(string zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime).ToString("O", CultureInfo.InvariantCulture);

    private static async Task<int> SellUntilAsync(ApiClient api, string account, CancellationToken done)
    {
        var sold = 0;
        do
        {
            (await api.PostAsync($"{account}/reservations", new { kind = "pos", amount = 1, currency = "EUR", expiresInSeconds = 86400 })).ShouldBe(201);
            sold++;
        }
        while (!done.IsCancellationRequested);
        return sold;
    }

    private static async Task<JsonElement> ImportAsync(ApiClient api, string lines)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(lines)) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/x-ndjson") } };
        var answer = (await api.SendAsync(HttpMethod.Post, "/api/v1/import/invoices", body)).ShouldBe(200);
        return JsonDocument.Parse(answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]).RootElement.Clone();
    }

    private Task<long> EventsAsync(string type, IEnumerable<string> accounts) =>
        nodes.QueryAsync($"select count(*) from journal where type = '{type}' and account_id in ({Ids(accounts)})");

    private Task<long> BrokenAsync(IEnumerable<string> accounts) => nodes.QueryAsync(
        $"""select count(*) from journal where type = 'promise-changed' and convert_from(payload, 'UTF8') ilike '%"broken"%' and account_id in ({Ids(accounts)})""");

    private static string Ids(IEnumerable<string> accounts) => string.Join(", ", accounts.Select(account => $"'{account.Split('/')[^1]}'"));

    private async Task<List<decimal>> UnclearedAsync(IEnumerable<string> accounts)
    {
        var amounts = new List<decimal>();
        foreach (var account in accounts)
        {
            amounts.AddRange((await nodes.AtOnceAsync(api => api.GetAsync(account))).Select(answer => answer.ShouldBe(200)["exposure"].GetProperty("uncleared").GetDecimal()));
        }

        return amounts;
    }

    /// <summary>Whatever would have been done twice has had its chance: the work has looked twice more since.</summary>
    private async Task LookedAgainAsync(string work)
    {
        var sql = $"select prev_fire_time from qrtz_triggers where trigger_name = '{work}'";
        for (var looks = 0; looks < 2; looks++)
        {
            var last = await nodes.QueryAsync(sql);
            await ThreeNodes.UntilAsync(async () => await nodes.QueryAsync(sql) > last, Patience, $"the next look of {work}");
        }
    }
}
