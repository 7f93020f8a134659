using ArCredit.Sync.Documents;
using Shouldly;
using Xunit.Abstractions;

namespace ArCredit.Sync.Tests.Documents;

public sealed class SharedDocumentTests(ITestOutputHelper output)
{
    [OnSharedInvoices]
    public void The_base_example_is_read_term_by_term()
    {
        var invoice = Read(SharedInvoices.Bytes("base-example.xml"));
        (invoice.TypeCode, invoice.Number.Value, invoice.IssueDate, invoice.DueDate, invoice.Currency.Code)
            .ShouldBe(("380", "Snippet1", new DateOnly(2017, 11, 13), new DateOnly(2017, 12, 1), "EUR"));
        (invoice.IsCredit, invoice.Amount.Minor, invoice.TaxWithin).ShouldBe((false, 165625, 33125));
        (invoice.Seller.VatId, invoice.Seller.LegalId!.Id, invoice.Seller.Endpoint).ShouldBe(("GB1232434", "GB983294", new WrittenId("0088", "9482348239847239874")));
        (invoice.Buyer.VatId, invoice.Buyer.LegalId, invoice.Buyer.Endpoint).ShouldBe(("SE4598375937", new WrittenId("0183", "39937423947"), new WrittenId("0002", "FR23342")));
        (invoice.References.Buyer, invoice.References.Remittance).ShouldBe(("0150abc", "Snippet1"));
        invoice.Discount.ShouldBeNull();
    }

    [OnSharedInvoices]
    public void The_allowance_example_is_due_less_what_was_prepaid_and_its_second_currency_is_not_owed()
    {
        var invoice = Read(SharedInvoices.Bytes("Allowance-example.xml"));
        (invoice.Amount.Minor, invoice.Totals.Gross, invoice.Totals.Prepaid, invoice.Totals.Tax).ShouldBe((612500, 7125m, 1000m, 1225m));

        // 1,225.00 x 6,125 / 7,125.
        invoice.TaxWithin.ShouldBe(105307);
    }

    [OnSharedInvoices]
    public void The_credit_note_names_its_invoice()
    {
        var note = Read(SharedInvoices.Bytes("base-creditnote-correction.xml"));
        (note.IsCredit, note.Amount.Minor).ShouldBe((true, 165625));
        note.References.Preceding.ShouldBe(["Snippet1"]);
    }

    [OnPublicExamples]
    public void Every_public_example_is_taken()
    {
        var refused = new List<string>();
        foreach (var (name, file) in SharedInvoices.PublicExamples())
        {
            try
            {
                var invoice = Read(file);
                output.WriteLine($"{name}: {invoice.TypeCode} {invoice.Number}, {invoice.Amount} due {invoice.DueDate:yyyy-MM-dd}, VAT {invoice.TaxWithin}{(invoice.IsCredit ? ", credit" : string.Empty)}");
            }
            catch (EInvoiceRefusedException wrong)
            {
                refused.Add($"{name}: {wrong.Code} {wrong.Message}");
            }
        }

        refused.ShouldBeEmpty();
    }

    private static EInvoice Read(byte[] file) => EInvoiceReader.Read(file).ShouldBeOfType<ReadFile.Document>().Invoice;
}
