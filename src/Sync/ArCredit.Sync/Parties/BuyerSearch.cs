using System.Security.Cryptography;
using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Storage;

namespace ArCredit.Sync.Parties;

/// <summary>A customer that a document may be of.</summary>
/// <param name="AccountId">The customer.</param>
/// <param name="Name">Its name; null = none known.</param>
/// <param name="MatchedBy">By which of the document's terms.</param>
/// <param name="Contradicts">Its tax id is another than the document's.</param>
internal sealed record BuyerCandidate(string AccountId, string? Name, IReadOnlyList<string> MatchedBy, bool Contradicts);

/// <summary>Whose a document is.</summary>
/// <param name="Account">Null = nobody's, or several's.</param>
/// <param name="Candidates">All that some id names.</param>
internal sealed record FoundBuyer(AccountId? Account, IReadOnlyList<BuyerCandidate> Candidates);

/// <summary>Tells whose a document is within a company, by its ids or by what people said of the same before.</summary>
internal sealed class BuyerSearch(IParties parties, IOpenItems items, IFeed feed, LearnedBuyers learned)
{
    // More than a person would choose from.
    private const int MaxEach = 20;

    /// <summary>Looks up everything the document says of its buyer.</summary>
    public async Task<FoundBuyer> FindAsync(string company, EInvoiceParty buyer, CancellationToken cancellation)
    {
        await feed.CatchUpAsync(cancellation);
        if (await learned.FindAsync(company, KeyOf(buyer), cancellation) is { } said && (await items.AccountsAsync(company, [said], cancellation)).Count == 1)
        {
            return new FoundBuyer(AccountId.Parse(said), []);
        }

        var named = new List<(string Term, IReadOnlyList<FoundAccount> Accounts)>();
        async Task NumberAsync(string term, string? number)
        {
            if (number is not null && number.Any(char.IsAsciiDigit))
            {
                named.Add((term, await parties.ByTaxIdAsync(company, number, buyer.Country, MaxEach, cancellation)));
            }
        }

        async Task IdAsync(string term, WrittenId? id)
        {
            if (PartyChoice.Schemed(id) is { } schemed)
            {
                named.Add((term, await parties.ByEndpointAsync(company, schemed, MaxEach, cancellation)));
            }
        }

        await NumberAsync("BT-48", buyer.VatId);
        await NumberAsync("BT-47", buyer.LegalId?.Id);
        await IdAsync("BT-47", buyer.LegalId);
        await IdAsync("BT-49", buyer.Endpoint);
        foreach (var id in buyer.Ids)
        {
            await IdAsync("BT-46", id);

            // Without a scheme it is the seller's own number of the customer.
            if (id.Scheme is null && AccountId.TryParse(id.Id, out _))
            {
                named.Add(("BT-46", await items.AccountsAsync(company, [id.Id], cancellation)));
            }
        }

        return await ChooseAsync(buyer, named, cancellation);
    }

    /// <summary>Stands for everything a document says of its buyer's identity: its ids, or where it says none its name and address.</summary>
    public static string KeyOf(EInvoiceParty buyer)
    {
        var ids = new[] { ("vat", buyer.VatId is { } vat ? TaxNumber.Of(vat, buyer.Country).ToString() : null), ("legal", Written(buyer.LegalId)), ("endpoint", Written(buyer.Endpoint)) }
            .Concat(buyer.Ids.Select(id => ("id", Written(id)))).Where(id => id.Item2 is not null).Select(id => $"{id.Item1}={id.Item2}").Order(StringComparer.Ordinal).ToList();
        if (ids.Count == 0)
        {
            ids.AddRange(new[] { buyer.Name, buyer.Country, buyer.Address?.Street, buyer.Address?.City, buyer.Address?.PostalCode }.Select(text => $"{text?.ToUpperInvariant()}"));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ids))));
    }

    private async Task<FoundBuyer> ChooseAsync(EInvoiceParty buyer, List<(string Term, IReadOnlyList<FoundAccount> Accounts)> named, CancellationToken cancellation)
    {
        var (one, all) = PartyChoice.Of([.. named.Select(each => (IReadOnlyList<string>)[.. each.Accounts.Select(account => account.Account.Value)])]);
        var candidates = new List<BuyerCandidate>();
        foreach (var account in all.Take(MaxEach))
        {
            var found = named.SelectMany(each => each.Accounts.Where(candidate => candidate.Account.Value == account).Select(candidate => (each.Term, candidate.Name))).ToList();
            var known = await parties.ReadAsync(AccountId.Parse(account), cancellation);
            var contradicts = known?.TaxId is { } own && buyer.VatId is { } vat && !TaxNumber.Of(own, known.Country).IsSame(TaxNumber.Of(vat, buyer.Country));
            candidates.Add(new BuyerCandidate(account, found[0].Name, [.. found.Select(each => each.Term).Distinct(StringComparer.Ordinal)], contradicts));
        }

        var stands = one is not null && candidates.Any(candidate => candidate.AccountId == one && !candidate.Contradicts);
        return new FoundBuyer(stands ? AccountId.Parse(one!) : null, candidates);
    }

    private static string? Written(WrittenId? id) => id is null ? null : PartyChoice.Schemed(id)?.Key ?? TaxNumber.Strip(id.Id);
}
