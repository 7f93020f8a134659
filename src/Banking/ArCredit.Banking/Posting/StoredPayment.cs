using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Matching;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.Posting;

/// <summary>Where a payment stands. The names are stored and shown.</summary>
internal enum PaymentState
{
    /// <summary>Not looked at yet.</summary>
    New,

    /// <summary>For a person, with suggestions or without.</summary>
    Waiting,

    /// <summary>Decided; the customer's account is asked.</summary>
    Posting,

    /// <summary>On the customer's account; of a returned payment: taken back there.</summary>
    Posted,

    /// <summary>Being taken back by correction.</summary>
    Undoing,

    /// <summary>The bank took it back.</summary>
    Returned,

    /// <summary>
    /// No customer's payment, as a person said (the bank's interest, a transfer between own accounts), or the bank's booking of direct
    /// debits that accounts have already.
    /// </summary>
    SetAside,
}

/// <summary>Names a payment: a booking, and where it sums several up the transaction in it, from 1.</summary>
internal readonly record struct PaymentKey(Guid StatementId, long No, long Detail)
{
    /// <summary>As callers give it: the transaction's id, and behind it the detail where there is one.</summary>
    public static bool TryParse(string text, out PaymentKey key)
    {
        key = default;
        if (text.Length < 38 || text[36] != '-' || !Guid.TryParseExact(text[..36], "D", out var statement))
        {
            return false;
        }

        var numbers = text[37..].Split('-');
        long detail = 0;
        if (numbers.Length > 2 || !IsNumber(numbers[0], out var no) || (numbers.Length == 2 && !IsNumber(numbers[1], out detail)))
        {
            return false;
        }

        key = new PaymentKey(statement, no, detail);
        return true;
    }

    /// <summary>Of a payment that was posted on an account, by its id there.</summary>
    public static bool TryParsePaymentId(string paymentId, out PaymentKey key)
    {
        key = default;
        const string Prefix = "bank-";
        var parts = paymentId.Split('-');
        return paymentId.StartsWith(Prefix, StringComparison.Ordinal) && parts.Length is 3 or 4 && Guid.TryParseExact(parts[1], "N", out var statement)
            && TryParse($"{statement:D}-{parts[2].Replace('.', '-')}", out key);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{StatementId:D}-{No}{(Detail == 0 ? string.Empty : $"-{Detail}")}");

    private static bool IsNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}

/// <summary>A payment of a statement and what became of it.</summary>
internal sealed record StoredPayment
{
    public Guid StatementId { get; init; }

    public long No { get; init; }

    public long Detail { get; init; }

    public DateOnly BookedOn { get; init; }

    public DateOnly ValueOn { get; init; }

    /// <summary>The own account.</summary>
    public string AccountId { get; init; } = string.Empty;

    public string Company { get; init; } = string.Empty;

    public string Currency { get; init; } = string.Empty;

    /// <summary>Minor units; negative when the bank took money back.</summary>
    public long Amount { get; init; }

    public long IsReturn { get; init; }

    public string? EndToEndId { get; init; }

    public string? BankReference { get; init; }

    public string? Party { get; init; }

    /// <summary>As <see cref="Matching.PartyAccount"/> makes it.</summary>
    public string? PartyAccount { get; init; }

    public string? Remittance { get; init; }

    public string? StructuredReference { get; init; }

    public PaymentState State { get; init; }

    /// <summary>Decisions so far.</summary>
    public long Attempt { get; init; }

    /// <summary>1 once a person has taken a decision back: from then on only people decide.</summary>
    public long ByHand { get; init; }

    /// <summary>The account it is posted to.</summary>
    public string? Customer { get; init; }

    public string? PaymentId { get; init; }

    /// <summary>The payment that this return takes back.</summary>
    public string? Reverses { get; init; }

    /// <summary>Per cent.</summary>
    public long? Confidence { get; init; }

    /// <summary>Names of <see cref="Matching.Evidence"/>, by commas.</summary>
    public string? Evidence { get; init; }

    public string? Allocations { get; init; }

    public string? Suggestions { get; init; }

    /// <summary>Why it waits.</summary>
    public string? Reason { get; init; }

    /// <summary>1 where the bank says that what came in had gone out before.</summary>
    public long ComesBack { get; init; }

    /// <summary>The EndToEndId of the refund whose money it is.</summary>
    public string? Refund { get; init; }

    /// <summary>Minor units less than that refund was paid out with.</summary>
    public long? Charges { get; init; }

    public string? DecidedBy { get; init; }

    public PaymentKey Key => new(StatementId, No, Detail);

    /// <summary>
    /// A person may decide it now: it waits, or a person has taken a decision back and the matching, which posts it no more, has not found
    /// its suggestions yet.
    /// </summary>
    public bool IsForPeople => State == PaymentState.Waiting || this is { State: PaymentState.New, ByHand: 1, Attempt: > 0 };

    /// <summary>Without what was decided of it; what it may be stays.</summary>
    public StoredPayment Undecided() => this with
    {
        Customer = null,
        PaymentId = null,
        Reverses = null,
        Confidence = null,
        Evidence = null,
        Allocations = null,
        Reason = null,
        DecidedBy = null,
        Refund = null,
        Charges = null,
    };

    public Money Money => new(Math.Abs(Amount), Kernel.Currency.Parse(Currency));

    public ReceivedMoney Received => new(Money, new PaymentText(EndToEndId, Party, PartyAccount, Remittance, StructuredReference));

    public IReadOnlyList<StoredSuggestion> AllSuggestions => Suggestions is null ? [] : JsonSerializer.Deserialize<List<StoredSuggestion>>(Suggestions, ApiJson.Options) ?? [];

    /// <summary>The payment's id on the customer's account: the same for whoever carries this decision out.</summary>
    public string NextPaymentId => string.Create(
        CultureInfo.InvariantCulture, $"bank-{StatementId:N}-{No}{(Detail == 0 ? string.Empty : $".{Detail}")}{(Attempt == 0 ? string.Empty : $"-{Attempt + 1}")}");
}

/// <summary>What a payment would pay, as it is stored and shown.</summary>
/// <param name="Invoice">Its number.</param>
/// <param name="Instalment">From 1; null = oldest first.</param>
/// <param name="Amount">Above 0, in the payment's currency.</param>
/// <param name="Part">net or vat, of an item whose VAT is split; left out = net, then VAT, or exactly the VAT.</param>
internal sealed record StoredAllocation(
    DocumentNumber Invoice, int? Instalment, decimal Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ItemPart? Part = null)
{
    public static string? Write(IReadOnlyList<StoredAllocation>? allocations) =>
        allocations is null ? null : JsonSerializer.Serialize(allocations, ApiJson.Options);

    public static IReadOnlyList<StoredAllocation>? Read(string? json) =>
        json is null ? null : JsonSerializer.Deserialize<List<StoredAllocation>>(json, ApiJson.Options);

    /// <summary>With as many decimals as the currency has: JSON drops the zeros at the end.</summary>
    public static IReadOnlyList<StoredAllocation>? Shown(IReadOnlyList<StoredAllocation>? allocations, Currency currency) =>
        allocations?.Select(one => one with { Amount = Money.ToDecimal((long)(one.Amount * currency.MinorPerMajor), currency) }).ToList();
}

/// <summary>A refund whose money may have come back, as it is stored and shown.</summary>
/// <param name="RefundId">On the customer's account.</param>
/// <param name="EndToEndId">Of its payment.</param>
/// <param name="Amount">As it was paid out.</param>
/// <param name="Charges">What banks would have kept of it.</param>
internal sealed record StoredRefund(string RefundId, string EndToEndId, decimal Amount, decimal Charges);

/// <summary>A possible match, as it is stored and shown.</summary>
/// <param name="Id">What a confirmation names.</param>
/// <param name="Account">The customer; null where the payment to take back is not posted yet.</param>
/// <param name="Name">Of the customer.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Evidence">What speaks for it.</param>
/// <param name="Allocations">Null = by the account's own order.</param>
/// <param name="Reverses">Of money that the bank took back: the payment it takes back.</param>
/// <param name="Refund">Of money that we paid out: the refund that came back; left out = none.</param>
internal sealed record StoredSuggestion(
    string Id, AccountId? Account, string? Name, decimal Confidence, IReadOnlyList<Evidence> Evidence, IReadOnlyList<StoredAllocation>? Allocations, string? Reverses,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] StoredRefund? Refund = null)
{
    public static StoredSuggestion Of(Suggestion suggestion, Currency currency) => new(
        suggestion.Id, suggestion.Account, suggestion.Name, suggestion.Confidence, suggestion.Evidence,
        suggestion.Allocations?.Select(one => new StoredAllocation(one.Invoice, one.Instalment, Money.ToDecimal(one.Amount, currency), one.Part)).ToList(), null);

    public static string? Write(IReadOnlyList<StoredSuggestion> suggestions) =>
        suggestions.Count == 0 ? null : JsonSerializer.Serialize(suggestions, ApiJson.Options);
}
