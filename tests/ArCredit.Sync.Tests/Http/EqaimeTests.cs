using System.Text;
using ArCredit.Platform.Data;
using ArCredit.Sync.Tests.Written;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Sync.Tests.Http;

public sealed class EqaimeTests
{
    private const string SellerVoen = "1400057421";
    private const string BuyerVoen = "1700112341";

    // As the tax portal wants it: with a definition for its stylesheet, and some amounts with four decimals.
    private const string Qaime =
        $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <?xml-stylesheet type="text/xsl" href="#stylesheet"?>
        <!DOCTYPE root [<!ATTLIST xsl:stylesheet id ID #REQUIRED>]>
        <root version="304" kod="QAIME_1">
          <xsl:stylesheet id="stylesheet" version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>
          <qaimeKime>{BuyerVoen}</qaimeKime><qaimeKimden>{SellerVoen}</qaimeKimden><ds></ds><dn></dn><des>Müqavilə 7</des><des2></des2><ma></ma><mk></mk>
          <seriya>EQ26</seriya><nomre>000017</nomre><tarix>2026-01-02</tarix>
          <product>
            <qaimeTable>
              <row no="0"><c1>9964911000</c1><c2>Çay</c2><c3>kq</c3><c4>10</c4><c5>10.00</c5><c6>100.0000</c6><c7>0</c7><c8>0</c8><c9>100.0000</c9><c10>100.00</c10><c11>0</c11><c12>0</c12><c13>0</c13><c14>18.0000</c14><c15>0</c15><c16>118.0000</c16><c17/></row>
              <row no="1"><c1>9964911001</c1><c2>Kitab</c2><c3>ədəd</c3><c4>1</c4><c5>50</c5><c6>50</c6><c7>0</c7><c8>0</c8><c9>50</c9><c10>0</c10><c11>0</c11><c12>50</c12><c13>0</c13><c14>0</c14><c15>0</c15><c16>50</c16><c17/></row>
            </qaimeTable>
            <qaimeYekunTable><row><c1>150</c1><c2>0</c2><c3>150.00</c3><c4>100.00</c4><c5>0</c5><c6>50</c6><c7>0</c7><c8>18.00</c8><c9>168.00</c9></row></qaimeYekunTable>
          </product>
        </root>
        """;

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_rejected_one_is_disputed_until_it_is_accepted(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var billing = app.Admin;
        (await billing.PutSellerAsync(more: new { name = "Satıcı MMC", country = "AZ", vatId = SellerVoen })).ShouldBe(201);
        await billing.CustomerAsync("A", null, new { name = "Alıcı MMC", currency = "AZN", taxId = BuyerVoen });
        var taken = (await SendAsync(billing, Qaime)).ShouldBe(201);
        (taken.Status(), taken["number"].GetString(), taken["amount"].GetDecimal(), taken["taxAmount"].GetDecimal(), taken["accountId"].GetString())
            .ShouldBe(("posted", "EQ26000017", 168m, 18m, "A"));

        var rejected = (await SendAsync(billing, Said("İmtina"))).ShouldBe(200)["buyerStatus"];
        var dispute = rejected.GetProperty("dispute").GetString();
        (rejected.GetProperty("status").GetString(), rejected.GetProperty("reason").GetString()).ShouldBe(("rejected", "Mal gəlməyib"));
        (await DisputesAsync(billing)).ShouldBe([$"{dispute} EINVOICE_REJECTED open"]);
        (await SendAsync(billing, Said("İmtina"))).ShouldBe(200);
        (await DisputesAsync(billing)).ShouldHaveSingleItem();

        var status = $"{EInvoiceCalls.Path}/{taken["id"].GetString()}/status";
        (await billing.PostAsync(status, new { status = "accepted" })).ShouldBe(200)["buyerStatus"].GetProperty("status").GetString().ShouldBe("accepted");
        (await DisputesAsync(billing)).ShouldBe([$"{dispute} EINVOICE_REJECTED rejected"]);

        // Rejected once more is another dispute; what a person has resolved is left as it is.
        var second = (await billing.PostAsync(status, new { status = "rejected" })).ShouldBe(200)["buyerStatus"].GetProperty("dispute").GetString();
        (await billing.PostAsync($"/api/v1/accounts/A/disputes/{second}/resolution", new { outcome = "rejected" })).ShouldBe(201);
        (await billing.PostAsync(status, new { status = "accepted" })).ShouldBe(200);
        (await DisputesAsync(billing)).Count.ShouldBe(2);
        (await billing.GetAsync("/api/v1/accounts/A/timeline?kind=document")).ShouldBe(200)["items"].EnumerateArray().Select(entry => entry.GetProperty("type").GetString())
            .Count(type => type is "einvoiceAccepted" or "einvoiceRejected").ShouldBe(4);
    }

    [Fact]
    public async Task Its_numbers_and_its_tax_numbers_have_to_be_right()
    {
        await using var app = await RunningApp.StartAsync();
        var billing = app.Admin;
        (await SendAsync(billing, Qaime.Replace(BuyerVoen, "170011234", StringComparison.Ordinal))).ShouldBeProblem(422, "EINVOICE_TERM_WRONG")["term"].GetString().ShouldBe("qaimeKime");
        (await SendAsync(billing, Qaime.Replace("<c8>18.00</c8>", "<c8>18.01</c8>", StringComparison.Ordinal))).ShouldBeProblem(422, "EINVOICE_TOTALS_WRONG")["rule"].GetString().ShouldBe("qaimeYekunTable/c8");
        (await SendAsync(billing, Qaime.Replace("<c14>18.0000</c14>", "<c14>20.0000</c14>", StringComparison.Ordinal))).ShouldBeProblem(422, "EINVOICE_TOTALS_WRONG");
        (await SendAsync(billing, Qaime.Replace("<nomre>000017</nomre>", string.Empty, StringComparison.Ordinal))).ShouldBeProblem(422, "EINVOICE_TERM_WRONG")["term"].GetString().ShouldBe("nomre");
        (await SendAsync(billing, Qaime.Replace("QAIME_1", "QAIME_9", StringComparison.Ordinal))).ShouldBeProblem(422, "EINVOICE_FORMAT_UNKNOWN");
        (await SendAsync(billing, Qaime.Replace("#REQUIRED>]", "#REQUIRED><!ENTITY x \"y\">]", StringComparison.Ordinal).Replace("Çay", "&x;", StringComparison.Ordinal))).ShouldBeProblem(422, "EINVOICE_UNREADABLE");
        (await SendAsync(billing, Qaime)).ShouldBeProblem(422, "EINVOICE_SELLER_UNKNOWN");
    }

    [Fact]
    public async Task What_is_made_of_the_ledger_reads_back_elsewhere()
    {
        var seller = new { name = "Satıcı MMC", country = "AZ", vatId = SellerVoen, eqaimeGoods = new { code = "9964911000", name = "Xidmət", unit = "ədəd" } };
        await using var app = await RunningApp.StartAsync();
        (await app.Admin.PutSellerAsync(more: seller)).ShouldBe(201);
        await app.Admin.CustomerAsync("A", null, new { name = "Alıcı MMC", currency = "AZN", taxId = BuyerVoen });
        (await app.Admin.PostAsync("/api/v1/accounts/A/invoices", new { number = "R-1", issueDate = "2026-01-02", amount = 118, taxAmount = 18, currency = "AZN" })).ShouldBe(201);
        var made = (await app.Admin.GetAsync("/api/v1/accounts/A/invoices/R-1/einvoice?format=eqaime")).ShouldBe(200);

        await using var elsewhere = await RunningApp.StartAsync();
        (await elsewhere.Admin.PutSellerAsync(more: seller)).ShouldBe(201);
        await elsewhere.Admin.CustomerAsync("B", null, new { name = "Alıcı MMC", currency = "AZN", taxId = BuyerVoen });
        var taken = (await SendAsync(elsewhere.Admin, made.Text)).ShouldBe(201);
        (taken.Status(), taken["number"].GetString(), taken["amount"].GetDecimal(), taken["taxAmount"].GetDecimal()).ShouldBe(("posted", "R-1", 118m, 18m));
    }

    private static string Said(string status) =>
        $"""<root kod="QAIME_STATUS"><qaimeKimden>{SellerVoen}</qaimeKimden><qaimeKime>{BuyerVoen}</qaimeKime><seriya>EQ26</seriya><nomre>000017</nomre><status>{status}</status><sebeb>Mal gəlməyib</sebeb></root>""";

    private static Task<Answer> SendAsync(ApiClient client, string text) => client.SendAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<List<string>> DisputesAsync(ApiClient client) =>
        [.. (await client.GetAsync("/api/v1/accounts/A/disputes")).ShouldBe(200)["items"].EnumerateArray().Select(each =>
            $"{each.GetProperty("disputeId").GetString()} {each.GetProperty("reason").GetString()} {(each.GetProperty("outcome").GetString() ?? "open")}")];
}
