using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain.Ledger;

/// <summary>
/// The open disputes of an account. What is disputed of an item is worked out from what was disputed and what is open now: a
/// payment makes it less, and taking the payment back makes it as it was.
/// </summary>
internal sealed class Disputes
{
    private readonly SmallMap<DocumentNumber, DisputeState> open = new();
    private readonly Dictionary<(DocumentNumber Invoice, int Instalment), long> parts = [];

    public int Count => open.Count;

    /// <summary>By id.</summary>
    public IEnumerable<DisputeState> Open => open.Values.OrderBy(dispute => dispute.Id.Value, StringComparer.Ordinal);

    public DisputeState? Find(DocumentNumber id) => open.GetValueOrDefault(id);

    /// <summary>What is disputed of an item, at most what is open of it.</summary>
    public long Of(OpenItem item) => Math.Min(item.Open, parts.GetValueOrDefault((item.Invoice.Number, item.Instalment)));

    /// <summary>What is disputed of an item by number, whatever is open of it.</summary>
    public long PartsOf(DocumentNumber invoice, int instalment) => parts.GetValueOrDefault((invoice, instalment));

    public void Add(DisputeState dispute)
    {
        open.Add(dispute.Id, dispute);
        Change(dispute, 1);
    }

    /// <summary>Owner or due date; what is disputed stays.</summary>
    public void Replace(DisputeState dispute)
    {
        Require.That(open.ContainsKey(dispute.Id));
        open[dispute.Id] = dispute;
    }

    public void Remove(DocumentNumber id)
    {
        Require.That(open.Remove(id, out var dispute));
        Change(dispute!, -1);
    }

    /// <summary>The open items of which something is disputed, each with that.</summary>
    public IEnumerable<(OpenItem Item, long Disputed)> Items(Func<DocumentNumber, OpenInvoice?> find)
    {
        foreach (var ((number, instalment), _) in parts)
        {
            if (find(number)?.Find(instalment) is { } item && Of(item) is > 0 and var disputed)
            {
                yield return (item, disputed);
            }
        }
    }

    private void Change(DisputeState dispute, int sign)
    {
        foreach (var line in dispute.Lines)
        {
            var key = (dispute.Invoice, line.Instalment);
            var sum = parts.GetValueOrDefault(key) + (sign * line.Amount);
            Require.That(sum >= 0);
            if (sum == 0)
            {
                parts.Remove(key);
            }
            else
            {
                parts[key] = sum;
            }
        }
    }
}
