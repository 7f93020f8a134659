using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>How an own account collects.</summary>
/// <param name="CreditorId">The company's creditor identifier, with right check digits.</param>
/// <param name="Holder">The creditor as the bank knows it, 1 to 70 characters.</param>
/// <param name="Bic">Absent = the bank is found by the IBAN.</param>
/// <param name="NoticeDays">Days from announcement to the first on which a collection may be filed, 1 to 60; absent = 14.</param>
/// <param name="LeadDays">Settlement days that the bank needs before the collection, 1 to 10; absent = 1.</param>
/// <param name="CoreReturnDays">Days for which a core debit counts as money that can come back, 0 to 400; absent = 56.</param>
/// <param name="B2bReturnDays">Settlement days for which a b2b debit does, 0 to 30; absent = 3.</param>
internal sealed record DirectDebitBody(string CreditorId, string Holder, string? Bic, int? NoticeDays, int? LeadDays, int? CoreReturnDays, int? B2bReturnDays);

/// <summary><c>/bank/accounts/{id}/direct-debits</c>.</summary>
internal static class DirectDebitEndpoints
{
    private const int MaxHolder = 70;
    private const int MaxNotice = 60;
    private const int MaxLead = 10;
    private const int MaxCore = 400;
    private const int MaxB2b = 30;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var settings = endpoints.MapGroup("/api/v1/bank/accounts/{id}/direct-debits").WithTags("Direct debits");
        settings.MapPut(string.Empty, PutAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Says how an own bank account collects")
            .Takes(typeof(DirectDebitBody))
            .Answers(200, typeof(DirectDebitBody), "As it is now.")
            .Refuses(400, 404, 413, 415, 422, 503);
        settings.MapGet(string.Empty, GetAsync)
            .RequireRoles(Roles.Finance | Roles.CreditManager | Roles.Auditor)
            .WithSummary("How an own bank account collects")
            .Answers(200, typeof(DirectDebitBody), "As it is.")
            .Refuses(400, 404, 503);
    }

    private static async Task PutAsync(HttpContext http, BankAccountStore accounts, DirectDebitSettings settings)
    {
        if (await OwnBankAccount.OfRouteAsync(http, accounts) is not { } own)
        {
            return;
        }

        if (await MoneyOutBody.ReadAsync<DirectDebitBody>(http, Check) is not { } put)
        {
            return;
        }

        if (own.Iban is null || own.Currency.Code != "EUR")
        {
            await Problems.Unprocessable("NOT_A_SEPA_ACCOUNT", "Only an account in euro with an IBAN collects by SEPA direct debit.").ExecuteAsync(http);
            return;
        }

        await settings.PutAsync(
            new DirectDebitSetting
            {
                BankAccount = own.Id,
                CreditorId = CreditorId.From(put.CreditorId)!,
                Holder = put.Holder,
                Bic = put.Bic?.ToUpperInvariant(),
                NoticeDays = put.NoticeDays ?? DirectDebitSetting.ShippedNotice,
                LeadDays = put.LeadDays ?? DirectDebitSetting.ShippedLead,
                CoreDays = put.CoreReturnDays ?? DirectDebitSetting.ShippedCore,
                B2bDays = put.B2bReturnDays ?? DirectDebitSetting.ShippedB2b,
            },
            http.RequestAborted);
        await AnswerAsync(http, own.Id, settings);
    }

    private static void Check(DirectDebitBody body, FieldErrors errors)
    {
        void Days(string field, int? days, int min, int max)
        {
            if (days < min || days > max)
            {
                errors.Add(field, $"must be {min} to {max}");
            }
        }

        if (CreditorId.From(body.CreditorId) is null)
        {
            errors.Add("creditorId", "must be a creditor identifier with right check digits");
        }

        HolderFields.Check(body.Holder, MaxHolder, body.Bic, errors);

        Days("noticeDays", body.NoticeDays, 1, MaxNotice);
        Days("leadDays", body.LeadDays, 1, MaxLead);
        Days("coreReturnDays", body.CoreReturnDays, 0, MaxCore);
        Days("b2bReturnDays", body.B2bReturnDays, 0, MaxB2b);
    }

    private static async Task GetAsync(HttpContext http, BankAccountStore accounts, DirectDebitSettings settings)
    {
        if (await OwnBankAccount.OfRouteAsync(http, accounts) is { } own)
        {
            await AnswerAsync(http, own.Id, settings);
        }
    }

    private static async Task AnswerAsync(HttpContext http, string id, DirectDebitSettings settings) =>
        await (await settings.FindAsync(id, http.RequestAborted) is { } found
            ? Reply.Json(http, 200, new DirectDebitBody(
                found.CreditorId, found.Holder, found.Bic, (int)found.NoticeDays, (int)found.LeadDays, (int)found.CoreDays, (int)found.B2bDays))
            : Problems.NotFound(CollectionRuns.NotSetUp, "Nothing is said of how the account collects.").ExecuteAsync(http));
}
