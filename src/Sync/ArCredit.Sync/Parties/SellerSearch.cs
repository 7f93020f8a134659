using ArCredit.Accounts.Contracts;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Storage;

namespace ArCredit.Sync.Parties;

/// <summary>Tells which company's own a document is.</summary>
internal sealed class SellerSearch(CompanyPartyStore companies)
{
    /// <summary>The company, and all that some id of the seller names.</summary>
    public async Task<(string? Company, IReadOnlyList<string> All)> FindAsync(EInvoiceParty seller, CancellationToken cancellation)
    {
        var all = await companies.AllAsync(cancellation);
        IReadOnlyList<string> Where(Func<CompanyParty, bool> isIt) => [.. all.Where(each => isIt(each.Party)).Select(each => each.Company)];
        bool HasNumber(CompanyParty party, string number) =>
            new[] { party.VatId, party.TaxRegistration, party.RegistrationId }.Any(own => own is not null && TaxNumber.Of(own, party.Country).IsSame(TaxNumber.Of(number, seller.Country)));
        bool HasId(CompanyParty party, WrittenId id) => PartyChoice.Schemed(id) is { } schemed
            ? party.Endpoints.Any(own => own.Key == schemed.Key)
            : HasNumber(party, id.Id) || party.Endpoints.Any(own => own.Id == id.Id);
        var named = new List<IReadOnlyList<string>>();
        foreach (var number in new[] { seller.VatId, seller.TaxRegistration, seller.LegalId?.Id }.OfType<string>().Where(number => number.Any(char.IsAsciiDigit)))
        {
            named.Add(Where(party => HasNumber(party, number)));
        }

        foreach (var id in new[] { seller.LegalId, seller.Endpoint }.Concat(seller.Ids).OfType<WrittenId>())
        {
            named.Add(Where(party => HasId(party, id)));
        }

        return PartyChoice.Of(named);
    }
}
