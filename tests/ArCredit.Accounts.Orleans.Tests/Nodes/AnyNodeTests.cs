using System.Globalization;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ArCredit.Accounts.Orleans.Tests.Nodes;

/// <summary>A caller need not know which node it asks.</summary>
[Collection("cluster processes")]
public sealed class AnyNodeTests(ThreeNodes nodes, ITestOutputHelper output) : IClassFixture<ThreeNodes>
{
    private const int Rounds = 12;

    // What is asked of the database every two seconds, on a machine that does other things too.
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(8);

    [PostgresFact]
    public async Task The_same_key_at_all_nodes_at_once_has_one_effect_and_one_answer()
    {
        var accounts = await AccountsAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var path = $"{accounts[round % accounts.Count]}/reservations";
            var key = $"sale-{round}";
            object Sale(int amount) => new { kind = "pos", amount, currency = "EUR" };
            var answers = await nodes.AtOnceAsync(api => api.PostAsync(path, Sale(7), key));
            answers.ShouldAllBe(answer => answer.Status == 201);
            answers.Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
            answers.Count(answer => answer.Headers.Contains("Idempotency-Replayed")).ShouldBe(ThreeNodes.Count - 1);
            (await nodes.At(round).PostAsync(path, Sale(8), key)).Status.ShouldBe(422);
        }

