using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;

namespace ArCredit.Banking.Matching;

/// <summary>What speaks for a match. The names are stored and shown.</summary>
internal enum Evidence
{
    /// <summary>A structured reference is, or carries, the invoice's number.</summary>
    StructuredReference,

    /// <summary>The text names the invoice.</summary>
    InvoiceNumber,

    /// <summary>The payer's bank account was confirmed to be this customer's.</summary>
    Iban,

    /// <summary>The text names the customer's number.</summary>
    AccountNumber,

    /// <summary>Exactly what is open.</summary>
    ExactAmount,

    /// <summary>Exactly what is open without VAT, where VAT is settled for itself.</summary>
    NetAmount,

    /// <summary>Exactly the open VAT, where VAT is settled for itself.</summary>
    VatAmount,

    /// <summary>Exactly the oldest open items together.</summary>
    OldestFirst,

    /// <summary>Exactly some open items together, and no others.</summary>
    InvoiceSet,

    /// <summary>Less than is open.</summary>
    PartPayment,

    /// <summary>More than is open.</summary>
    OverPayment,

    /// <summary>The payer is called as the customer is.</summary>
    Name,

    /// <summary>Of money that the bank took back: the reference of the payment.</summary>
    BankReference,

    /// <summary>Of a refund that came back: the id that its payment went out under.</summary>
    EndToEndId,

    /// <summary>Of a refund that came back: the id of the file that it was in.</summary>
    PaymentFile,

    /// <summary>Of a refund that came back: it comes from the account that it was paid to.</summary>
    PayeeAccount,

    /// <summary>The bank says that the money comes back.</summary>
    ReturnReason,

    /// <summary>What was paid out less what banks take for sending it back.</summary>
    LessCharges,
}

/// <summary>What a payment would pay.</summary>
/// <param name="Invoice">Its number.</param>
/// <param name="Instalment">From 1; null = oldest first.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Part">Null = net, then VAT.</param>
internal sealed record SuggestedAllocation(DocumentNumber Invoice, int? Instalment, long Amount, ItemPart? Part = null);

/// <summary>A customer that a payment may be from, and what it would pay there.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Name">Null = none known.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Evidence">What speaks for it.</param>
/// <param name="Allocations">Null = by the account's own order; what they leave is unapplied.</param>
internal sealed record Suggestion(
    AccountId Account, string? Name, decimal Confidence, IReadOnlyList<Evidence> Evidence, IReadOnlyList<SuggestedAllocation>? Allocations)
{
    /// <summary>Names what would be done: a confirmation of a list that has changed meanwhile is not taken for another one.</summary>
    public string Id
    {
        get
        {
            var text = new StringBuilder(Account.Value);
            foreach (var (invoice, instalment, amount, part) in Allocations ?? [])
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{invoice}\n{instalment}\n{amount}{part}");
            }

            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Append(Allocations is null ? "\n*" : string.Empty).ToString()))[..8]);
        }
    }
}

/// <summary>What is known of a payment.</summary>
/// <param name="Amount">Above 0.</param>
/// <param name="Text">Who and what for.</param>
internal sealed record ReceivedMoney(Money Amount, PaymentText Text);

/// <summary>How a customer was found without a document's number.</summary>
internal enum FoundBy
{
    /// <summary>A learned bank account.</summary>
    Iban,

    /// <summary>The customer's number stands in the text.</summary>
    AccountNumber,

    /// <summary>The payer's name.</summary>
    Name,
}

/// <summary>A customer that a payment may be from.</summary>
/// <param name="Account">The customer.</param>
/// <param name="Name">Null = none known.</param>
/// <param name="By">How it was found.</param>
/// <param name="Items">What is open there, oldest first; empty where it was not asked for.</param>
internal sealed record KnownCustomer(AccountId Account, string? Name, FoundBy By, IReadOnlyList<OpenInstalment> Items);

/// <summary>Everything that may have to do with a payment.</summary>
/// <param name="Named">Open instalments whose invoice's number stands in the text.</param>
/// <param name="Known">Customers.</param>
/// <param name="SameAmount">Open instalments of exactly the amount, of all customers; asked for only without the others.</param>
internal sealed record MatchCandidates(
    IReadOnlyList<(NamedNumber Number, OpenInstalment Item)> Named, IReadOnlyList<KnownCustomer> Known, IReadOnlyList<OpenInstalment> SameAmount)
{
    /// <summary>A search ended at its bound: what it did not look at may fit as well.</summary>
    public bool IsCut { get; init; }

    /// <summary>Whose open items the match stands on.</summary>
    public IEnumerable<AccountId> Accounts =>
        Named.Select(hit => hit.Item.Account).Concat(Known.Select(known => known.Account)).Concat(SameAmount.Select(item => item.Account));
}

/// <summary>What a payment may be.</summary>
/// <param name="Suggestions">The best first.</param>
/// <param name="IsAmbiguous">Two are as good: none may be taken without a person, whatever its confidence.</param>
internal sealed record MatchResult(IReadOnlyList<Suggestion> Suggestions, bool IsAmbiguous)
{
    public static readonly MatchResult Nothing = new([], false);
}
