using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>What of a mandate changes; at least one of iban, newMandateId, creditorId and formerCreditorName.</summary>
/// <param name="Iban">The debtor's new account, with right check digits and the length of its country, which takes part in SEPA.</param>
/// <param name="Bic">Of the new account, 8 or 11 characters; absent = found by the IBAN. Needed outside the European Economic Area.</param>
/// <param name="NewMandateId">The id that banks know the mandate by from then on, of no other mandate of the company.</param>
/// <param name="CreditorId">The creditor identifier it is collected under from then on.</param>
/// <param name="FormerCreditorName">The creditor's name that the debtor signed for, 1 to 70 characters, where it is another now.</param>
/// <param name="EffectiveOn">First day of collection that it counts for, today (absent) to a year from now.</param>
internal sealed record AmendmentBody(string? Iban, string? Bic, string? NewMandateId, string? CreditorId, string? FormerCreditorName, DateOnly? EffectiveOn);

/// <summary>An amendment of a mandate.</summary>
/// <param name="AmendmentId">Unique within the mandate.</param>
/// <param name="Status">pending, confirmed or withdrawn.</param>
/// <param name="Iban">The new account; null = as it was, like every other change.</param>
/// <param name="Bic">Of the new account.</param>
/// <param name="NewMandateId">The new id.</param>
/// <param name="CreditorId">The new creditor identifier.</param>
/// <param name="FormerCreditorName">The creditor's name before.</param>
/// <param name="EffectiveOn">First day of collection that it counts for.</param>
/// <param name="UsableFrom">First day on which a file may rest on it: of a new account after the company's cool-down. Null until it is confirmed.</param>
/// <param name="Report">What debtors' banks know: none, filed (nothing was heard yet) or accepted, after which no file tells it again.</param>
/// <param name="Reason">Code: why it was withdrawn.</param>
/// <param name="RequestedBy">Never who confirms it.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="ConfirmedBy">Null until then.</param>
/// <param name="ConfirmedAt">Null until then.</param>
/// <param name="WithdrawnBy">Null until then.</param>
/// <param name="WithdrawnAt">Null until then.</param>
internal sealed record AmendmentView(
    string AmendmentId, AmendmentStatus Status, string? Iban, string? Bic, string? NewMandateId, string? CreditorId, string? FormerCreditorName, DateOnly EffectiveOn,
    DateOnly? UsableFrom, AmendmentReport Report, string? Reason, string RequestedBy, DateTimeOffset RequestedAt, string? ConfirmedBy, DateTimeOffset? ConfirmedAt,
    string? WithdrawnBy, DateTimeOffset? WithdrawnAt)
{
    public static AmendmentView Of(MandateAmendment amendment) => new(
        amendment.AmendmentId, amendment.Stands, amendment.Iban, amendment.Bic, amendment.Reference, amendment.CreditorId, amendment.FormerCreditorName,
        amendment.EffectiveOn, amendment.UsableFrom, amendment.Report, amendment.Reason, amendment.RequestedBy, amendment.RequestedAt, amendment.ConfirmedBy,
        amendment.ConfirmedAt, amendment.WithdrawnBy, amendment.WithdrawnAt);
}

/// <summary><c>/accounts/{accountId}/mandates/{mandateId}/amendments</c>.</summary>
internal static class MandateAmendmentEndpoints
{
    private const int MaxId = 64;
    private const int MaxName = 70;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var amendments = endpoints.MapGroup("/api/v1/accounts/{accountId}/mandates/{mandateId}/amendments/{amendmentId}").WithTags("Direct debits");
        amendments.MapPut(string.Empty, PutAsync)
            .RequireRoles(Roles.Billing | Roles.CreditManager | Roles.Finance)
            .WithSummary("Asks for an amendment of a mandate: another account of the debtor, another mandate id, another creditor")
            .WithDescription("It counts when somebody else has confirmed it. The same again changes nothing, anything else under the id is a 409.")
            .Takes(typeof(AmendmentBody))
            .Answers(201, typeof(MandateView), "Asked for.")
            .Answers(200, typeof(MandateView), "As it was.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        amendments.MapPost("confirmation", ConfirmAsync)
            .RequireRoles(Roles.CreditManager | Roles.Finance)
            .WithSummary("Confirms an amendment; never by who asked for it")
            .WithDescription("The next file with a collection from its day on tells the debtor's bank. The same call again changes nothing, so no Idempotency-Key is needed.")
            .Answers(200, typeof(MandateView), "Confirmed.")
            .Refuses(400, 403, 404, 409, 503);
        amendments.MapPost("withdrawal", WithdrawAsync)
            .RequireRoles(Roles.CreditManager | Roles.Finance)
            .WithSummary("Withdraws an amendment that no file tells of")
            .WithDescription("The same call again changes nothing, so no Idempotency-Key is needed.")
            .Takes(typeof(MandateChangeBody))
            .Answers(200, typeof(MandateView), "Withdrawn.")
            .Refuses(400, 404, 409, 413, 415, 503);
    }

