using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Time;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Accounts.Reference;

/// <summary>A policy with the version that decisions name.</summary>
/// <param name="Scope">company:NAME or segment:NAME, as reasons name it; shipped while a company has set none.</param>
/// <param name="Version">Counts up over all scopes; 0 = as shipped.</param>
/// <param name="CreatedAt">When it came into force; null as shipped.</param>
/// <param name="CreatedBy">Who set it, by id; null as shipped.</param>
internal sealed record PolicyView(
    string Scope, long Version, DateTimeOffset? CreatedAt, string? CreatedBy, decimal? CreditLimit, bool? Unlimited, decimal? TolerancePercent,
    MaxDocumentBody? MaxDocument, OverdueDaysBody? OverdueDays, OverdueAmountBody? OverdueAmount, NearLimitBody? NearLimit,
    CurrenciesBody? Currencies, PaymentTermsBody? PaymentTerms, SmallDifferenceBody? SmallDifference, SettlementBody? Settlement, DisputesBody? Disputes, PromisesBody? Promises,
    InterestBody? Interest, PlansBody? Plans, ClaimsBody? Claims, RetentionsBody? Retentions, IReadOnlyDictionary<string, Contracts.RuleAction>? Actions)
{
    /// <summary>What holds for a company that has set nothing.</summary>
    public static PolicyView Shipped()
    {
        var shipped = new EffectivePolicy([]);
        return new PolicyView(
            RuleScopes.Shipped, 0, null, null, shipped.CreditLimit.Value, Unlimited: false, shipped.TolerancePercent.Value, null, null, null, null, null,
            PaymentTermsBody.Of(shipped.PaymentTerms), null, SettlementBody.Of(shipped.Settlement), new DisputesBody(shipped.Disputes.CountAsOverdue, shipped.Disputes.ApproveAbove),
            new PromisesBody(shipped.Promises.GraceDays, shipped.Promises.Tolerance), null, PlansBody.Of(shipped.Plans),
            new ClaimsBody(shipped.Claims.CountAsOverdue), new RetentionsBody(shipped.Retentions.CountAsOverdue), null);
    }

    public static PolicyView Of(PolicyRow row)
    {
        var body = PolicyBody.Of(row.Policy);
        return new PolicyView(
            row.Scope, row.Version, row.CreatedAt, row.CreatedBy, body.CreditLimit, body.Unlimited, body.TolerancePercent, body.MaxDocument,
            body.OverdueDays, body.OverdueAmount, body.NearLimit, body.Currencies, body.PaymentTerms, body.SmallDifference, body.Settlement, body.Disputes, body.Promises,
            body.Interest, body.Plans, body.Claims, body.Retentions, body.Actions);
    }
}

/// <summary><c>/policies/company/{company}</c> and <c>/policies/segments/{segment}</c>.</summary>
internal static class PolicyEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var policies = endpoints.MapGroup("/api/v1/policies").WithTags("Policies");
        Describe(policies.MapPut("company/{company}", PutForCompanyAsync), "Replaces a company's policy by a new version");
        Describe(policies.MapPut("segments/{segment}", PutForSegmentAsync), "Replaces a segment's policy by a new version");
        policies.MapGet("company/{company}", (HttpContext http, ReferenceStore store) => GetAsync(http, store, "company", RuleScopes.Company))
            .RequireRoles(Roles.Any)
            .WithSummary("A company's policy; what ships while it has set none")
            .Answers(200, typeof(PolicyView), "The newest version.")
            .Refuses(400, 404, 503);
        policies.MapGet("segments/{segment}", (HttpContext http, ReferenceStore store) => GetAsync(http, store, "segment", RuleScopes.Segment))
            .RequireRoles(Roles.Any)
            .WithSummary("A segment's policy")
            .Answers(200, typeof(PolicyView), "The newest version.")
            .Refuses(400, 404, 503);
    }

    private static void Describe(RouteHandlerBuilder put, string summary) => put
        .RequireRoles(Roles.CreditManager)
        .WithSummary(summary)
        .Takes(typeof(PolicyBody))
        .Answers(200, typeof(PolicyView), "In force from now on.")
        .Refuses(400, 404, 413, 415, 503);

    private static async Task PutForCompanyAsync(HttpContext http, ReferenceStore store, BusinessClock clock)
    {
        if (!RouteReader.TryText(http, "company", ReferenceNames.MaxLength, out var company, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await (await store.FindCompanyAsync(company, http.RequestAborted) is { } known
            ? PutAsync(http, store, clock, RuleScopes.Company(company), known.Currency)
            : Problems.NotFound("COMPANY_NOT_FOUND", "There is no company of this name.").ExecuteAsync(http));
    }

    private static Task PutForSegmentAsync(HttpContext http, ReferenceStore store, BusinessClock clock) =>
        RouteReader.TryText(http, "segment", ReferenceNames.MaxLength, out var segment, out var problem)
            ? PutAsync(http, store, clock, RuleScopes.Segment(segment), null)
            : problem.ExecuteAsync(http);

    private static async Task PutAsync(HttpContext http, ReferenceStore store, BusinessClock clock, string scope, Currency? currency)
    {
        var body = await Body.ReadAsync<PolicyBody>(http);
        if (body.Problem is not null)
        {
            await RequestChecks.Complete(body, (remains, checks) => remains.Read(currency, checks)).ExecuteAsync(http);
            return;
        }

        var checks = new RequestChecks();
        var policy = body.Value.Read(currency, checks);
        if (checks.Problem is not null)
        {
            await checks.Problem.ExecuteAsync(http);
            return;
        }

        var by = http.Caller().Id;
        var stored = await store.WriteAsync(session => WriteAsync(session, scope, policy, clock.GetUtcNow(), by), http.RequestAborted);
        await Reply.Json(http, 200, PolicyView.Of(stored));
    }

    internal static async Task<PolicyRow> WriteAsync(DbSession session, string scope, CreditPolicy policy, DateTimeOffset now, string by)
    {
        await session.Connection.ExecuteAsync(
            """
            insert into policy_version (version, scope, body, created_at, created_by)
            select coalesce(max(version), 0) + 1, @scope, @body, @now, @by from policy_version
            """,
            new { scope, body = PolicyRow.Encode(policy), now, by }, session.Transaction);
        return await ReferenceTables.NewestPolicyAsync(session, scope) ?? throw new InvariantException("A policy just written is not there.");
    }

    private static async Task GetAsync(HttpContext http, ReferenceStore store, string parameter, Func<string, string> scopeOf)
    {
        var query = new QueryReader(http);
        if (!RouteReader.TryText(http, parameter, ReferenceNames.MaxLength, out var name, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await using var session = await store.ReadAsync(http.RequestAborted);
        var scope = scopeOf(name);
        await (await ReferenceTables.NewestPolicyAsync(session, scope) is { } row
            ? Reply.Json(http, 200, PolicyView.Of(row))
            : scope == RuleScopes.Company(name) && await store.FindCompanyAsync(name, http.RequestAborted) is not null
            ? Reply.Json(http, 200, PolicyView.Shipped())
            : Problems.NotFound("POLICY_NOT_FOUND", "No policy has been set here; the company's holds.").ExecuteAsync(http));
    }
}
