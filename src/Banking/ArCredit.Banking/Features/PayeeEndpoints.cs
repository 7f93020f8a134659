using ArCredit.Accounts.Contracts;
using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>Where a customer's money may go.</summary>
/// <param name="Iban">With right check digits and the length of its country.</param>
/// <param name="Holder">1 to 140 characters.</param>
/// <param name="Bic">8 or 11 characters; absent = the bank is found by the IBAN.</param>
internal sealed record PayeeBody(string Iban, string Holder, string? Bic);

/// <summary>Confirms a payee account.</summary>
/// <param name="Version">As it was looked at.</param>
internal sealed record ConfirmPayeeBody(int Version);

/// <summary>Where a payee account stands.</summary>
internal enum PayeeStatus
{
    /// <summary>A second person has to confirm it.</summary>
    Pending,

    /// <summary>Money may go to it from usableFrom on.</summary>
    Confirmed,
}

/// <summary>A payee account.</summary>
/// <param name="PayeeId">Unique within the account.</param>
/// <param name="Version">Each change makes another one, which is pending again.</param>
/// <param name="Status">pending or confirmed.</param>
/// <param name="Iban">Without spaces.</param>
/// <param name="Holder">As entered.</param>
/// <param name="Bic">Null = found by the IBAN.</param>
/// <param name="EnteredBy">Never who confirms it.</param>
/// <param name="ConfirmedBy">Null while it is pending.</param>
/// <param name="UsableFrom">First day on which money may go to it; null while it is pending.</param>
internal sealed record PayeeView(
    string PayeeId, int Version, PayeeStatus Status, string Iban, string Holder, string? Bic, string EnteredBy, string? ConfirmedBy, DateOnly? UsableFrom)
{
    public static PayeeView Of(Payee payee) => new(
        payee.Id, (int)payee.Version, payee.ConfirmedBy is null ? PayeeStatus.Pending : PayeeStatus.Confirmed, payee.Iban, payee.Holder, payee.Bic,
        payee.EnteredBy, payee.ConfirmedBy, payee.UsableFrom);
}

/// <summary>A company's rules for money that goes out.</summary>
/// <param name="PayeeCoolDownDays">Days from a payee's confirmation to the first on which money may go to it, 0 to 30.</param>
internal sealed record PaymentRulesBody(int PayeeCoolDownDays);

/// <summary><c>/accounts/{accountId}/payees</c> and <c>/bank/payment-rules/{company}</c>.</summary>
internal static class PayeeEndpoints
{
    private const int MaxId = 64;
    private const int MaxHolder = 140;
    private const int MaxCoolDown = 30;
    private const Roles Readers = Roles.Billing | Roles.CreditController | Roles.CreditManager | Roles.Finance | Roles.Auditor;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var payees = endpoints.MapGroup("/api/v1/accounts/{accountId}/payees").WithTags("Money out");
        payees.MapPut("{payeeId}", PutAsync)
            .RequireRoles(Roles.Billing | Roles.CreditManager | Roles.Finance)
            .WithSummary("Enters a payee account of a customer, or changes it")
            .WithDescription("A new or changed one is pending until somebody else confirms it. Refunds that were approved to the version before have to be approved anew.")
            .Takes(typeof(PayeeBody))
            .Answers(201, typeof(PayeeView), "Entered.")
            .Answers(200, typeof(PayeeView), "Changed, or as it was.")
            .Refuses(400, 404, 413, 415, 503);
        payees.MapPost("{payeeId}/confirmation", ConfirmAsync)
            .RequireRoles(Roles.CreditManager | Roles.Finance)
            .WithSummary("Confirms a payee account; never by who entered it")
            .WithDescription("Money may go to it when the company's cool-down is over. The same call again changes nothing, so no Idempotency-Key is needed.")
            .Takes(typeof(ConfirmPayeeBody))
            .Answers(200, typeof(PayeeView), "Confirmed.")
            .Refuses(400, 403, 404, 409, 413, 415, 503);
        payees.MapGet(string.Empty, ListAsync)
            .RequireRoles(Readers)
            .WithSummary("A customer's payee accounts, by id")
            .HasPaging()
            .Answers(200, typeof(ListPage<PayeeView>), "A page of payee accounts.")
            .Refuses(400, 404, 503);

