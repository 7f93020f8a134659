using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Sync.Parties;

/// <summary>How a company's invoices without VAT are told: the category of EN 16931 and why.</summary>
/// <param name="Category">Z, E, G, K or AE.</param>
/// <param name="Reason">Why no VAT is charged; needed but for Z.</param>
internal sealed record ZeroTax(string Category, string? Reason);

/// <summary>What an e-qaimə has to say of goods that the ledger does not know.</summary>
/// <param name="Code">Code of the goods or service in the tax portal's list, 10 digits.</param>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Unit of measure.</param>
internal sealed record EqaimeGoods(string Code, string Name, string Unit);

/// <summary>Who a company is in e-invoices: by the ids incoming documents are told to be its own, and outgoing ones are made of all of it.</summary>
/// <param name="Name">Registered name.</param>
/// <param name="Country">ISO 3166, two capitals.</param>
/// <param name="Address">Where it is.</param>
/// <param name="VatId">With its country's prefix; in Azerbaijan the VÖEN.</param>
/// <param name="TaxRegistration">Another number of the tax office.</param>
/// <param name="RegistrationId">In the register of companies.</param>
/// <param name="EndpointIds">Electronic addresses and other ids; the first is where it sends from.</param>
/// <param name="Iban">Where it is paid.</param>
/// <param name="VatRates">Rates of VAT that its invoices may have, per cent; which one an invoice has is told from its amounts.</param>
/// <param name="ZeroTax">What invoices without VAT say.</param>
/// <param name="EqaimeGoods">What an e-qaimə says of goods.</param>
internal sealed record CompanyParty(
    string Name, string? Country, PostalAddress? Address, string? VatId, string? TaxRegistration, string? RegistrationId, IReadOnlyList<PartyId>? EndpointIds,
    string? Iban, IReadOnlyList<decimal>? VatRates, ZeroTax? ZeroTax, EqaimeGoods? EqaimeGoods)
{
    private const int MaxIds = 20;

    /// <summary>Ids and addresses; empty where none is said.</summary>
    internal IReadOnlyList<PartyId> Endpoints => EndpointIds ?? [];

    /// <summary>Names every field that cannot be used.</summary>
    public void Check(FieldErrors errors)
    {
        void Line(string path, string? text, int max, bool isNeeded = false)
        {
            if (text is null ? isNeeded : !Text.IsIdentifier(text, max))
            {
                errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"must be 1 to {max} characters without control characters or surrounding white space"));
            }
        }

        Line("name", Name, 200, isNeeded: true);
        if (Country is not null && (Country.Length != 2 || !Country.All(char.IsAsciiLetterUpper)))
        {
            errors.Add("country", "must be an ISO 3166 code of two capitals");
        }

        Line("address.street", Address?.Street, 200);
        Line("address.additional", Address?.Additional, 200);
        Line("address.city", Address?.City, 100);
        Line("address.postalCode", Address?.PostalCode, 20);
        Line("address.region", Address?.Region, 100);
        Line("vatId", VatId, 64);
        Line("taxRegistration", TaxRegistration, 64);
        Line("registrationId", RegistrationId, 64);
        Line("iban", Iban, 42);
        foreach (var (at, endpoint) in Endpoints.Index())
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"endpointIds[{at}].scheme"), endpoint.Scheme, PartyId.MaxScheme, isNeeded: true);
            Line(string.Create(CultureInfo.InvariantCulture, $"endpointIds[{at}].id"), endpoint.Id, PartyId.MaxId, isNeeded: true);
        }

        if (Endpoints.Count > MaxIds || VatRates?.Count > MaxIds)
        {
            errors.Add(Endpoints.Count > MaxIds ? "endpointIds" : "vatRates", $"must have at most {MaxIds} entries");
        }

        if (VatRates?.Any(rate => rate is < 0 or > 100 || decimal.Round(rate, 2, MidpointRounding.ToEven) != rate) == true)
        {
            errors.Add("vatRates", "must be per cent from 0 to 100 with at most 2 decimals");
        }

        if (ZeroTax is { } zero && (zero.Category is not ("Z" or "E" or "G" or "K" or "AE") || (zero.Category != "Z" && zero.Reason is null)))
        {
            errors.Add("zeroTax", "must have a category of Z, E, G, K or AE, and a reason but for Z");
        }

        Line("zeroTax.reason", ZeroTax?.Reason, 200);
        if (EqaimeGoods is { } goods)
        {
            if (goods.Code is not { Length: 10 } || !goods.Code.All(char.IsAsciiDigit))
            {
                errors.Add("eqaimeGoods.code", "must be 10 digits");
            }

            Line("eqaimeGoods.name", goods.Name, 150, isNeeded: true);
            Line("eqaimeGoods.unit", goods.Unit, 50, isNeeded: true);
        }
    }
}
