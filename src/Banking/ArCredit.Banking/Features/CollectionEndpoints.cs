using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary><c>/bank/collection-runs</c>, <c>/bank/collections</c> and <c>/bank/collection-files</c>.</summary>
internal static class CollectionEndpoints
{
    private const int MaxId = 35;
    private const int MostAccounts = 1000;
    private const Roles Collectors = Roles.Finance | Roles.Billing;
    private const Roles Signers = Roles.Finance | Roles.CreditManager;
    private const Roles Readers = Roles.Finance | Roles.Billing | Roles.CreditManager | Roles.Auditor;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        MapRuns(endpoints.MapGroup("/api/v1/bank/collection-runs").WithTags("Direct debits"));
        var collections = endpoints.MapGroup("/api/v1/bank/collections").WithTags("Direct debits");
        collections.MapGet(string.Empty, ListAsync)
            .RequireRoles(Readers)
            .WithSummary("Collections, the oldest first")
            .HasQuery("state", typeof(CollectionState), "Absent = any.")
            .HasQuery("account", typeof(string), "Of one customer.")
            .HasQuery("messageId", typeof(string), "Of one file.")
            .HasPaging()
            .Answers(200, typeof(ListPage<CollectionView>), "A page of collections.")
            .Refuses(400, 503);
        collections.MapGet("{collectionId}", GetAsync)
            .RequireRoles(Readers)
            .WithSummary("A collection")
            .Answers(200, typeof(CollectionView), "As it stands.")
            .Refuses(400, 404, 503);
        collections.MapPost("{collectionId}/cancellation", CancelAsync)
            .RequireRoles(Collectors | Signers)
            .WithSummary("Takes a collection back that is in no file; its items may be collected anew")
            .WithDescription("The same call again changes nothing, so no Idempotency-Key is needed.")
            .Answers(200, typeof(CollectionView), "Cancelled.")
            .Refuses(400, 404, 409, 503);
        endpoints.MapPost("/api/v1/bank/collection-files", FileAsync).WithTags("Direct debits")
            .RequireRoles(Roles.Finance)
            .WithSummary("Makes a pain.008 file of all approved collections whose notice is over, 1,000 at most")
            .WithDescription(
                "What was paid since the announcement is left out, and what has nothing left is cancelled. With Banking:Outbox the file is put there at once, " +
                "else it is downloaded and sent as every payment file, at /bank/payment-files.")
            .HasIdempotencyKey()
            .Takes(typeof(CollectionFileBody))
            .Answers(201, typeof(CollectionFileView), "Made.")
            .Refuses(400, 404, 413, 415, 422, 503);
    }

    private static void MapRuns(RouteGroupBuilder runs)
    {
        runs.MapPost(string.Empty, MakeAsync)
            .RequireRoles(Collectors)
            .WithSummary("Chooses and announces collections of what is due: one for each customer, mandate and day")
            .WithDescription("The announcement stands in each customer's timeline. Somebody else has to approve the run.")
            .HasIdempotencyKey()
            .Takes(typeof(CollectionRunBody))
            .Answers(201, typeof(CollectionRunView), "Announced.")
            .Refuses(400, 404, 413, 415, 422, 503);
        runs.MapGet("preview", PreviewAsync)
            .RequireRoles(Collectors | Signers)
            .WithSummary("What a run would collect, and what it would leave out")
            .HasQuery("bankAccount", typeof(string), "The own account that collects.")
            .HasQuery("collectOn", typeof(DateOnly), "A day on which banks settle in euro.")
            .HasQuery("dueUntil", typeof(DateOnly), "Absent = the day of collection.")
            .HasQuery("account", typeof(string), "One customer; absent = all that have a mandate.")
            .Answers(200, typeof(CollectionPreviewView), "Nothing is stored.")
            .Refuses(400, 404, 422, 503);
        runs.MapGet("{runId}", GetRunAsync)
            .RequireRoles(Readers)
            .WithSummary("A run with its collections")
            .Answers(200, typeof(CollectionRunView), "As it stands.")
            .Refuses(400, 404, 503);
        runs.MapPost("{runId}/approval", ApproveAsync)
            .RequireRoles(Signers)
            .WithSummary("Approves a run; never by who made it")
            .WithDescription("The same call again changes nothing, so no Idempotency-Key is needed.")
            .Answers(200, typeof(CollectionRunView), "Approved.")
            .Refuses(400, 403, 404, 409, 503);
        runs.MapPost("{runId}/rejection", RejectAsync)
            .RequireRoles(Collectors | Signers)
            .WithSummary("Rejects a run that nobody has approved; its items may be collected anew")
            .WithDescription("The same call again changes nothing, so no Idempotency-Key is needed.")
            .Answers(200, typeof(CollectionRunView), "Rejected.")
            .Refuses(400, 404, 409, 503);
    }

    private static async Task MakeAsync(HttpContext http, BankAccountStore accounts, CollectionRuns runs, CollectionStore store, CollectionSettlement settlement, PaymentFileRun log)
    {
        if (!IdempotencyKey.TryRead(http, out var key, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await MoneyOutBody.ReadAsync<CollectionRunBody>(http, Check) is not { } body || await OwnBankAccount.FindOrAnswerAsync(http, accounts, body.BankAccount) is not { } own)
        {
            return;
        }

        var request = new CollectionRequest(body.CollectOn, body.DueUntil ?? body.CollectOn, [.. (body.Accounts ?? []).Distinct()]);
        var made = await AccountsAway.OrUnavailableAsync(runs.MakeAsync(own, request, http.Caller().Id, key, http.RequestAborted));
        if (made.RunId is not { } runId)
        {
            await Refusal(made.Refusal, made.Left).ExecuteAsync(http);
            return;
        }

        try
        {
            await settlement.AnnounceAsync(runId, http.RequestAborted);
        }
        catch (Exception outage) when (AccountsAway.Is(outage))
        {
            // What is not written into a timeline yet is stored; the worker does so.
            log.LogLeft(runId, outage);
        }

        if (made.IsRepeated)
        {
            IdempotencyKey.MarkReplayed(http);
        }

        await AnswerRunAsync(http, 201, store, runId, made.Left);
    }

    private static void Check(CollectionRunBody body, FieldErrors errors)
    {
        OwnBankAccount.Check(body.BankAccount, errors);

        if (body.DueUntil > body.CollectOn)
        {
            errors.Add("dueUntil", "must not be after collectOn");
        }

        if (body.Accounts is { Count: 0 or > MostAccounts })
        {
            errors.Add("accounts", $"must be 1 to {MostAccounts}, or absent");
        }
    }

    private static async Task PreviewAsync(HttpContext http, BankAccountStore accounts, CollectionRuns runs)
    {
        var query = new QueryReader(http);
        var bankAccount = query.Text("bankAccount", BankAccountEndpoints.MaxId);
        var collectOn = query.Date("collectOn");
        var dueUntil = query.Date("dueUntil");
        var named = query.Text("account", BankAccountEndpoints.MaxId);
        AccountId account = default;
        if (bankAccount is null)
        {
            query.Refuse("bankAccount", "is needed");
        }

        if (collectOn is null)
        {
            query.Refuse("collectOn", "is needed");
        }

        if (dueUntil > collectOn)
        {
            query.Refuse("dueUntil", "must not be after collectOn");
        }

        if (named is not null && !AccountId.TryParse(named, out account))
        {
            query.Refuse("account", "must be the id of an account");
        }

        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await OwnBankAccount.FindOrAnswerAsync(http, accounts, bankAccount!) is not { } own)
        {
            return;
        }

        var request = new CollectionRequest(collectOn!.Value, dueUntil ?? collectOn.Value, named is null ? [] : [account]);
        var (drafts, left, refusal) = await AccountsAway.OrUnavailableAsync(runs.PreviewAsync(own, request, http.RequestAborted));
        await (refusal is null ? Reply.Json(http, 200, CollectionPreviewView.Of(drafts, left, own.Currency)) : Refusal(refusal, left).ExecuteAsync(http));
    }

    private static async Task GetRunAsync(HttpContext http, CollectionStore store)
    {
        if (await IdAsync(http, "runId") is { } runId)
        {
            await AnswerRunAsync(http, 200, store, runId, []);
        }
    }

    private static async Task ApproveAsync(HttpContext http, CollectionRuns runs, CollectionStore store)
    {
        if (await IdAsync(http, "runId") is not { } runId)
        {
            return;
        }

        if (await store.FindRunAsync(runId, http.RequestAborted) is { } run && await runs.ApproveAsync(run, http.Caller().Id, http.RequestAborted) is { } refusal)
        {
            await (refusal == CollectionRuns.RunState
                ? Problems.Conflict(refusal, "The run is rejected.")
                : new ProblemResult(403, refusal, "Nobody approves what they asked for.")).ExecuteAsync(http);
            return;
        }

        await AnswerRunAsync(http, 200, store, runId, []);
    }

    private static async Task RejectAsync(HttpContext http, CollectionRuns runs, CollectionStore store)
    {
        if (await IdAsync(http, "runId") is not { } runId)
        {
            return;
        }

        if (await store.FindRunAsync(runId, http.RequestAborted) is { } run && await runs.RejectAsync(run, http.Caller().Id, http.RequestAborted) is { } refusal)
        {
            await Problems.Conflict(refusal, "The run is approved; its collections are cancelled one by one.").ExecuteAsync(http);
            return;
        }

        await AnswerRunAsync(http, 200, store, runId, []);
    }

    private static async Task AnswerRunAsync(HttpContext http, int status, CollectionStore store, string runId, IReadOnlyList<NotCollected> left)
    {
        if (await store.FindRunAsync(runId, http.RequestAborted) is not { } run)
        {
            await Problems.NotFound("COLLECTION_RUN_NOT_FOUND", "There is no such run.").ExecuteAsync(http);
            return;
        }

        var collections = await store.WhereAsync("c.run_id = @runId", new { runId }, http.RequestAborted);
        await Reply.Json(http, status, new CollectionRunView(
            run.RunId, run.BankAccount, run.CollectOn, run.AnnouncedOn, run.CreatedBy, run.ApprovedBy, run.RejectedBy, [.. collections.Select(CollectionView.Of)], left));
    }

    private static async Task ListAsync(HttpContext http, CollectionStore store)
    {
        var query = new QueryReader(http);
        var state = query.OneOf<CollectionState>("state");
        var account = query.Text("account", BankAccountEndpoints.MaxId);
        var messageId = query.Text("messageId", MaxId);
        var paging = query.Paging(cursorKeys: 1);
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var condition = "c.collection_id > @after" + (state is null ? string.Empty : " and c.state = @state") + (account is null ? string.Empty : " and c.account_id = @account")
            + (messageId is null ? string.Empty : " and c.message_id = @messageId");
        var found = await store.WhereAsync(
            condition, new { after = paging.After?[0] ?? string.Empty, state = state is { } one ? CollectionStore.Name(one) : null, account, messageId }, http.RequestAborted,
            paging.Limit + 1);
        await Reply.Json(http, 200, paging.Page([.. found.Select(CollectionView.Of)], view => [view.CollectionId]));
    }

    private static async Task GetAsync(HttpContext http, CollectionStore store)
    {
        if (await IdAsync(http, "collectionId") is { } id)
        {
            await AnswerAsync(http, store, id);
        }
    }

    private static async Task CancelAsync(HttpContext http, CollectionStore store)
    {
        if (await IdAsync(http, "collectionId") is not { } id)
        {
            return;
        }

        if (await store.FindAsync(id, http.RequestAborted) is { } found
            && !await store.MoveAsync(found, CollectionState.Announced, CollectionState.Cancelled, http.RequestAborted, "WITHDRAWN", http.Caller().Id)
            && !await store.MoveAsync(found, CollectionState.Approved, CollectionState.Cancelled, http.RequestAborted, "WITHDRAWN", http.Caller().Id)
            && await store.FindAsync(id, http.RequestAborted) is { } now && !now.Is(CollectionState.Cancelled))
        {
            await Problems.Conflict("COLLECTION_STATE", "Only a collection that is in no file is cancelled.", $"It is {now.State}.").ExecuteAsync(http);
            return;
        }

        await AnswerAsync(http, store, id);
    }

    private static async Task AnswerAsync(HttpContext http, CollectionStore store, string id) =>
        await (await store.FindAsync(id, http.RequestAborted) is { } found
            ? Reply.Json(http, 200, CollectionView.Of(found))
            : Problems.NotFound("COLLECTION_NOT_FOUND", "There is no such collection.").ExecuteAsync(http));

    private static async Task FileAsync(
        HttpContext http, BankAccountStore accounts, CollectionFiles maker, PaymentFileStore files, CollectionStore store, PaymentFileRun run)
    {
        if (!IdempotencyKey.TryRead(http, out var key, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        static void Judge(CollectionFileBody body, FieldErrors errors) => OwnBankAccount.Check(body.BankAccount, errors);

        if (await MoneyOutBody.ReadAsync<CollectionFileBody>(http, Judge) is not { } body || await OwnBankAccount.FindOrAnswerAsync(http, accounts, body.BankAccount) is not { } own)
        {
            return;
        }

        var made = await maker.MakeAsync(own, http.Caller().Id, key, http.RequestAborted);
        if (made.MessageId is not { } messageId)
        {
            await Refusal(made.Refusal, made.Left).ExecuteAsync(http);
            return;
        }

        await PaymentFileEndpoints.AdvanceAsync(run, messageId, http.RequestAborted);
        if (made.IsRepeated)
        {
            IdempotencyKey.MarkReplayed(http);
        }

        var file = await files.FindAsync(messageId, http.RequestAborted) ?? throw new InvariantException($"There is no file {messageId}.");
        var collections = await store.WhereAsync("c.message_id = @messageId", new { messageId }, http.RequestAborted);
        await Reply.Json(http, 201, new CollectionFileView(PaymentFileView.Of(file), [.. collections.Select(CollectionView.Of)], made.Left));
    }

    private static ProblemResult Refusal(string? refusal, IReadOnlyList<NotCollected> left) => refusal switch
    {
        CollectionRuns.NotSetUp => Problems.Unprocessable(
            CollectionRuns.NotSetUp, "The own bank account needs an IBAN, and what PUT /bank/accounts/{id}/direct-debits says.", "bankAccount", "is not set up for direct debits"),
        CollectionRuns.InPast => Problems.Unprocessable(CollectionRuns.InPast, "The day of collection has to come.", "collectOn", "must be after today"),
        CollectionRuns.NoSettlementDay => Problems.Unprocessable(
            CollectionRuns.NoSettlementDay, "Banks do not settle on that day.", "collectOn", "must be a day on which banks settle in euro"),
        CollectionRuns.KeyReused => Problems.Unprocessable(CollectionRuns.KeyReused, "The Idempotency-Key was used with another request."),
        _ => Problems.Unprocessable(CollectionRuns.NothingToCollect, "There is nothing that could be collected now.").With("leftOut", left),
    };

    private static async Task<string?> IdAsync(HttpContext http, string name)
    {
        if (!RouteReader.TryText(http, name, MaxId, out var id, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return null;
        }

        return id;
    }
}
