using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>A new run, one that the same request had made before, or why there is none.</summary>
internal sealed record MadeRun(string? RunId, bool IsRepeated, IReadOnlyList<NotCollected> Left, string? Refusal = null);

/// <summary>Announces collections, and lets somebody else approve them.</summary>
internal sealed class CollectionRuns(
    IDatabase database, DirectDebitSettings settings, CollectionStore store, DueCollections due, ICompanyRates companies, TimeProvider technical)
{
    public const string NotSetUp = "DIRECT_DEBITS_NOT_SET_UP", NothingToCollect = "NOTHING_TO_COLLECT", KeyReused = "IDEMPOTENCY_KEY_REUSED",
        NoSettlementDay = "NO_SETTLEMENT_DAY", InPast = "COLLECTION_IN_PAST", OwnRequest = "OWN_REQUEST", RunState = "COLLECTION_RUN_STATE";

    /// <summary>What a run would collect; nothing is stored.</summary>
    public async Task<(IReadOnlyList<CollectionDraft> Drafts, IReadOnlyList<NotCollected> Left, string? Refusal)> PreviewAsync(
        BankAccount own, CollectionRequest request, CancellationToken cancellation)
    {
        var today = TodayOf(own);
        if (Refused(request, today) is { } refusal)
        {
            return ([], [], refusal);
        }

        if (own.Iban is null || own.Currency.Code != "EUR" || await settings.FindAsync(own.Id, cancellation) is not { } setting)
        {
            return ([], [], NotSetUp);
        }

        var (drafts, left) = await due.ChooseAsync(own, setting, request, today, cancellation);
        return (drafts, left, null);
    }

    /// <summary>Announces them: from now on nobody else collects the same items.</summary>
    public async Task<MadeRun> MakeAsync(BankAccount own, CollectionRequest request, string caller, string key, CancellationToken cancellation)
    {
        var asked = string.Create(
            CultureInfo.InvariantCulture, $"{own.Id}|{request.CollectOn:yyyy-MM-dd}|{request.DueUntil:yyyy-MM-dd}|{string.Join('|', request.Accounts.Select(account => account.Value))}");
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            if (await CollectionStore.FindRunByKeyAsync(reading, caller, key) is { } known)
            {
                return Repeated(known, asked);
            }
        }

        var (drafts, chosen, refusal) = await PreviewAsync(own, request, cancellation);
        if (refusal is not null)
        {
            return new MadeRun(null, false, [], refusal);
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if (await CollectionStore.FindRunByKeyAsync(session, caller, key) is { } meanwhile)
        {
            return Repeated(meanwhile, asked);
        }

        var now = technical.GetUtcNow();
        var run = new CollectionRun
        {
            RunId = string.Create(CultureInfo.InvariantCulture, $"DD{now:yyyyMMddHHmmssfff}{Guid.NewGuid().ToString("N")[..8]}"),
            BankAccount = own.Id,
            Company = own.Company,
            Currency = own.Currency.Code,
            CollectOn = request.CollectOn,
            AnnouncedOn = TodayOf(own),
            CreatedAt = now,
            CreatedBy = caller,
            Request = asked,
        };
        await CollectionStore.InsertAsync(session, run, key);
        var left = chosen.ToList();
        var count = 0;
        foreach (var draft in drafts)
        {
            count += await AddAsync(session, run, count + 1, draft, left) ? 1 : 0;
        }

        if (count == 0)
        {
            return new MadeRun(null, false, left, NothingToCollect);
        }

        await session.CommitAsync(cancellation);
        return new MadeRun(run.RunId, false, left);
    }

    /// <summary>Says that a run is not collected; its items are free. Null = done, or it was before.</summary>
    public async Task<string?> RejectAsync(CollectionRun run, string caller, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        var known = (await CollectionStore.FindRunAsync(session, run.RunId))!;
        if (known.ApprovedBy is not null || known.RejectedBy is not null)
        {
            return known.RejectedBy is null ? RunState : null;
        }

        await session.Connection.ExecuteAsync(
            "update collection_run set rejected_by = @caller, rejected_at = @now where run_id = @RunId", new { run.RunId, caller, now = technical.GetUtcNow() }, session.Transaction);
        foreach (var collection in await CollectionStore.WhereAsync(session, "c.run_id = @RunId and c.state = 'announced'", new { run.RunId }, cancellation))
        {
            await store.MoveAsync(session, collection, CollectionState.Announced, CollectionState.Cancelled, "RUN_REJECTED", caller);
        }

        await session.CommitAsync(cancellation);
        return null;
    }

    /// <summary>Signs a run; never by who made it. Null = done, or it was before.</summary>
    public async Task<string?> ApproveAsync(CollectionRun run, string caller, CancellationToken cancellation)
    {
        if (run.CreatedBy == caller)
        {
            return OwnRequest;
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        if ((await CollectionStore.FindRunAsync(session, run.RunId))!.RejectedBy is not null)
        {
            return RunState;
        }

        if (await session.Connection.ExecuteAsync(
            "update collection_run set approved_by = @caller, approved_at = @now where run_id = @RunId and approved_by is null",
            new { run.RunId, caller, now = technical.GetUtcNow() }, session.Transaction) == 1)
        {
            await session.Connection.ExecuteAsync(
                "update collection set state = 'approved' where run_id = @RunId and state = 'announced'", new { run.RunId }, session.Transaction);
            await store.ToldAsync(
                session, "c.run_id = @RunId and c.state = 'approved'", new { run.RunId }, CollectionStore.Name(CollectionState.Approved), null, caller, cancellation);
        }

        await session.CommitAsync(cancellation);
        return null;
    }

    private DateOnly TodayOf(BankAccount own) => companies.TodayOf(own.Company) ?? throw new InvariantException($"Company {own.Company} has no date.");

    private static string? Refused(CollectionRequest request, DateOnly today) =>
        request.CollectOn <= today ? InPast : TargetDays.Is(request.CollectOn) ? null : NoSettlementDay;

    private static MadeRun Repeated(CollectionRun known, string asked) =>
        known.Request == asked ? new MadeRun(known.RunId, true, []) : new MadeRun(null, false, [], KeyReused);

    private static async Task<bool> AddAsync(DbSession session, CollectionRun run, int number, CollectionDraft draft, List<NotCollected> left)
    {
        var collectionId = string.Create(CultureInfo.InvariantCulture, $"{run.RunId}-{number}");
        if ((await MandateStore.FindAsync(session, run.Company, draft.Mandate.MandateId))?.StandsOn(run.CollectOn) != MandateStatus.Active)
        {
            left.Add(new NotCollected(draft.Account, null, null, "NO_MANDATE"));
            return false;
        }

        var items = new List<CollectionItem>();
        foreach (var item in draft.Items)
        {
            if (await CollectionStore.ClaimAsync(session, draft.Account.Value, item, collectionId))
            {
                items.Add(item);
            }
            else
            {
                left.Add(new NotCollected(draft.Account, item.Number, item.Instalment, "IN_COLLECTION"));
            }
        }

        var amount = items.Sum(item => item.Amount);
        if (items.Count == 0)
        {
            return false;
        }

        if (await CollectionStore.InsertAsync(session, new Collection
        {
            CollectionId = collectionId,
            RunId = run.RunId,
            Company = run.Company,
            Currency = run.Currency,
            AccountId = draft.Account.Value,
            MandateId = draft.Mandate.MandateId,
            CollectOn = run.CollectOn,
            FileFrom = draft.FileFrom,
            ClearsOn = draft.ClearsOn,
            Announced = amount,
            Amount = amount,
            Items = CollectionItem.Write(items),
            State = EnumNames.Name(CollectionState.Announced),
        }))
        {
            return true;
        }

        await session.Connection.ExecuteAsync("delete from collection_item where collection_id = @collectionId", new { collectionId }, session.Transaction);
        left.Add(new NotCollected(draft.Account, null, null, "DATE_TAKEN"));
        return false;
    }
}
