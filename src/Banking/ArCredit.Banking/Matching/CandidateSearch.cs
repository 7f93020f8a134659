using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Statements;

namespace ArCredit.Banking.Matching;

/// <summary>Collects what may have to do with a payment, each stage only when the one before found nothing.</summary>
internal sealed class CandidateSearch(IOpenItems items, LearnedLinks links)
{
    private const int MaxNamed = 2000;
    private const int MaxItems = 10_000;
    private const int MaxSameAmount = 11;
    private const int MaxNames = 200;
    private const int MaxCustomers = 10;
    private const int MaxWords = 200;

    public async Task<MatchCandidates> FindAsync(string company, ReceivedMoney payment, CancellationToken cancellation)
    {
        var text = payment.Text;
        string?[] texts = [text.Remittance, text.EndToEndId];
        var numbers = NamedNumbers.In(text.StructuredReference, texts);
        var found = numbers.Count == 0
            ? []
            : await items.ByNumberAsync(company, payment.Amount.Currency, [.. numbers.Select(number => number.Key).Distinct(StringComparer.Ordinal)], MaxNamed + 1, cancellation);
        var isCut = found.Count > MaxNamed || numbers.Count >= NamedNumbers.MaxFound || texts.Any(one => one?.Length > NamedNumbers.MaxText);
        var byKey = found.Take(MaxNamed).ToLookup(item => SearchKey.Of(item.Number.Value), StringComparer.Ordinal);
        var named = numbers.SelectMany(number => byKey[number.Key], (number, item) => (number, item)).ToList();
        var (known, areWordsCut) = await KnownAsync(company, text, texts, cancellation);
        isCut |= areWordsCut;
        if (named.Count > 0)
        {
            return new MatchCandidates(named, [.. known.Select(one => new KnownCustomer(one.Found.Account, one.Found.Name, one.By, []))], []) { IsCut = isCut };
        }

        if (known.Count == 0)
        {
            var (same, areNamesCut) = await NamesakesAsync(company, text.Party, cancellation);
            known = same.ConvertAll(one => (one, FoundBy.Name));
            isCut |= areNamesCut;
        }

        // One customer may be known by more than one trace.
        isCut |= known.Count > MaxCustomers;

        var customers = new List<KnownCustomer>(known.Count);
        foreach (var (one, by) in known.Take(MaxCustomers))
        {
            var open = await items.OfAccountAsync(one.Account, payment.Amount.Currency, MaxItems + 1, cancellation);
            isCut |= open.Count > MaxItems;
            customers.Add(new KnownCustomer(one.Account, one.Name, by, open.Count > MaxItems ? [.. open.Take(MaxItems)] : open));
        }

        return new MatchCandidates([], customers, customers.Count > 0 ? [] : await items.ByAmountAsync(company, payment.Amount, MaxSameAmount, cancellation))
        {
            IsCut = isCut,
        };
    }

    private async Task<(List<(FoundAccount Found, FoundBy By)> Known, bool IsCut)> KnownAsync(string company, PaymentText text, string?[] texts, CancellationToken cancellation)
    {
        var linked = PartyAccount.Of(text.PartyAccount) is { } account ? await links.AccountsOfAsync(account, cancellation) : [];
        var words = texts.Append(text.StructuredReference).SelectMany(WordsOf).Distinct(StringComparer.Ordinal).Take(MaxWords + 1).ToList();
        if (linked.Count == 0 && words.Count == 0)
        {
            return ([], false);
        }

        var found = await items.AccountsAsync(company, [.. linked.Concat(words).Distinct(StringComparer.Ordinal)], cancellation);
        return (
            [.. found.Where(one => linked.Contains(one.Account.Value)).Select(one => (one, FoundBy.Iban))
                .Concat(found.Where(one => words.Contains(one.Account.Value)).Select(one => (one, FoundBy.AccountNumber)))],
            words.Count > MaxWords);
    }

    // A year or a house has four digits too.
    private static IEnumerable<string> WordsOf(string? text) =>
        (text ?? string.Empty).Split([' ', ',', ';', ':', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('.', '-', '/', '#'))
            .Where(word => word.Length is >= 4 and <= 64 && word.Any(char.IsAsciiDigit) && (word.Length > 4 || !word.All(char.IsAsciiDigit)));

    private async Task<(List<FoundAccount> Same, bool IsCut)> NamesakesAsync(string company, string? party, CancellationToken cancellation)
    {
        var same = new List<FoundAccount>();
        var isCut = false;
        foreach (var beginning in PartyName.BeginningsOf(party))
        {
            var found = await items.NamedAsync(company, beginning, MaxNames + 1, cancellation);
            isCut |= found.Count > MaxNames;
            same.AddRange(found.Where(one => PartyName.IsSame(one.Name, party) && same.TrueForAll(other => other.Account != one.Account)));
        }

        return (same, isCut);
    }
}

/// <summary>Bank accounts of payers as they are compared.</summary>
internal static class PartyAccount
{
    private const int MaxLength = 64;

    /// <summary>Letters and digits alone, in capitals; null when nothing is left, or too much.</summary>
    public static string? Of(string? text)
    {
        var bare = string.Concat((text ?? string.Empty).Where(char.IsLetterOrDigit)).ToUpperInvariant();
        return bare.Length is > 0 and <= MaxLength ? bare : null;
    }
}
