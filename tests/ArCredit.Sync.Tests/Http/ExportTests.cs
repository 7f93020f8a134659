using ArCredit.Sync.Documents;
using ArCredit.Sync.Tests.Written;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Sync.Tests.Http;

public sealed class ExportTests
{
    private static readonly object Seller = new
    {
        name = "Verkäufer & Söhne GmbH",
        country = "DE",
        vatId = WrittenInvoice.SellerVat,
        endpointIds = new[] { new { scheme = "9930", id = "DE123456789" } },
        address = new { street = "Straße 1", city = "Köln", postalCode = "50667" },
        iban = "DE42 1001 0010 0043 9211 05",
        vatRates = new[] { 19, 7 },
    };

    private static readonly object Customer = new
    {
        name = "Acheteur <SA>",
        currency = "EUR",
        country = "FR",
        taxId = "12 345 678 901",
        endpointIds = new[] { new { scheme = "0088", id = "4000001000005" } },
        address = new { street = "Rue 1", city = "Lyon" },
    };

    [Fact]
    public async Task What_is_made_of_the_ledger_reads_back_as_the_same_facts_elsewhere()
    {
        await using var app = await RunningApp.StartAsync();
        var billing = app.Admin;
        (await billing.PutSellerAsync(more: Seller)).ShouldBe(201);
        await billing.CustomerAsync("A", null, Customer);
        (await billing.PostAsync("/api/v1/accounts/A/invoices", new
        {
            number = "R/1",
            issueDate = "2026-01-02",
            dueDate = "2026-02-15",
            amount = 226.10,
            taxAmount = 36.10,
            currency = "EUR",
            reference = "PO-1",
            discount = new[] { new { percent = 2, days = 10 } },
        })).ShouldBe(201);
        (await billing.PostAsync("/api/v1/accounts/A/credit-notes", new { number = "G-1", issueDate = "2026-01-03", amount = 113.05, currency = "EUR", invoice = "R/1" })).ShouldBe(201);
        var invoice = (await billing.GetAsync("/api/v1/accounts/A/invoices/R%2F1/einvoice")).ShouldBe(200);
        var note = (await billing.GetAsync("/api/v1/accounts/A/credit-notes/G-1/einvoice?format=ubl")).ShouldBe(200);
        (await billing.GetAsync("/api/v1/accounts/A/invoices/R%2F1/einvoice?format=ubl")).ShouldBe(200).Text.ShouldBe(invoice.Text);

        await using var elsewhere = await RunningApp.StartAsync();
        var other = elsewhere.Admin;
        (await other.PutSellerAsync(more: Seller)).ShouldBe(201);
        await other.CustomerAsync("B", null, Customer);
        var taken = (await other.SendAsync(System.Text.Encoding.UTF8.GetBytes(invoice.Text))).ShouldBe(201);
        (taken.Status(), taken["accountId"].GetString(), taken["amount"].GetDecimal(), taken["taxAmount"].GetDecimal(), taken["dueDate"].GetString())
            .ShouldBe(("posted", "B", 226.10m, 36.10m, "2026-02-15"));
        taken["references"].GetProperty("order").GetString().ShouldBe("PO-1");
        taken["discount"][0].GetProperty("days").GetInt32().ShouldBe(10);
        (await other.SendAsync(System.Text.Encoding.UTF8.GetBytes(note.Text))).ShouldBe(201)["creditedInvoice"].GetString().ShouldBe("R/1");
        (await other.OpenAsync("B")).ShouldBe(await billing.OpenAsync("A"));

        // What was received is given back as it came.
        (await other.GetAsync("/api/v1/accounts/B/invoices/R%2F1/einvoice")).ShouldBe(200).Text.ShouldBe(invoice.Text);
    }

    [Fact]
    public async Task Everything_that_is_missing_is_said_at_once()
    {
        await using var app = await RunningApp.StartAsync();
        var billing = app.Admin;
        await billing.CustomerAsync("A", null, new { currency = "EUR" });
        (await billing.PostAsync("/api/v1/accounts/A/invoices", new { number = "R-1", issueDate = "2026-01-02", amount = 119, currency = "EUR" })).ShouldBe(201);
        var missing = (await billing.GetAsync("/api/v1/accounts/A/invoices/R-1/einvoice")).ShouldBeProblem(422, "EINVOICE_INCOMPLETE")["missing"];
        missing.EnumerateArray().Select(each => each.GetString()).ShouldBe(
        [
            "taxAmount of the document", "reference of the document (the buyer's order, BT-13)", "endpointIds of the company", "name of the company", "country of the company",
            "vatId of the company", "name of account A", "country of account A", "endpointIds of account A",
        ]);
        (await billing.GetAsync("/api/v1/accounts/A/invoices/none/einvoice")).ShouldBeProblem(404, "INVOICE_NOT_FOUND");
        (await billing.GetAsync("/api/v1/accounts/none/invoices/none/einvoice")).ShouldBeProblem(404, "ACCOUNT_NOT_FOUND");
    }

    [Fact]
    public async Task A_rate_that_the_VAT_does_not_fit_is_not_made_up()
    {
        await using var app = await RunningApp.StartAsync();
        var billing = app.Admin;
        (await billing.PutSellerAsync(more: Seller)).ShouldBe(201);
        await billing.CustomerAsync("A", null, Customer);
        (await billing.PostAsync("/api/v1/accounts/A/invoices", new { number = "R-1", issueDate = "2026-01-02", amount = 113, taxAmount = 13, currency = "EUR", reference = "PO" })).ShouldBe(201);
        (await billing.GetAsync("/api/v1/accounts/A/invoices/R-1/einvoice")).ShouldBeProblem(422, "EINVOICE_INCOMPLETE")["missing"][0].GetString().ShouldBe("the rate of VAT: 13.00 on 100.00 is none of vatRates of the company");
    }

    [Fact]
    public async Task What_came_as_CII_is_given_as_UBL_with_all_of_its_facts()
    {
        await using var app = await RunningApp.StartAsync();
        var billing = app.Admin;
        (await billing.PutSellerAsync(more: Seller)).ShouldBe(201);
        await billing.CustomerAsync("A", "FR12345678901");
        var file = new WrittenInvoice("R-1").Cii();
        (await billing.SendAsync(file)).ShouldBe(201).Status().ShouldBe("posted");
        (await billing.GetAsync("/api/v1/accounts/A/invoices/R-1/einvoice")).ShouldBe(200).Text.ShouldBe(System.Text.Encoding.UTF8.GetString(file));
        var ubl = (await billing.GetAsync("/api/v1/accounts/A/invoices/R-1/einvoice?format=ubl")).ShouldBe(200);
        var read = EInvoiceReader.Read(System.Text.Encoding.UTF8.GetBytes(ubl.Text)).ShouldBeOfType<ReadFile.Document>().Invoice;
        (read.Amount.Minor, read.TaxWithin, read.Buyer.VatId, read.DueDate).ShouldBe((11900, 1900, "FR12345678901", new DateOnly(2026, 2, 1)));
    }
}