        var rules = endpoints.MapGroup("/api/v1/bank/payment-rules/{company}").WithTags("Money out");
        rules.MapPut(string.Empty, PutRulesAsync)
            .RequireRoles(Roles.Admin)
            .WithSummary("Sets a company's rules for money that goes out; they count for what is confirmed from then on")
            .Takes(typeof(PaymentRulesBody))
            .Answers(200, typeof(PaymentRulesBody), "The rules.")
            .Refuses(400, 404, 413, 415, 503);
        rules.MapGet(string.Empty, GetRulesAsync)
            .RequireRoles(Readers)
            .WithSummary("A company's rules for money that goes out")
            .Answers(200, typeof(PaymentRulesBody), "The rules.")
            .Refuses(400, 404, 503);
    }

    private static async Task PutAsync(HttpContext http, PayeeStore store, IAccounts accounts)
    {
        if (await TargetAsync(http, accounts) is not { } target)
        {
            return;
        }

        if (await MoneyOutBody.ReadAsync<PayeeBody>(http, Check) is not { } put)
        {
            return;
        }

        var (payee, isNew) = await store.PutAsync(
            target.Account, target.Payee, PayeeIban.From(put.Iban)!, put.Holder, put.Bic?.ToUpperInvariant(), http.Caller().Id, http.RequestAborted);
        await Reply.Json(http, isNew ? 201 : 200, PayeeView.Of(payee));
    }

    private static void Check(PayeeBody body, FieldErrors errors)
    {
        HolderFields.CheckIban(body.Iban, errors);
        HolderFields.Check(body.Holder, MaxHolder, body.Bic, errors);
    }

    private static async Task ConfirmAsync(HttpContext http, PayeeStore store, IAccounts accounts, ICompanyRates companies)
    {
        if (await TargetAsync(http, accounts) is not { } target)
        {
            return;
        }

        if (await MoneyOutBody.ReadAsync<ConfirmPayeeBody>(http, (_, _) => { }) is not { } body)
        {
            return;
        }

        var today = companies.TodayOf(target.Company) ?? throw new InvariantException($"Company {target.Company} has no date.");
        var (outcome, payee) = await store.ConfirmAsync(target.Account, target.Payee, body.Version, target.Company, today, http.Caller().Id, http.RequestAborted);
        await (outcome switch
        {
            Confirmation.Done => Reply.Json(http, 200, PayeeView.Of(payee!)),
            Confirmation.Unknown => Problems.NotFound("PAYEE_NOT_FOUND", "The account has no such payee account.").ExecuteAsync(http),
            Confirmation.Changed => Problems.Conflict("PAYEE_CHANGED", "There is another version of it.", $"The newest version is {payee!.Version}.").ExecuteAsync(http),
            Confirmation.Already => Problems.Conflict("PAYEE_CONFIRMED", "Somebody else has confirmed it before.").ExecuteAsync(http),
            Confirmation.Own => new ProblemResult(403, "OWN_REQUEST", "Nobody confirms what they entered.").ExecuteAsync(http),
        });
    }

    private static async Task ListAsync(HttpContext http, PayeeStore store, IAccounts accounts)
    {
        var query = new QueryReader(http);
        var paging = query.Paging(cursorKeys: 1);
        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await AccountsAway.OrUnavailableAsync(accounts.ReadAsync(account, http.RequestAborted)) is null)
        {
            await NoAccount.ExecuteAsync(http);
            return;
        }

        var read = await store.OfAccountAsync(account, paging.After?[0] ?? string.Empty, paging.Limit + 1, http.RequestAborted);
        await Reply.Json(http, 200, paging.Page([.. read.Select(PayeeView.Of)], view => [view.PayeeId]));
    }

    private static async Task PutRulesAsync(HttpContext http, PayeeStore store, ICompanyRates companies)
    {
        if (await CompanyAsync(http, companies) is not { } company)
        {
            return;
        }

        void Judge(PaymentRulesBody body, FieldErrors errors)
        {
            if (body.PayeeCoolDownDays is < 0 or > MaxCoolDown)
            {
                errors.Add("payeeCoolDownDays", $"must be 0 to {MaxCoolDown}");
            }
        }

        if (await MoneyOutBody.ReadAsync<PaymentRulesBody>(http, Judge) is not { } rules)
        {
            return;
        }

        await store.PutCoolDownAsync(company, rules.PayeeCoolDownDays, http.RequestAborted);
        await Reply.Json(http, 200, rules);
    }

    private static async Task GetRulesAsync(HttpContext http, PayeeStore store, ICompanyRates companies)
    {
        if (await CompanyAsync(http, companies) is { } company)
        {
            await Reply.Json(http, 200, new PaymentRulesBody(await store.CoolDownOfAsync(company, http.RequestAborted)));
        }
    }

    private static async Task<string?> CompanyAsync(HttpContext http, ICompanyRates companies)
    {
        if (!RouteReader.TryText(http, "company", MaxId, out var company, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return null;
        }

        if (await companies.CurrencyOfAsync(company, http.RequestAborted) is null)
        {
            await Problems.NotFound("COMPANY_NOT_FOUND", "There is no such company.").ExecuteAsync(http);
            return null;
        }

        return company;
    }

    private static async Task<Target?> TargetAsync(HttpContext http, IAccounts accounts)
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem) || !RouteReader.TryText(http, "payeeId", MaxId, out var payee, out problem)
            || (problem = NotACode(payee)) is not null)
        {
            await problem.ExecuteAsync(http);
            return null;
        }

        if (await AccountsAway.OrUnavailableAsync(accounts.ReadAsync(account, http.RequestAborted)) is not { } view)
        {
            await NoAccount.ExecuteAsync(http);
            return null;
        }

        return new Target(account, payee, view.Master.Company);
    }

    // Refunds name it in the journal, for ever.
    private static ProblemResult? NotACode(string payee)
    {
        if (payee.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':'))
        {
            return null;
        }

        var errors = new FieldErrors();
        errors.Add("payeeId", "must be of A-Z, a-z, 0-9, '-', '_', '.' and ':'");
        return errors.ToProblem();
    }

    private static ProblemResult NoAccount => Problems.NotFound("ACCOUNT_NOT_FOUND", "There is no such account.");

    private sealed record Target(AccountId Account, string Payee, string Company);
}

