using System.Net.Http.Headers;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Http;

public sealed class BankAccountTests
{
    private const string Iban = "DE42100100100043921105";

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task An_account_is_registered_once_under_each_name_of_its_bank(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var finance = app.Admin;
        (await finance.PutBankAccountAsync("main", "DE42 1001 0010 0043 9211 05")).ShouldBe(201)["iban"].GetString().ShouldBe(Iban);
        (await finance.PutBankAccountAsync("main", Iban)).ShouldBe(200);
        (await finance.PutBankAccountAsync("again", Iban)).ShouldBeProblem(409, "BANK_ACCOUNT_TAKEN");
        (await finance.PutBankAccountAsync("dollars", Iban, "USD")).ShouldBe(201);
        (await finance.PutBankAccountAsync("bad", "DE43100100100043921105")).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["iban"]);
        (await finance.PutBankAccountAsync("bad", null)).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["iban"]);
        (await finance.GetAsync("/api/v1/bank/accounts/bad")).ShouldBeProblem(404, "BANK_ACCOUNT_NOT_FOUND");
        var page = (await finance.GetAsync("/api/v1/bank/accounts?limit=1")).ShouldBe(200);
        page["items"][0].GetProperty("id").GetString().ShouldBe("dollars");
        (await finance.GetAsync($"/api/v1/bank/accounts?cursor={page["nextCursor"].GetString()}")).ShouldBe(200)["items"][0].GetProperty("id").GetString().ShouldBe("main");

        // The number in a file is the IBAN's own, and the currency chooses between the two accounts.
        var file = ":20:S\n:25:10010010/43921105\n:28C:1\n:60F:C250101USD0,\n:61:2501020102C1,00NTRFNONREF\n:62F:C250102USD1,00\n-\n";
        (await finance.SendStatementAsync(file)).ShouldBe(201)["statements"][0].GetProperty("account").GetString().ShouldBe("dollars");
        (await finance.PutBankAccountAsync("dollars", Iban, "CHF")).ShouldBeProblem(409, "CURRENCY_FIXED");
    }

    [Fact]
    public async Task A_file_above_64_MiB_is_refused_before_it_is_sent()
    {
        await using var app = await RunningApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, BankCalls.Statements) { Content = new ByteArrayContent(new byte[(64 * 1024 * 1024) + 1]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AppSettings.AdminKey);
        request.Headers.ExpectContinue = true;
        using var response = await app.Admin.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(413);
        (await response.Content.ReadAsStringAsync()).ShouldContain("BODY_TOO_LARGE");
    }
}
