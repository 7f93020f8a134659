using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>What is open of an instalment of an invoice, or of another debit.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Name">The customer's name; null = none known.</param>
/// <param name="Number">The invoice.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="DueDate">Of the instalment.</param>
/// <param name="Open">Minor units of the invoice's currency, above 0.</param>
/// <param name="Vat">How much of it is VAT that is settled for itself; 0 = nothing, or it is not split.</param>
public sealed record OpenInstalment(
    AccountId Account, string? Name, DocumentNumber Number, int Instalment, DateOnly IssueDate, DateOnly DueDate, long Open, long Vat = 0)
{
    /// <summary>The customer holds it back: it is not due.</summary>
    public bool IsRetained => DueDate == RetentionTerms.NoDueDate;

    /// <summary>What is open of a part.</summary>
    public long OpenOf(ItemPart part) => part == ItemPart.Vat ? Vat : Open - Vat;
}

/// <summary>What is due of a customer, with what speaks against collecting it.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Number">The invoice or debit note.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="DueDate">Of the instalment.</param>
/// <param name="Open">Minor units, above 0.</param>
/// <param name="IsDisputed">A part of it is disputed.</param>
/// <param name="IsPlanned">It is in a payment plan.</param>
public sealed record DueItem(AccountId Account, DocumentNumber Number, int Instalment, DateOnly DueDate, long Open, bool IsDisputed, bool IsPlanned);

/// <summary>A customer as searches find it.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Name">Null = none known.</param>
public sealed record FoundAccount(AccountId Account, string? Name);

/// <summary>
/// Open invoices across customers, by index. It shows what the tables show: <c>IFeed.CatchUpAsync</c> first where everything that
/// was acknowledged has to be in it. Closed accounts are in it, because they still pay.
/// </summary>
public interface IOpenItems
{
    /// <summary>Debits of a company by their numbers, each as <see cref="SearchKey.Of"/> makes it; at most <paramref name="limit"/> instalments.</summary>
    Task<IReadOnlyList<OpenInstalment>> ByNumberAsync(
        string company, Currency currency, IReadOnlyCollection<string> keys, int limit, CancellationToken cancellation);

    /// <summary>Instalments of invoices and debit notes of a company with exactly this amount open, gross or of a part, in minor units, without what is retained; at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<OpenInstalment>> ByAmountAsync(string company, Money open, int limit, CancellationToken cancellation);

    /// <summary>A customer's instalments of invoices and debit notes in settlement order; at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<OpenInstalment>> OfAccountAsync(AccountId account, Currency currency, int limit, CancellationToken cancellation);

    /// <summary>
    /// Instalments of invoices and debit notes of the customers that belong to the company and are due by a day, by customer and due date;
    /// at most <paramref name="limit"/>. Marks are those of <paramref name="today"/>.
    /// </summary>
    Task<IReadOnlyList<DueItem>> DueAsync(
        string company, Currency currency, DateOnly until, DateOnly today, IReadOnlyCollection<string> accounts, int limit, CancellationToken cancellation);

    /// <summary>A customer's payments and credit notes of a currency that settle nothing yet, minor units, at least 0; without what is earmarked for refunds.</summary>
    Task<long> UnappliedAsync(AccountId account, Currency currency, CancellationToken cancellation);

    /// <summary>Those of the customers that exist and belong to the company.</summary>
    Task<IReadOnlyList<FoundAccount>> AccountsAsync(string company, IReadOnlyCollection<string> ids, CancellationToken cancellation);

    /// <summary>Customers of a company whose name, in lower case and without accents, begins so; at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<FoundAccount>> NamedAsync(string company, string beginning, int limit, CancellationToken cancellation);
}

/// <summary>Companies and published rates, for modules that show amounts in company currency.</summary>
public interface ICompanyRates
{
    /// <summary>Functional currency; null = no such company.</summary>
    ValueTask<Currency?> CurrencyOfAsync(string company, CancellationToken cancellation);

    /// <summary>The company's date now; null = no such company.</summary>
    DateOnly? TodayOf(string company);

    /// <summary>The instant at which a day begins for the company; null = no such company.</summary>
    DateTimeOffset? StartOf(string company, DateOnly day);

    /// <summary>Units of <paramref name="to"/> per <paramref name="from"/>, the newest published on or before the day; null = none.</summary>
    decimal? FindRate(Currency from, Currency to, DateOnly day);
}

/// <summary>Document numbers as payers' texts are searched for them.</summary>
public static class SearchKey
{
    // What payers and banks add, drop or replace. The migration that filled the table strips the same.
    private const string Ignored = " -/._#:,\\";

    /// <summary>The number without blanks and punctuation, ASCII letters in capitals: RE-2026/001 and re 2026 001 are one.</summary>
    public static string Of(string number) =>
        string.Create(number.Count(letter => !Ignored.Contains(letter, StringComparison.Ordinal)), number, static (key, from) =>
        {
            var at = 0;
            foreach (var letter in from)
            {
                if (!Ignored.Contains(letter, StringComparison.Ordinal))
                {
                    key[at++] = char.IsAsciiLetterLower(letter) ? char.ToUpperInvariant(letter) : letter;
                }
            }
        });
}
