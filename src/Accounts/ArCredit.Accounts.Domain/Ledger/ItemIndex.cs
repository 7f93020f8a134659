using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>What is agreed about items, by item: a payment may settle as many items as an agreement may have.</summary>
internal sealed class ItemIndex
{
    private readonly Dictionary<(DocumentNumber Invoice, int Instalment), DocumentNumber[]> ids = [];

    /// <summary>The ids of what is agreed about an item, in the order added; none is an empty list.</summary>
    public DocumentNumber[] Of(DocumentNumber invoice, int instalment) => ids.GetValueOrDefault((invoice, instalment)) ?? [];

    public void Add(DocumentNumber id, DocumentNumber invoice, int instalment) => ids[(invoice, instalment)] = [.. Of(invoice, instalment), id];

    public void Remove(DocumentNumber id, DocumentNumber invoice, int instalment)
    {
        var left = Array.FindAll(ids[(invoice, instalment)], each => each != id);
        if (left.Length == 0)
        {
            ids.Remove((invoice, instalment));
        }
        else
        {
            ids[(invoice, instalment)] = left;
        }
    }
}
