using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.Features;

/// <summary>What is to be collected.</summary>
/// <param name="BankAccount">The own account that collects: its company's customers.</param>
/// <param name="CollectOn">A day on which banks settle in euro, after today and after every notice and lead.</param>
/// <param name="DueUntil">Items due by then, at most the day of collection; absent = that day.</param>
/// <param name="Accounts">At most 1,000; absent = all that have a mandate.</param>
internal sealed record CollectionRunBody(string BankAccount, DateOnly CollectOn, DateOnly? DueUntil, IReadOnlyList<AccountId>? Accounts);

/// <summary>Files what is approved.</summary>
/// <param name="BankAccount">The own account that collects.</param>
internal sealed record CollectionFileBody(string BankAccount);

/// <summary>What a collection takes of an instalment.</summary>
/// <param name="Invoice">The invoice or debit note.</param>
/// <param name="Instalment">From 1.</param>
/// <param name="Amount">Above 0.</param>
internal sealed record CollectionItemView(DocumentNumber Invoice, int Instalment, decimal Amount)
{
    public static IReadOnlyList<CollectionItemView> Of(IReadOnlyList<CollectionItem> items, Currency currency) =>
        [.. items.Select(item => new CollectionItemView(item.Number, item.Instalment, Money.ToDecimal(item.Amount, currency)))];
}

/// <summary>A collection that a run would announce.</summary>
/// <param name="Account">The customer.</param>
/// <param name="MandateId">The newest one that may be used.</param>
/// <param name="Amount">Above 0.</param>
/// <param name="FileFrom">First day on which it may be filed.</param>
/// <param name="FileUntil">Last day on which the bank still takes it for its day.</param>
/// <param name="Items">What it takes.</param>
internal sealed record CollectionDraftView(AccountId Account, string MandateId, decimal Amount, DateOnly FileFrom, DateOnly FileUntil, IReadOnlyList<CollectionItemView> Items);

/// <summary>What a run would announce.</summary>
/// <param name="Collections">By customer.</param>
/// <param name="Total">Their sum.</param>
/// <param name="LeftOut">What stays out, with the reason.</param>
internal sealed record CollectionPreviewView(IReadOnlyList<CollectionDraftView> Collections, decimal Total, IReadOnlyList<NotCollected> LeftOut)
{
    public static CollectionPreviewView Of(IReadOnlyList<CollectionDraft> drafts, IReadOnlyList<NotCollected> left, Currency currency) => new(
        [.. drafts.Select(draft => new CollectionDraftView(
            draft.Account, draft.Mandate.MandateId, Money.ToDecimal(draft.Amount, currency), draft.FileFrom, draft.FileUntil, CollectionItemView.Of(draft.Items, currency)))],
        Money.ToDecimal(drafts.Sum(draft => draft.Amount), currency), left);
}

/// <summary>A collection.</summary>
/// <param name="CollectionId">Also its EndToEndId, and the number of its payment.</param>
/// <param name="RunId">Its run.</param>
/// <param name="Account">The customer.</param>
/// <param name="MandateId">The mandate.</param>
/// <param name="State">
/// announced, approved, taken (a file has it), filed, settling (its account is asked), settled, cancelled, rejected or returned.
/// </param>
/// <param name="Announced">As the customer was told.</param>
/// <param name="Amount">What is collected: what was paid meanwhile is left out when it is filed.</param>
/// <param name="Currency">Of the amounts.</param>
/// <param name="CollectOn">The day.</param>
/// <param name="FileFrom">First day on which it may be filed.</param>
/// <param name="FileUntil">Last day on which the bank still takes it for its day, as the own account is set up now.</param>
/// <param name="ClearsOn">The last day on which its money can come back.</param>
/// <param name="MessageId">Its file; null = none yet.</param>
/// <param name="Reason">Code: why it was cancelled, rejected or returned, or what a person said of it.</param>
/// <param name="BankStatus">The newest that the bank's report told of it.</param>
/// <param name="BankText">The bank's own words.</param>
/// <param name="Items">What it takes.</param>
/// <param name="ToldBy">Who said what became of it, where it was a person.</param>
/// <param name="Error">Code: why it could not be worked on the last time; it is tried again.</param>
/// <param name="MovedFrom">The file that went on without it, because it could not be worked on.</param>
internal sealed record CollectionView(
    string CollectionId, string RunId, AccountId Account, string MandateId, CollectionState State, decimal Announced, decimal Amount, Currency Currency, DateOnly CollectOn,
    DateOnly FileFrom, DateOnly FileUntil, DateOnly ClearsOn, string? MessageId, string? Reason, string? BankStatus, string? BankText, IReadOnlyList<CollectionItemView> Items,
    string? ToldBy, string? Error, string? MovedFrom)
{
    public static CollectionView Of(Collection collection) => new(
        collection.CollectionId, collection.RunId, AccountId.Parse(collection.AccountId), collection.MandateId,
        EnumNames.TryParse<CollectionState>(collection.State, out var state) ? state : throw new InvariantException($"No collection is {collection.State}."),
        Money.ToDecimal(collection.Announced, collection.Money), Money.ToDecimal(collection.Amount, collection.Money), collection.Money, collection.CollectOn,
        collection.FileFrom, TargetDays.LastFor(collection.CollectOn, collection.LeadDays), collection.ClearsOn, collection.MessageId, collection.Reason, collection.BankStatus, collection.BankText,
        CollectionItemView.Of(collection.AllItems, collection.Money), collection.ToldBy, collection.Error, collection.MovedFrom);
}

/// <summary>A run with its collections.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="BankAccount">The own account that collects.</param>
/// <param name="CollectOn">The day.</param>
/// <param name="AnnouncedOn">The day of its announcement.</param>
/// <param name="CreatedBy">Never who approves it.</param>
/// <param name="ApprovedBy">Null while it waits.</param>
/// <param name="RejectedBy">Null = nobody did.</param>
/// <param name="Collections">By id.</param>
/// <param name="LeftOut">What stayed out; in the answer that made it only.</param>
internal sealed record CollectionRunView(
    string RunId, string BankAccount, DateOnly CollectOn, DateOnly AnnouncedOn, string CreatedBy, string? ApprovedBy, string? RejectedBy,
    IReadOnlyList<CollectionView> Collections, IReadOnlyList<NotCollected> LeftOut);

/// <summary>A file of collections.</summary>
/// <param name="File">As all files for banks; its content is at <c>/bank/payment-files/{messageId}/content</c>.</param>
/// <param name="Collections">By id.</param>
/// <param name="LeftOut">Approved collections that are not in it; in the answer that made it only.</param>
internal sealed record CollectionFileView(PaymentFileView File, IReadOnlyList<CollectionView> Collections, IReadOnlyList<NotCollected> LeftOut);
