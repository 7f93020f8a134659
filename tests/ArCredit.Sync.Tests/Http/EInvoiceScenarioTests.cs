using System.Net.Http.Headers;
using System.Security.Cryptography;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Tests.Documents;
using ArCredit.Sync.Tests.Written;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Sync.Tests.Http;

public sealed class EInvoiceScenarioTests
{
    private static readonly string[] Several = ["A", "B"];

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task An_invoice_is_posted_once_and_its_credit_note_settles_it(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var billing = app.Admin;
        (await billing.PutSellerAsync()).ShouldBe(201);
        await billing.CustomerAsync("A", "FR 12 345 678 901");
        var file = new WrittenInvoice("R-1") { Order = "PO-7" };
        var taken = (await billing.SendAsync(file)).ShouldBe(201);
        (taken.Status(), taken["accountId"].GetString(), taken["amount"].GetDecimal(), taken["taxAmount"].GetDecimal(), taken["format"].GetString()).ShouldBe(("posted", "A", 119m, 19m, "ubl"));
        var again = (await billing.SendAsync(file)).ShouldBe(200);
        again.Text.ShouldBe(taken.Text);
        var item = (await billing.GetAsync("/api/v1/accounts/A/invoices/R-1")).ShouldBe(200);
        (item["instalments"][0].GetProperty("dueDate").GetString(), item["amount"].GetDecimal()).ShouldBe(("2026-02-01", 119m));
        (await billing.OpenAsync("A")).ShouldBe("R-1:119.00");

        // The same facts in another format are the same invoice.
        (await billing.SendAsync(file.Cii())).ShouldBe(201).Status().ShouldBe("posted");
        (await billing.OpenAsync("A")).ShouldBe("R-1:119.00");

        var note = (await billing.SendAsync(new WrittenInvoice("G-1") { Type = "381", Preceding = "R-1", Net = 50m, Tax = 9.5m })).ShouldBe(201);
        (note.Status(), note["kind"].GetString(), note["creditedInvoice"].GetString()).ShouldBe(("posted", "creditNote", "R-1"));
        (await billing.OpenAsync("A")).ShouldBe("R-1:59.50");

        // More than can be credited of the invoice settles it, and the rest is unapplied.
        (await billing.SendAsync(new WrittenInvoice("G-2") { Preceding = "R-1", Net = -100m, Tax = -19m })).ShouldBe(201).Status().ShouldBe("posted");
        (await billing.OpenAsync("A")).ShouldBe("G-2:-59.50");
        (await billing.GetAsync($"{EInvoiceCalls.Path}?account=A&limit=3")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(3);
        (await billing.GetAsync($"{EInvoiceCalls.Path}/{taken["id"].GetString()}/content")).ShouldBe(200).Text.ShouldBe(file.UblText());
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Who_is_not_known_waits_for_a_person_and_is_known_from_then_on(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var billing = app.Admin;
        (await billing.SendAsync(new WrittenInvoice("R-1"))).ShouldBeProblem(422, "EINVOICE_SELLER_UNKNOWN")["seller"].GetProperty("vatId").GetString().ShouldBe(WrittenInvoice.SellerVat);
        (await billing.PutSellerAsync()).ShouldBe(201);
        await billing.CustomerAsync("A", null, new { name = "A", currency = "EUR", taxId = "12345678901", country = "FR", endpointIds = new[] { new { scheme = "0088", id = "4000001" } } });
        await billing.CustomerAsync("B", "FR12345678901");
        await billing.CustomerAsync("C", null);
        var both = (await billing.SendAsync(new WrittenInvoice("R-1"))).ShouldBe(201);
        both.Status().ShouldBe("waiting BUYER_AMBIGUOUS");
        both["candidates"].EnumerateArray().Select(each => each.GetProperty("accountId").GetString()).ShouldBe(Several);

        // A second id tells them apart.
        (await billing.SendAsync(new WrittenInvoice("R-2") { BuyerEndpoint = "4000001" })).ShouldBe(201)["accountId"].GetString().ShouldBe("A");

        // An account under whose number another tax id is known is not meant by the number.
        (await billing.SendAsync(new WrittenInvoice("R-3") { BuyerVat = "FR99999999999", BuyerId = "B" })).ShouldBe(201).Status().ShouldBe("waiting BUYER_AMBIGUOUS");
        (await billing.SendAsync(new WrittenInvoice("R-4") { BuyerVat = null, BuyerId = "C" })).ShouldBe(201)["accountId"].GetString().ShouldBe("C");

        var unknown = (await billing.SendAsync(new WrittenInvoice("R-5") { BuyerVat = "IT55555555555" })).ShouldBe(201);
        unknown.Status().ShouldBe("waiting BUYER_UNKNOWN");
        (await billing.GetAsync($"{EInvoiceCalls.Path}?status=waiting")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(3);
        var id = unknown["id"].GetString();
        (await billing.PostAsync($"{EInvoiceCalls.Path}/{id}/account", new { accountId = "nobody" })).ShouldBeProblem(422, "ACCOUNT_UNKNOWN");
        var named = (await billing.PostAsync($"{EInvoiceCalls.Path}/{id}/account", new { accountId = "C" })).ShouldBe(200);
        (named.Status(), named["accountId"].GetString()).ShouldBe(("posted", "C"));
        (await billing.PostAsync($"{EInvoiceCalls.Path}/{id}/account", new { accountId = "C" })).ShouldBe(200).Text.ShouldBe(named.Text);
        (await billing.PostAsync($"{EInvoiceCalls.Path}/{id}/account", new { accountId = "A" })).ShouldBeProblem(409, "EINVOICE_POSTED");
        (await billing.SendAsync(new WrittenInvoice("R-6") { BuyerVat = "IT 555 555 555 55" })).ShouldBe(201)["accountId"].GetString().ShouldBe("C");
        (await billing.OpenAsync("C")).ShouldBe("R-4:119.00 R-5:119.00 R-6:119.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_number_with_other_content_is_a_conflict_and_a_closed_period_is_waited_for(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var billing = app.Admin;
        (await billing.PutSellerAsync()).ShouldBe(201);
        await billing.CustomerAsync("A", "FR12345678901");
        (await billing.PostAsync("/api/v1/accounts/A/invoices", new { number = "R-1", issueDate = "2026-01-02", dueDate = "2026-02-01", amount = 119, currency = "EUR" })).ShouldBe(201);
        (await billing.SendAsync(new WrittenInvoice("R-1"))).ShouldBe(201).Status().ShouldBe("posted");
        var other = (await billing.SendAsync(new WrittenInvoice("R-1") { Net = 200m, Tax = 38m, DueDate = "2026-02-02" })).ShouldBe(201);
        other.Status().ShouldBe("conflict NUMBER_CONFLICT");
        other["differences"].EnumerateArray().Select(each => $"{each.GetProperty("field").GetString()} {each.GetProperty("onLedger").GetString()} {each.GetProperty("inDocument").GetString()}")
            .ShouldBe(["amount 119.00 EUR 238.00 EUR", "dueDate 2026-02-01 2026-02-02"]);
        (await billing.OpenAsync("A")).ShouldBe("R-1:119.00");

        (await billing.PutAsync("/api/v1/companies/main/periods/2026-01", new { status = "closed" })).ShouldBe(200);
        var held = (await billing.SendAsync(new WrittenInvoice("R-2"))).ShouldBe(201);
        held.Status().ShouldBe("waiting PERIOD_CLOSED");
        var posting = $"{EInvoiceCalls.Path}/{held["id"].GetString()}/posting";
        (await billing.PostAsync(posting)).ShouldBe(200).Status().ShouldBe("waiting PERIOD_CLOSED");
        (await billing.PostAsync($"{posting}?ifPeriodClosed=nextOpenDay")).ShouldBe(200).Status().ShouldBe("posted");
        (await billing.PostAsync(posting)).ShouldBe(200).Status().ShouldBe("posted");
        (await billing.OpenAsync("A")).ShouldBe("R-1:119.00 R-2:119.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task The_order_it_names_is_captured_and_a_correction_is_seen_by_a_person(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var billing = app.Admin;
        (await billing.PutSellerAsync()).ShouldBe(201);
        await billing.CustomerAsync("A", null, new { name = "A", currency = "EUR", taxId = "FR12345678901", creditLimit = 1000 });
        (await billing.PostAsync("/api/v1/accounts/A/reservations", new { reservationId = "order-1", kind = "order", amount = 119, currency = "EUR", reference = "PO-1" })).ShouldBe(201);
        var taken = (await billing.SendAsync(new WrittenInvoice("R-1") { Order = "PO-1", Terms = "#SKONTO#TAGE=10#PROZENT=2.00#" })).ShouldBe(201);
        (taken.Status(), taken["capturedReservation"].GetString()).ShouldBe(("posted", "order-1"));
        var profile = (await billing.GetAsync("/api/v1/accounts/A")).ShouldBe(200)["exposure"];
        (profile.GetProperty("orders").GetDecimal(), profile.GetProperty("openInvoices").GetDecimal()).ShouldBe((0m, 119m));

        // Paid within the discount's days and less the discount, the invoice is cleared.
        (await billing.PostAsync("/api/v1/accounts/A/payments", new { paymentId = "P", amount = 116.62, currency = "EUR", receivedOn = "2026-01-05", method = "transfer" })).ShouldBe(201);
        (await billing.OpenAsync("A")).ShouldBeEmpty();

        var corrected = (await billing.SendAsync(new WrittenInvoice("R-2") { Type = "384", Preceding = "R-1" })).ShouldBe(201);
        corrected.Status().ShouldBe("waiting CORRECTION");
        (await billing.PostAsync($"{EInvoiceCalls.Path}/{corrected["id"].GetString()}/posting")).ShouldBe(200).Status().ShouldBe("posted");
        (await billing.SendAsync(new WrittenInvoice("R-3") { Prepaid = 119m })).ShouldBe(201)["status"].GetString().ShouldBe("nothingDue");
        (await billing.OpenAsync("A")).ShouldBe("R-2:119.00");
        (await billing.SendAsync(new WrittenInvoice("R-4") { DueDate = null })).ShouldBe(201);
        (await billing.GetAsync("/api/v1/accounts/A/invoices/R-4")).ShouldBe(200)["instalments"][0].GetProperty("dueDate").GetString().ShouldBe("2026-02-01");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Sent_many_times_at_once_a_file_is_one_document(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        (await app.Admin.PutSellerAsync()).ShouldBe(201);
        await app.Admin.CustomerAsync("A", "FR12345678901");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => app.Admin.SendAsync(new WrittenInvoice("R-1"))));
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == 201 || answer.Status == 200);
        answers.Select(answer => answer["id"].GetString()).Distinct().ShouldHaveSingleItem();
        (await app.Admin.OpenAsync("A")).ShouldBe("R-1:119.00");

        // Different files of one number: one is posted, all others are in conflict with it.
        var numbers = await Task.WhenAll(Enumerable.Range(1, 8).Select(no => app.Admin.SendAsync(new WrittenInvoice("R-2") { Net = 100m * no, Tax = 19m * no })));
        numbers.Select(answer => answer.ShouldBe(201)["status"].GetString()).Order().ShouldBe([.. Enumerable.Repeat("conflict", 7), "posted"]);
    }

    [Fact]
    public async Task What_is_not_taken_is_answered_as_a_problem()
    {
        await using var app = await RunningApp.StartAsync();
        var billing = app.Admin;
        (await billing.PutSellerAsync()).ShouldBe(201);
        var wrong = (await billing.SendAsync(new WrittenInvoice("R-1") { Off = 0.01m })).ShouldBeProblem(422, "EINVOICE_TOTALS_WRONG");
        var broken = wrong["broken"][0];
        (broken.GetProperty("rule").GetString(), broken.GetProperty("stated").GetDecimal(), broken.GetProperty("calculated").GetDecimal()).ShouldBe(("BR-CO-16", 119.01m, 119m));
        (await billing.SendAsync(new WrittenInvoice("R-1") { Head = "<!DOCTYPE Invoice []>" })).ShouldBeProblem(422, "EINVOICE_DTD");
        (await billing.SendAsync("<a"u8.ToArray())).ShouldBeProblem(422, "EINVOICE_UNREADABLE")["line"].GetInt32().ShouldBe(1);
        (await billing.SendAsync("<a/>"u8.ToArray())).ShouldBeProblem(422, "EINVOICE_FORMAT_UNKNOWN");
        (await billing.SendAsync(new WrittenInvoice("R-1") { Type = "325" })).ShouldBeProblem(422, "EINVOICE_TYPE_REFUSED");
        (await billing.SendAsync("{}"u8.ToArray(), "application/json")).ShouldBeProblem(415, "UNSUPPORTED_MEDIA_TYPE");
        (await billing.GetAsync(EInvoiceCalls.Path)).ShouldBe(200)["items"].GetArrayLength().ShouldBe(0);
        (await (await app.CallerAsync(Roles.Pos)).SendAsync(new WrittenInvoice("R-1"))).ShouldBeProblem(403, "FORBIDDEN");
        (await billing.PutAsync($"{EInvoiceCalls.Path}/companies/none", new { name = "x" })).ShouldBeProblem(404, "COMPANY_NOT_FOUND");
        (await billing.PutAsync($"{EInvoiceCalls.Path}/companies/main", new { name = "x", country = "Germany" })).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["country"]);
    }

    [Fact]
    public async Task Twenty_megabytes_are_refused_before_they_are_sent()
    {
        await using var app = await RunningApp.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, EInvoiceCalls.Path) { Content = new ByteArrayContent(new byte[20 * 1024 * 1024]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AppSettings.AdminKey);
        request.Headers.ExpectContinue = true;
        using var response = await app.Admin.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(413);
    }

    [OnPublicExamples]
    public async Task Every_public_example_ends_on_an_account()
    {
        await using var app = await RunningApp.StartAsync();
        var billing = app.Admin;

        // One of them is there twice, byte for byte.
        foreach (var (index, (name, file)) in SharedInvoices.PublicExamples().DistinctBy(example => Convert.ToHexString(SHA256.HashData(example.File))).Index())
        {
            var facts = EInvoiceReader.Read(file).ShouldBeOfType<ReadFile.Document>().Invoice;
            var ids = new[] { facts.Seller.Endpoint }.Concat(facts.Seller.Ids).OfType<WrittenId>().Select(id => new { scheme = id.Scheme ?? "-", id = id.Id });
            (await billing.PutAsync($"{EInvoiceCalls.Path}/companies/main", new { name = "Seller", vatId = facts.Seller.VatId, registrationId = facts.Seller.LegalId?.Id, endpointIds = ids }))
                .Status.ShouldBeOneOf(200, 201);
            await billing.CustomerAsync($"X{index}", null, new { name, currency = facts.Currency.Code });
            var taken = await billing.SendAsync(file);
            taken.Status.ShouldBe(201, $"{name}: {taken.Text}");
            if (facts.Amount.Minor == 0)
            {
                taken["status"].GetString().ShouldBe("nothingDue", name);
                continue;
            }

            // The set has the same documents in several versions; each is to stand for itself.
            taken["status"].GetString().ShouldBe("waiting", name);
            taken = await billing.PostAsync($"{EInvoiceCalls.Path}/{taken["id"].GetString()}/account", new { accountId = $"X{index}" });
            taken.Status.ShouldBe(200, $"{name}: {taken.Text}");
            await app.ForgetBuyersAsync();
            taken.Status().ShouldBe("posted", name);
            (await billing.GetAsync($"/api/v1/accounts/X{index}")).ShouldBe(200)["balance"].GetDecimal().ShouldBe(facts.IsCredit ? -facts.Amount.Amount : facts.Amount.Amount, name);
        }
    }

    [OnSharedInvoices]
    public async Task The_shared_files_are_posted_credited_and_in_conflict()
    {
        await using var app = await RunningApp.StartAsync();
        var billing = app.Admin;
        (await billing.PutSellerAsync(more: new { name = "SupplierOfficialName Ltd", vatId = "GB1232434" })).ShouldBe(201);
        await billing.CustomerAsync("B", "SE 4598375937");
        (await billing.SendAsync(SharedInvoices.Bytes("base-example.xml"))).ShouldBe(201).Status().ShouldBe("posted");
        (await billing.OpenAsync("B")).ShouldBe("Snippet1:1656.25");

        // It has the same number and other amounts.
        var other = (await billing.SendAsync(SharedInvoices.Bytes("Allowance-example.xml"))).ShouldBe(201);
        other.Status().ShouldBe("conflict NUMBER_CONFLICT");
        other["differences"].EnumerateArray().Select(each => each.GetProperty("field").GetString()).ShouldBe(["amount", "taxAmount"]);
        (await billing.SendAsync(SharedInvoices.Bytes("base-creditnote-correction.xml"))).ShouldBe(201).Status().ShouldBe("posted");
        (await billing.OpenAsync("B")).ShouldBeEmpty();
    }
}
