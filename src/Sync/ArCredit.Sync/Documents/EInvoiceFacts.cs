using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Sync.Parties;

namespace ArCredit.Sync.Documents;

/// <summary>Thrown when a document cannot be made because facts are missing.</summary>
/// <param name="missing">What is missing, by where it would be entered.</param>
internal sealed class EInvoiceIncompleteException(IReadOnlyList<string> missing) : Exception(string.Join("; ", missing))
{
    public IReadOnlyList<string> Missing { get; } = missing;
}

/// <summary>Makes a document's facts of what the ledger and the two parties have; everything that is missing is said at once.</summary>
internal sealed class EInvoiceFacts(CompanyParty? company, PartyDetails buyer)
{
    private readonly List<string> missing = [];

    /// <summary>Of a posted invoice.</summary>
    public EInvoice Of(InvoicePosted posted, EInvoiceFormat format)
    {
        var due = posted.Instalments.Where(line => line.DueDate != RetentionTerms.NoDueDate).Select(line => line.DueDate).DefaultIfEmpty().Max();
        var gross = Money.ToDecimal(posted.Amount, posted.Currency);
        decimal? tax = posted.TaxAmount is { } minor ? Money.ToDecimal(minor, posted.Currency) : null;
        var discount = posted.Discount?.Steps;
        return Make(format, TypeCodes.Invoice, posted.Number, posted.IssueDate, due == default ? null : due, posted.Currency, gross, tax, posted.Reference, []) with
        {
            Discount = discount,
            PaymentTerms = discount is null ? null : DiscountLines.Write(discount),
        };
    }

    /// <summary>Of a posted credit note, whose VAT is that of the invoice it names, in proportion.</summary>
    public EInvoice Of(CreditNotePosted posted, InvoicePosted? credited, EInvoiceFormat format)
    {
        var gross = Money.ToDecimal(posted.Amount, posted.Currency);
        decimal? tax = credited is { TaxAmount: { } minor } && ReferenceEquals(credited.Currency, posted.Currency)
            ? Money.ToDecimal((long)decimal.Round((decimal)minor * posted.Amount / credited.Amount, 0, MidpointRounding.ToEven), posted.Currency)
            : null;
        return Make(
            format, TypeCodes.CreditNote, posted.Number, posted.IssueDate, null, posted.Currency, gross, tax, credited?.Reference,
            posted.Invoice is { } named ? [named.Value] : []);
    }

    private EInvoice Make(
        EInvoiceFormat format, string type, DocumentNumber number, DateOnly issueDate, DateOnly? dueDate, Currency currency, decimal gross, decimal? tax, string? reference,
        IReadOnlyList<string> preceding)
    {
        var isEqaime = format == EInvoiceFormat.Eqaime;
        if (tax is null)
        {
            missing.Add("taxAmount of the document");
        }

        if (isEqaime ? !ReferenceEquals(currency, EqaimeReader.Manat) : currency.Decimals > 2)
        {
            missing.Add(isEqaime ? $"an amount in AZN (the document is in {currency})" : $"an amount with at most 2 decimals ({currency} has {currency.Decimals})");
        }

        if (reference is null && !isEqaime)
        {
            missing.Add("reference of the document (the buyer's order, BT-13)");
        }

        var (seller, to) = (Seller(isEqaime), Buyer(isEqaime));
        var net = gross - (tax ?? 0);
        var vat = tax is null ? null : Vat(net, tax.Value, isEqaime);
        if (missing.Count > 0)
        {
            throw new EInvoiceIncompleteException(missing);
        }

        return new EInvoice(
            format, type, number, issueDate, dueDate, currency, seller, to, new EInvoiceTotals(net, null, null, net, tax, gross, 0, 0, gross), [vat!],
            new EInvoiceReferences(null, reference, null, preceding, number.Value), null);
    }

    private EInvoiceParty Seller(bool isEqaime)
    {
        T? Need<T>(T? fact, string what)
        {
            if (fact is null)
            {
                missing.Add($"{what} of the company");
            }

            return fact;
        }

        if (isEqaime)
        {
            var voen = Need(company?.VatId, "vatId (VÖEN)");
            NeedVoen(voen, "vatId of the company");
            Need(company?.EqaimeGoods, "eqaimeGoods");
            return new EInvoiceParty(company?.Name, "AZ", voen, null, null, null, [], null);
        }

        var endpoint = Need(company?.Endpoints.Count > 0 ? company.Endpoints[0] : null, "endpointIds");
        return new EInvoiceParty(
            Need(company?.Name, "name"), Need(company?.Country, "country"), Need(company?.VatId, "vatId"), company?.TaxRegistration,
            company?.RegistrationId is { } registration ? new WrittenId(null, registration) : null, Written(endpoint), [], company?.Address);
    }

    private EInvoiceParty Buyer(bool isEqaime)
    {
        void Need(object? fact, string what)
        {
            if (fact is null)
            {
                missing.Add($"{what} of account {buyer.Account}");
            }
        }

        if (isEqaime)
        {
            Need(buyer.TaxId, "taxId (VÖEN)");
            NeedVoen(buyer.TaxId, $"taxId of account {buyer.Account}");
            return new EInvoiceParty(buyer.Name, "AZ", buyer.TaxId, null, null, null, [], null);
        }

        Need(buyer.Name, "name");
        Need(buyer.Country, "country");
        var endpoint = buyer.EndpointIds.Count > 0 ? buyer.EndpointIds[0] : null;
        Need(endpoint, "endpointIds");
        return new EInvoiceParty(buyer.Name, buyer.Country, buyer.TaxId is { } tax ? Prefixed(tax, buyer.Country) : null, null, null, Written(endpoint), [], buyer.Address);
    }

    private EInvoiceVat? Vat(decimal net, decimal tax, bool isEqaime)
    {
        if (tax == 0)
        {
            var zero = isEqaime ? new ZeroTax(company?.ZeroTax?.Category == "E" ? "E" : "Z", null) : company?.ZeroTax;
            if (zero is null)
            {
                missing.Add("zeroTax of the company (the document has no VAT)");
            }

            return zero is null ? null : new EInvoiceVat(net, 0, zero.Category, 0, zero.Reason);
        }

        // The ledger knows one amount of VAT. Of one rate it is exact to the cent; what fits none is of several, which nobody can take apart.
        IReadOnlyList<decimal> rates = isEqaime ? [EqaimeReader.VatRate] : company?.VatRates ?? [];
        var fitting = rates.Where(rate => rate > 0 && Math.Abs((net * rate / 100) - tax) <= 0.01m).ToList();
        if (fitting.Count != 1)
        {
            missing.Add(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"the rate of VAT: {tax} on {net} is {(fitting.Count == 0 ? "none" : "more than one")} of {(isEqaime ? "18 %" : "vatRates of the company")}"));
            return null;
        }

        return new EInvoiceVat(net, tax, "S", fitting[0]);
    }

    private void NeedVoen(string? voen, string what)
    {
        if (voen is not null && (voen.Length != 10 || !voen.All(char.IsAsciiDigit)))
        {
            missing.Add($"a VÖEN of 10 digits as {what}");
        }
    }

    private static string Prefixed(string tax, string? country) =>
        TaxNumber.Of(tax, country) is { Country: { } prefix } && !TaxNumber.Strip(tax).StartsWith(prefix, StringComparison.Ordinal) ? prefix + TaxNumber.Strip(tax) : TaxNumber.Strip(tax);

    private static WrittenId? Written(PartyId? id) => id is null ? null : new WrittenId(id.Scheme, id.Id);
}
