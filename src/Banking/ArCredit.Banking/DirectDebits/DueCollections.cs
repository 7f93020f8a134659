using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;

namespace ArCredit.Banking.DirectDebits;

/// <summary>What is asked for.</summary>
/// <param name="CollectOn">A settlement day.</param>
/// <param name="DueUntil">Items due by then, at most the day of collection.</param>
/// <param name="Accounts">Empty = all that have a mandate.</param>
internal sealed record CollectionRequest(DateOnly CollectOn, DateOnly DueUntil, IReadOnlyList<AccountId> Accounts);

/// <summary>A collection that could be announced.</summary>
internal sealed record CollectionDraft(AccountId Account, Mandate Mandate, DateOnly FileFrom, DateOnly FileUntil, DateOnly ClearsOn, IReadOnlyList<CollectionItem> Items)
{
    public long Amount => Items.Sum(item => item.Amount);
}

/// <summary>Chooses what is collected: due, not disputed, in no plan that is kept, in no other collection, and not covered by the customer's own credit.</summary>
internal sealed class DueCollections(IOpenItems items, IFeed feed, IDatabase database)
{
    /// <summary>Instalments of a collection, and collections of a run.</summary>
    public const int MostItems = 100, MostCollections = 1000;

    private const int MaxItems = 50_000;

    public async Task<(IReadOnlyList<CollectionDraft> Drafts, IReadOnlyList<NotCollected> Left)> ChooseAsync(
        BankAccount own, DirectDebitSetting setting, CollectionRequest request, DateOnly today, CancellationToken cancellation)
    {
        var left = new List<NotCollected>();
        HashSet<(string, string, int)> claimed;
        FixedDebits underWay;
        IReadOnlyList<Mandate> mandates;
        await using (var session = await database.OpenReadAsync(cancellation))
        {
            claimed = await CollectionStore.ClaimedAsync(session, own.Company, cancellation);
            underWay = await FixedDebits.ReadAsync(session, "c.company = @Company", new { own.Company }, cancellation);
            mandates = await MandateStore.OfCompanyAsync(session, own.Company, request.Accounts.Count == 1 ? request.Accounts[0].Value : null, request.CollectOn, cancellation);
        }

        var usable = Usable(mandates, setting, request, today, left);
        await feed.CatchUpAsync(cancellation);
        var due = await items.DueAsync(own.Company, own.Currency, request.DueUntil, today, usable.Keys, MaxItems, cancellation);
        var drafts = new List<CollectionDraft>();
        foreach (var ofAccount in due.GroupBy(item => item.Account))
        {
            // The last one may be there in part.
            if (due.Count == MaxItems && ofAccount.Key == due[^1].Account)
            {
                left.AddRange(usable.Keys.Where(account => string.CompareOrdinal(account, ofAccount.Key.Value) >= 0).Order(StringComparer.Ordinal)
                    .Select(account => new NotCollected(AccountId.Parse(account), null, null, "RUN_FULL")));
                break;
            }

            if (drafts.Count == MostCollections)
            {
                left.Add(new NotCollected(ofAccount.Key, null, null, "RUN_FULL"));
                continue;
            }

            var open = ofAccount.Where(item => MayCollect(item, left)).Select(item => Rest(item, underWay, left)).Where(item => item.Open > 0).ToList();
            var chosen = open.Count == 0 ? [] : await WithoutCreditAsync(ofAccount.Key, own.Currency, open, left, cancellation);
            chosen.RemoveAll(item => IsClaimed(ofAccount.Key, item, claimed, left));
            left.AddRange(chosen.Skip(MostItems).Select(item => new NotCollected(ofAccount.Key, item.Number, item.Instalment, "TOO_MANY_ITEMS")));
            if (chosen.Count > 0)
            {
                var mandate = usable[ofAccount.Key.Value];
                drafts.Add(new CollectionDraft(
                    ofAccount.Key, mandate, FileFrom(mandate, setting, today), TargetDays.LastFor(request.CollectOn, setting.LeadDays),
                    setting.ClearsOn(mandate.Rules, request.CollectOn), [.. chosen.Take(MostItems)]));
            }
        }

        return (drafts, left);
    }