/// <summary>Reads bodies and answers what is wrong with them.</summary>
internal static class MoneyOutBody
{
    /// <summary>Null when a problem was answered. The judge must take required members that are null.</summary>
    public static async Task<TBody?> ReadAsync<TBody>(HttpContext http, Action<TBody, FieldErrors> judge)
        where TBody : class
    {
        var body = await Body.ReadAsync<TBody>(http);
        var errors = body.Errors ?? new FieldErrors();
        if ((body.Problem is null ? body.Value : body.Remains) is { } read)
        {
            judge(read, errors);
        }

        if (!errors.Any && body.Problem is null)
        {
            return body.Value;
        }

        await (errors.Any ? errors.ToProblem() : body.Problem!).ExecuteAsync(http);
        return null;
    }
}

/// <summary>What an account says when it cannot answer.</summary>
internal static class AccountsAway
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>The answer, or a 503.</summary>
    public static async Task<T> OrUnavailableAsync<T>(Task<T> asked)
    {
        try
        {
            return await asked;
        }
        catch (Exception late) when (Is(late))
        {
            throw new ServiceUnavailableException("OUTCOME_UNKNOWN", Soon, cause: late);
        }
    }

    /// <summary>True for what an account throws when it cannot answer.</summary>
    public static bool Is(Exception failure) => failure is OutcomeUnknownException or AccountBusyException or AccountUnavailableException;
}