        await ShouldOweEverywhereAsync(accounts, 7m * Rounds / accounts.Count);
    }

    [PostgresFact]
    public async Task A_document_number_at_all_nodes_at_once_is_one_document()
    {
        var accounts = await AccountsAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var account = accounts[round % accounts.Count];
            var number = $"D-{round}";
            object Invoice(int amount) => new { number, issueDate = "2026-01-01", amount, currency = "EUR" };
            await ShouldBeOneAsync(api => api.PostAsync($"{account}/invoices", Invoice(11)));
            (await nodes.At(round).PostAsync($"{account}/invoices", Invoice(12))).ShouldBeProblem(409, "NUMBER_CONFLICT");
            await ShouldBeOneAsync(api => api.PostAsync($"{account}/reservations", new { reservationId = number, kind = "order", amount = 5, currency = "EUR" }));
            await ShouldBeOneAsync(api => api.PostAsync(
                $"{account}/payments", new { paymentId = number, amount = 1, currency = "EUR", receivedOn = "2026-01-02", method = "transfer" }));
        }

        await ShouldOweEverywhereAsync(accounts, (11m + 5m - 1m) * Rounds / accounts.Count);
    }

    [PostgresFact]
    public async Task What_one_node_has_acknowledged_every_other_shows_at_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (writer, account) = (nodes.At(round), await nodes.OpenAsync(round));
            var readers = nodes.Each.Where((_, node) => node != round % ThreeNodes.Count).ToList();
            foreach (var reader in readers)
            {
                var listed = (await reader.GetAsync($"/api/v1/accounts?q={account[(account.LastIndexOf('/') + 1)..]}")).ShouldBe(200);
                listed["items"].EnumerateArray().Select(item => item.GetProperty("accountId").GetString()).ShouldContain(account[(account.LastIndexOf('/') + 1)..]);
            }

            var decided = (await writer.PostAsync($"{account}/reservations", new { reservationId = "R", kind = "order", amount = 3, currency = "EUR" })).ShouldBe(201);
            foreach (var reader in readers)
            {
                (await reader.GetAsync($"{account}/reservations/R")).ShouldBe(200)["status"].GetString().ShouldBe("active");
                (await reader.GetAsync($"{account}/reservations")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(1);
                (await reader.GetAsync($"/api/v1/decisions/{decided["decisionId"].GetString()}")).ShouldBe(200)["decision"].GetString().ShouldBe("approved");
                (await reader.GetAsync(account)).ShouldBe(200)["exposure"].GetProperty("orders").GetDecimal().ShouldBe(3m);
            }

            (await writer.PostAsync($"{account}/invoices", new { number = "I", issueDate = "2026-01-01", amount = 4, currency = "EUR" })).ShouldBe(201);
            foreach (var reader in readers)
            {
                Numbers(await reader.GetAsync($"{account}/open-items")).ShouldBe(["I"]);
                Numbers(await reader.GetAsync($"{account}/ledger")).ShouldBe(["I"]);
                (await reader.GetAsync($"{account}/invoices/I")).ShouldBe(200)["status"].GetString().ShouldBe("open");
            }

            // Of a check only the answer is waited for; its record is found all the same.
            var check = (await writer.PostAsync($"{account}/credit-checks", new { amount = 1, currency = "EUR", checkpoint = "pos" }, string.Empty)).ShouldBe(200);
            foreach (var reader in readers)
            {
                (await reader.GetAsync($"/api/v1/decisions/{check["decisionId"].GetString()}")).ShouldBe(200);
            }
        }
    }

    [PostgresFact]
    public async Task A_key_works_everywhere_at_once_and_its_changes_and_end_are_known_everywhere_within_seconds()
    {
        const string till = "/api/v1/api-keys/till-of-all";
        var key = (await nodes.At(0).PutAsync(till, new { roles = new[] { "pos" } })).ShouldBe(201)["key"].GetString();
        Task<Answer[]> AsTill(string path) => nodes.AtOnceAsync(api => api.As(key).GetAsync(path));
        (await AsTill("/api/v1/companies")).Select(answer => answer.Status).ShouldBe([200, 200, 200]);
        (await AsTill("/api/v1/api-keys")).Select(answer => answer.Status).ShouldBe([403, 403, 403]);

        (await nodes.At(1).PutAsync(till, new { roles = new[] { "admin" } })).ShouldBe(200);
        (await nodes.At(1).As(key).GetAsync("/api/v1/api-keys")).ShouldBe(200);
        var risen = await ThreeNodes.UntilAsync(async () => (await AsTill("/api/v1/api-keys")).All(answer => answer.Status == 200), Seconds, "new roles");

        (await nodes.At(2).DeleteAsync(till)).ShouldBe(204);
        (await nodes.At(2).As(key).GetAsync("/api/v1/companies")).ShouldBeProblem(401, "UNAUTHENTICATED");
        var gone = await ThreeNodes.UntilAsync(async () => (await AsTill("/api/v1/companies")).All(answer => answer.Status == 401), Seconds, "a revoked key");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"new roles everywhere after {risen.TotalSeconds:0.0} s, the end after {gone.TotalSeconds:0.0} s"));
    }

    [PostgresFact]
    public async Task A_company_that_one_node_was_told_of_has_accounts_and_rules_at_every_other_at_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var company = $"company-{round}";
            (await nodes.At(round).PutAsync($"/api/v1/companies/{company}", new { name = "New", currency = "EUR", timeZone = "Europe/Berlin" })).ShouldBe(201);
            var account = await nodes.OpenAsync(round + 1, 10, company);
            foreach (var api in nodes.Each)
            {
                (await api.GetAsync($"{account}/open-items")).ShouldBe(200);
            }

            (await nodes.At(round + 2).PutAsync($"/api/v1/policies/company/{company}", new { creditLimit = 20 })).ShouldBe(200);
            (await nodes.At(round + 1).PutAsync($"/api/v1/bank/matching/{company}", new { postFrom = 0.95 })).ShouldBe(200);
        }
    }

    private static IEnumerable<string?> Numbers(Answer answer) =>
        answer.ShouldBe(200)["items"].EnumerateArray().Select(item => item.GetProperty("number").GetString());

    // Different keys: what makes them one is the number.
    private async Task ShouldBeOneAsync(Func<ApiClient, Task<Answer>> post)
    {
        var answers = await nodes.AtOnceAsync(post);
        answers.Select(answer => answer.Status).ShouldBe([200, 200, 201], ignoreOrder: true, answers[0].Text);
        answers.Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
    }

    private async Task<List<string>> AccountsAsync()
    {
        var accounts = new List<string>();
        for (var i = 0; i < ThreeNodes.Count + 1; i++)
        {
            accounts.Add(await nodes.OpenAsync(i));
        }

        return accounts;
    }

    private async Task ShouldOweEverywhereAsync(List<string> accounts, decimal total)
    {
        foreach (var account in accounts)
        {
            (await nodes.AtOnceAsync(api => api.GetAsync(account)))
                .Select(answer => answer.ShouldBe(200)["exposure"].GetProperty("total").GetDecimal()).ShouldAllBe(exposure => exposure == total);
        }
    }
}