    /// <summary>What is left of the items of a collection: as far as they are open, not disputed since and not covered by credit since.</summary>
    public async Task<IReadOnlyList<CollectionItem>> StillDueAsync(Collection collection, DateOnly today, CancellationToken cancellation)
    {
        await feed.CatchUpAsync(cancellation);
        var account = AccountId.Parse(collection.AccountId);
        var due = await items.DueAsync(collection.Company, collection.Money, collection.CollectOn, today, [account.Value], MaxItems, cancellation);
        var wanted = collection.AllItems.ToDictionary(item => (item.Number, item.Instalment), item => item.Amount);
        FixedDebits underWay;
        await using (var session = await database.OpenReadAsync(cancellation))
        {
            underWay = await FixedDebits.ReadAsync(
                session, "c.account_id = @AccountId and c.collection_id <> @CollectionId", new { collection.AccountId, collection.CollectionId }, cancellation);
        }

        var open = due.Where(item => !item.IsDisputed && !item.IsPlanned).Select(item => Rest(item, underWay, [])).Where(item => item.Open > 0).ToList();
        var chosen = open.Count == 0 ? [] : await WithoutCreditAsync(account, collection.Money, open, [], cancellation);
        return [.. chosen.Where(item => wanted.ContainsKey((item.Number, item.Instalment)))
            .Select(item => item with { Amount = Math.Min(item.Amount, wanted[(item.Number, item.Instalment)]) })];
    }

    /// <summary>What is open of the items now, disputed or not: money that was collected has to go somewhere.</summary>
    public async Task<IReadOnlyList<CollectionItem>> StillOpenAsync(Collection collection, DateOnly today, CancellationToken cancellation)
    {
        await feed.CatchUpAsync(cancellation);
        var due = await items.DueAsync(collection.Company, collection.Money, DateOnly.MaxValue, today, [collection.AccountId], MaxItems, cancellation);
        var open = due.ToDictionary(item => (item.Number, item.Instalment), item => item.Open);
        return [.. collection.AllItems.Select(item => item with { Amount = Math.Min(item.Amount, open.GetValueOrDefault((item.Number, item.Instalment))) })
            .Where(item => item.Amount > 0)];
    }

    private static DateOnly FileFrom(Mandate mandate, DirectDebitSetting setting, DateOnly today) => today.AddDays((int)(mandate.NoticeDays ?? setting.NoticeDays));

    /// <summary>One mandate for each customer: of those for this creditor identifier that may be used the one that was signed last.</summary>
    private static Dictionary<string, Mandate> Usable(
        IReadOnlyList<Mandate> mandates, DirectDebitSetting setting, CollectionRequest request, DateOnly today, List<NotCollected> left)
    {
        var usable = new Dictionary<string, Mandate>(StringComparer.Ordinal);
        bool IsUsable(Mandate mandate) => mandate.StandsOn(request.CollectOn) == MandateStatus.Active && mandate.SignedOn <= today;
        var asked = request.Accounts.Select(account => account.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var ofAccount in mandates.GroupBy(mandate => mandate.AccountId, StringComparer.Ordinal).Where(each => asked.Count == 0 || asked.Remove(each.Key)))
        {
            if (ofAccount.FirstOrDefault(mandate => IsUsable(mandate) && mandate.CreditorId == setting.CreditorId) is not { } mandate)
            {
                var reason = ofAccount.FirstOrDefault(IsUsable) is not null ? "MANDATE_OTHER_CREDITOR" : ofAccount.First().StandsOn(request.CollectOn) switch
                {
                    MandateStatus.Suspended => "MANDATE_SUSPENDED",
                    MandateStatus.Lapsed => "MANDATE_LAPSED",
                    MandateStatus.Used => "MANDATE_USED",
                    MandateStatus.Active or MandateStatus.Cancelled => "NO_MANDATE",
                };
                left.Add(new NotCollected(AccountId.Parse(ofAccount.Key), null, null, reason));
            }
            else if (TargetDays.FirstFor(FileFrom(mandate, setting, today), setting.LeadDays) > request.CollectOn)
            {
                left.Add(new NotCollected(AccountId.Parse(ofAccount.Key), null, null, "NOTICE_TOO_SHORT"));
            }
            else
            {
                usable.Add(ofAccount.Key, mandate);
            }
        }

        left.AddRange(asked.Select(account => new NotCollected(AccountId.Parse(account), null, null, "NO_MANDATE")));
        return usable;
    }

