namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// Open invoices by number, however people capitalise it. Made when it is first asked for and kept up from then on: most
/// accounts never need one. Numbers that differ in capitals only are different invoices and are found together.
/// </summary>
internal sealed class NumberIndex
{
    private readonly Dictionary<string, OpenInvoice[]> byNumber = new(StringComparer.OrdinalIgnoreCase);

    public NumberIndex(IEnumerable<OpenInvoice> invoices)
    {
        foreach (var invoice in invoices)
        {
            Add(invoice);
        }
    }

    public IReadOnlyList<OpenInvoice> Find(string number) => byNumber.GetValueOrDefault(number, []);

    public void Add(OpenInvoice invoice) => byNumber[invoice.Number.Value] = [.. Find(invoice.Number.Value), invoice];

    public void Remove(OpenInvoice invoice)
    {
        var others = Find(invoice.Number.Value).Where(other => !ReferenceEquals(other, invoice)).ToArray();
        if (others.Length == 0)
        {
            byNumber.Remove(invoice.Number.Value);
        }
        else
        {
            byNumber[invoice.Number.Value] = others;
        }
    }
}