    private static async Task PutAsync(HttpContext http, MandateAmendmentStore store, MandateStore mandates, IAccounts accounts, ICompanyRates companies)
    {
        if (await TargetAsync(http, mandates, accounts, companies) is not ({ } target, { } amendmentId))
        {
            return;
        }

        if (await MoneyOutBody.ReadAsync<AmendmentBody>(http, Check) is not { } put)
        {
            return;
        }

        var outcome = await store.RequestAsync(
            target.Account.Value,
            new MandateAmendment
            {
                Company = target.Company,
                MandateId = target.MandateId,
                AmendmentId = amendmentId,
                Iban = PayeeIban.From(put.Iban),
                Bic = put.Bic?.ToUpperInvariant(),
                Reference = put.NewMandateId,
                CreditorId = CreditorId.From(put.CreditorId),
                FormerCreditorName = put.FormerCreditorName,
                EffectiveOn = put.EffectiveOn ?? target.Today,
                AskedOn = put.EffectiveOn,
                RequestedBy = http.Caller().Id,
            },
            target.Today,
            http.RequestAborted);
        await AnswerAsync(http, mandates, target, outcome, outcome == AmendmentOutcome.Done ? 201 : 200);
    }

    private static void Check(AmendmentBody body, FieldErrors errors)
    {
        if (body is { Iban: null, NewMandateId: null, CreditorId: null, FormerCreditorName: null })
        {
            errors.Add("iban", "or newMandateId, creditorId or formerCreditorName is needed");
        }

        if (body.Iban is not null)
        {
            MandateEndpoints.CheckAccount(body.Iban, body.Bic, errors);
        }
        else if (body.Bic is not null)
        {
            errors.Add("bic", "needs an iban");
        }

        if (body.Bic is not null && !SepaText.IsBic(body.Bic.ToUpperInvariant()))
        {
            errors.Add("bic", "must be a BIC of 8 or 11 characters");
        }

        if (body.NewMandateId is not null && !MandateId.Is(body.NewMandateId))
        {
            errors.Add("newMandateId", MandateId.Rule);
        }

        if (body.CreditorId is not null && CreditorId.From(body.CreditorId) is null)
        {
            errors.Add("creditorId", "must be a creditor identifier with right check digits");
        }

        if (body.FormerCreditorName is not null && !Text.IsIdentifier(body.FormerCreditorName, MaxName))
        {
            errors.Add("formerCreditorName", $"must be 1 to {MaxName} characters without control characters or surrounding white space");
        }
    }

    private static async Task ConfirmAsync(HttpContext http, MandateAmendmentStore store, MandateStore mandates, IAccounts accounts, ICompanyRates companies)
    {
        if (await TargetAsync(http, mandates, accounts, companies) is ({ } target, { } amendmentId))
        {
            var outcome = await store.ConfirmAsync(
                target.Account.Value, target.Company, target.MandateId, amendmentId, target.Today, http.Caller().Id, http.RequestAborted);
            await AnswerAsync(http, mandates, target, outcome, 200);
        }
    }

    private static async Task WithdrawAsync(HttpContext http, MandateAmendmentStore store, MandateStore mandates, IAccounts accounts, ICompanyRates companies)
    {
        if (await TargetAsync(http, mandates, accounts, companies) is ({ } target, { } amendmentId)
            && await MoneyOutBody.ReadAsync<MandateChangeBody>(http, MandateEndpoints.CheckReason) is { } body)
        {
            var outcome = await store.WithdrawAsync(
                target.Account.Value, target.Company, target.MandateId, amendmentId, body.Reason, http.Caller().Id, http.RequestAborted);
            await AnswerAsync(http, mandates, target, outcome, 200);
        }
    }

    private static async Task AnswerAsync(HttpContext http, MandateStore mandates, MandateTarget target, AmendmentOutcome outcome, int status)
    {
        var problem = outcome switch
        {
            AmendmentOutcome.Done or AmendmentOutcome.Unchanged => null,
            AmendmentOutcome.NoMandate => Problems.NotFound("MANDATE_NOT_FOUND", "The account has no such mandate."),
            AmendmentOutcome.Unknown => Problems.NotFound("AMENDMENT_NOT_FOUND", "The mandate has no such amendment."),
            AmendmentOutcome.Taken => Problems.Conflict("AMENDMENT_TAKEN", "The mandate has another amendment of this id."),
            AmendmentOutcome.ReferenceTaken => Problems.Conflict("MANDATE_TAKEN", "The company has another mandate of the new id, or one that is to have it."),
            AmendmentOutcome.Day => Problems.Unprocessable("AMENDMENT_DATE", "The day has passed, or is too far away.", "effectiveOn", "must be today to a year from now"),
            AmendmentOutcome.NotAmendable => Problems.Conflict("MANDATE_NOT_AMENDABLE", "The mandate is cancelled, has lapsed, or is for one collection only: a new one has to be signed."),
            AmendmentOutcome.Nothing => Problems.Unprocessable("NOTHING_AMENDED", "The mandate says so already.", "iban", "or whatever else is given must change the mandate"),
            AmendmentOutcome.Own => new ProblemResult(403, "OWN_REQUEST", "Nobody confirms what they asked for."),
            AmendmentOutcome.State => Problems.Conflict("AMENDMENT_STATE", "It is confirmed by somebody else or withdrawn, or a file tells of it."),
        };
        await (problem is null ? MandateEndpoints.ShowAsync(http, mandates, target, status) : problem.ExecuteAsync(http));
    }

    private static async Task<(MandateTarget? Target, string? AmendmentId)> TargetAsync(HttpContext http, MandateStore mandates, IAccounts accounts, ICompanyRates companies)
    {
        if (RouteReader.TryText(http, "amendmentId", MaxId, out var amendmentId, out var problem))
        {
            return (await MandateEndpoints.TargetAsync(http, mandates, accounts, companies), amendmentId);
        }

        await problem.ExecuteAsync(http);
        return (null, null);
    }
}