    private static bool MayCollect(DueItem item, List<NotCollected> left)
    {
        if (item.IsDisputed || item.IsPlanned)
        {
            left.Add(new NotCollected(item.Account, item.Number, item.Instalment, item.IsDisputed ? "ITEM_DISPUTED" : "ITEM_IN_PLAN"));
        }

        return !item.IsDisputed && !item.IsPlanned;
    }

    // What the bank is asked for already needs no credit of the customer's.
    private static DueItem Rest(DueItem item, FixedDebits underWay, List<NotCollected> left)
    {
        var rest = item with { Open = Math.Max(0, item.Open - underWay.Of(item)) };
        if (rest.Open == 0)
        {
            left.Add(new NotCollected(item.Account, item.Number, item.Instalment, "IN_COLLECTION"));
        }

        return rest;
    }

    private static bool IsClaimed(AccountId account, CollectionItem item, HashSet<(string, string, int)> claimed, List<NotCollected> left)
    {
        var isClaimed = claimed.Contains((account.Value, item.Number.Value, item.Instalment));
        if (isClaimed)
        {
            left.Add(new NotCollected(account, item.Number, item.Instalment, "IN_COLLECTION"));
        }

        return isClaimed;
    }

    // Unapplied credit is set against the oldest due items first, as everywhere: nobody is charged for what we owe them.
    private async Task<List<CollectionItem>> WithoutCreditAsync(
        AccountId account, Currency currency, IReadOnlyList<DueItem> open, List<NotCollected> left, CancellationToken cancellation)
    {
        var credit = await items.UnappliedAsync(account, currency, cancellation);
        var chosen = new List<CollectionItem>();
        foreach (var item in open)
        {
            var covered = Math.Min(credit, item.Open);
            credit -= covered;
            if (item.Open > covered)
            {
                chosen.Add(new CollectionItem(item.Number, item.Instalment, item.Open - covered));
            }
            else
            {
                left.Add(new NotCollected(account, item.Number, item.Instalment, "COVERED_BY_CREDIT"));
            }
        }

        return chosen;
    }
}

/// <summary>What files ask of items, minor units: the amounts of their collections stand.</summary>
internal sealed class FixedDebits
{
    private readonly Dictionary<(string Account, DocumentNumber Number, int Instalment), long> amounts = [];

    /// <summary>Of the collections that meet a condition. The condition is ours, never a caller's.</summary>
    public static async Task<FixedDebits> ReadAsync(DbSession session, string condition, object parameters, CancellationToken cancellation)
    {
        var all = new FixedDebits();
        foreach (var collection in await CollectionStore.WhereAsync(
            session, $"{condition} and c.state in ('taken', 'filed', 'settling')", parameters, cancellation, int.MaxValue))
        {
            foreach (var item in collection.AllItems)
            {
                var key = (collection.AccountId, item.Number, item.Instalment);
                all.amounts[key] = all.amounts.GetValueOrDefault(key) + item.Amount;
            }
        }

        return all;
    }

    public long Of(DueItem item) => amounts.GetValueOrDefault((item.Account.Value, item.Number, item.Instalment));
}
