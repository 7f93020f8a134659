using ArCredit.Accounts.Contracts;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>What a customer has signed.</summary>
/// <param name="Iban">The debtor's account, with right check digits and the length of its country, which takes part in SEPA.</param>
/// <param name="Holder">The debtor, 1 to 70 characters.</param>
/// <param name="Bic">8 or 11 characters; absent = the bank is found by the IBAN. Needed outside the European Economic Area.</param>
/// <param name="SignedOn">At most today.</param>
/// <param name="Scheme">core or b2b.</param>
/// <param name="Type">recurring (absent) or oneOff.</param>
/// <param name="NoticeDays">Days of pre-notification that were agreed, 1 to 60; absent = those of the own bank account.</param>
/// <param name="CreditorId">The creditor identifier that was signed for; absent = the only one of the company's own bank accounts.</param>
internal sealed record MandateBody(
    string Iban, string Holder, string? Bic, DateOnly SignedOn, MandateScheme Scheme, MandateKind? Type, int? NoticeDays, string? CreditorId);

/// <summary>Why a mandate changes.</summary>
/// <param name="Reason">Code, 1 to 64 characters.</param>
internal sealed record MandateChangeBody(string Reason);

/// <summary>A version of a mandate.</summary>
/// <param name="Version">From 1.</param>
/// <param name="Status">active, suspended or cancelled.</param>
/// <param name="Reason">Code: of the person, or of the bank that returned a collection.</param>
/// <param name="ChangedBy">Who did it.</param>
/// <param name="ChangedAt">When.</param>
internal sealed record MandateVersionView(int Version, MandateStatus Status, string? Reason, string ChangedBy, DateTimeOffset ChangedAt);

/// <summary>What was signed and was amended since.</summary>
/// <param name="Iban">Without spaces.</param>
/// <param name="Bic">Null = found by the IBAN.</param>
/// <param name="CreditorId">Null = none was known.</param>
internal sealed record SignedMandateView(string Iban, string? Bic, string? CreditorId);

/// <summary>A mandate, as it stands today.</summary>
/// <param name="MandateId">Unique within the company.</param>
/// <param name="ToldAs">The id that banks know it by: the same, or the one that an amendment gave it.</param>
/// <param name="Status">active, suspended, cancelled, lapsed (36 months without a collection) or used (a one-off that was collected).</param>
/// <param name="Reason">Code: why it is not active.</param>
/// <param name="Iban">Without spaces.</param>
/// <param name="Holder">As entered.</param>
/// <param name="Bic">Null = found by the IBAN.</param>
/// <param name="SignedOn">As entered.</param>
/// <param name="Scheme">core or b2b.</param>
/// <param name="Type">recurring or oneOff.</param>
/// <param name="NoticeDays">Null = those of the own bank account.</param>
/// <param name="CreditorId">It is collected under for this creditor identifier only.</param>
/// <param name="LastCollectedOn">Null = not yet.</param>
/// <param name="UsableUntil">The last day of a collection; each collection moves it.</param>
/// <param name="History">All versions, the newest first; in the answer of one mandate only.</param>
/// <param name="Signed">Before every amendment; in the answer of one mandate only.</param>
/// <param name="Amendments">All of them, in the order they were asked for; in the answer of one mandate only.</param>
internal sealed record MandateView(
    string MandateId, string ToldAs, MandateStatus Status, string? Reason, string Iban, string Holder, string? Bic, DateOnly SignedOn, MandateScheme Scheme, MandateKind Type,
    int? NoticeDays, string? CreditorId, DateOnly? LastCollectedOn, DateOnly UsableUntil, IReadOnlyList<MandateVersionView> History,
    SignedMandateView? Signed, IReadOnlyList<AmendmentView> Amendments)
{
    public static MandateView Of(Mandate mandate, IReadOnlyList<Mandate> versions, IReadOnlyList<MandateAmendment> amendments, DateOnly today) => new(
        mandate.MandateId, mandate.ToldAs, mandate.StandsOn(today), mandate.Reason, mandate.Iban, mandate.Holder, mandate.Bic, mandate.SignedOn, mandate.Rules, mandate.Type,
        (int?)mandate.NoticeDays, mandate.CreditorId, mandate.LastCollectedOn, mandate.UsableUntil,
        [.. versions.Select(version => new MandateVersionView(
            (int)version.Version, EnumNames.TryParse<MandateStatus>(version.Status, out var status) ? status : throw new InvariantException($"No mandate is {version.Status}."),
            version.Reason, version.ChangedBy, version.ChangedAt))],
        versions.Count == 0 ? null : new SignedMandateView(versions[0].Iban, versions[0].Bic, versions[0].CreditorId), [.. amendments.Select(AmendmentView.Of)]);
}

/// <summary><c>/accounts/{accountId}/mandates</c>.</summary>
internal static class MandateEndpoints
{
    private const int MaxHolder = 70;
    private const int MaxReason = 64;
    private const int MaxNotice = 60;
    private const Roles Readers = Roles.Billing | Roles.Collector | Roles.CreditController | Roles.CreditManager | Roles.Finance | Roles.Auditor;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var mandates = endpoints.MapGroup("/api/v1/accounts/{accountId}/mandates").WithTags("Direct debits");
        mandates.MapPut("{mandateId}", PutAsync)
            .RequireRoles(Roles.Billing | Roles.CreditManager | Roles.Finance)
            .WithSummary("Enters a mandate that a customer has signed")
            .WithDescription("What was signed never changes: what comes later is an amendment. The same again changes nothing, anything else under the id is a 409.")
            .Takes(typeof(MandateBody))
            .Answers(201, typeof(MandateView), "Entered.")
            .Answers(200, typeof(MandateView), "As it was.")
            .Refuses(400, 404, 409, 413, 415, 422, 503);
        mandates.MapGet("{mandateId}", GetAsync)
            .RequireRoles(Readers)
            .WithSummary("A mandate with its history and amendments")
            .WithDescription("By the id it was signed under, or the one that an amendment gave it.")
            .Answers(200, typeof(MandateView), "The mandate.")
            .Refuses(400, 404, 503);
        mandates.MapGet(string.Empty, ListAsync)
            .RequireRoles(Readers)
            .WithSummary("A customer's mandates, by id")
            .HasPaging()
            .Answers(200, typeof(ListPage<MandateView>), "A page of mandates.")
            .Refuses(400, 404, 503);
        MapChange(mandates, "suspension", MandateStatus.Suspended, "Suspends a mandate: nothing new is collected under it");
        MapChange(mandates, "resumption", MandateStatus.Active, "Lets a suspended mandate be used again");
        MapChange(mandates, "cancellation", MandateStatus.Cancelled, "Cancels a mandate for ever; what is announced and not in a file is cancelled with the next file");
    }

    private static void MapChange(RouteGroupBuilder mandates, string path, MandateStatus status, string summary) => mandates
        .MapPost($"{{mandateId}}/{path}", (HttpContext http, MandateStore store, IAccounts accounts, ICompanyRates companies) => ChangeAsync(http, store, accounts, companies, status))
        .RequireRoles(Roles.CreditManager | Roles.Finance)
        .WithSummary(summary)
        .WithDescription("The same call again changes nothing, so no Idempotency-Key is needed.")
        .Takes(typeof(MandateChangeBody))
        .Answers(200, typeof(MandateView), "As it stands.")
        .Refuses(400, 404, 409, 413, 415, 503);

    private static async Task PutAsync(HttpContext http, MandateStore store, IAccounts accounts, ICompanyRates companies)
    {
        if (await TargetAsync(http, null, accounts, companies) is not { } target)
        {
            return;
        }

        void Judge(MandateBody body, FieldErrors errors) => Check(body, errors, target.Today);
        if (await MoneyOutBody.ReadAsync<MandateBody>(http, Judge) is not { } put)
        {
            return;
        }

        var change = await store.AddAsync(
            new Mandate
            {
                Company = target.Company,
                MandateId = target.MandateId,
                AccountId = target.Account.Value,
                CreditorId = CreditorId.From(put.CreditorId),
                Iban = PayeeIban.From(put.Iban)!,
                Holder = put.Holder,
                Bic = put.Bic?.ToUpperInvariant(),
                SignedOn = put.SignedOn,
                Scheme = EnumNames.Name(put.Scheme),
                Kind = EnumNames.Name(put.Type ?? MandateKind.Recurring),
                NoticeDays = put.NoticeDays,
                ChangedBy = http.Caller().Id,
            },
            http.RequestAborted);
        await AnswerAsync(http, store, target, change, change == MandateChange.Done ? 201 : 200);
    }

    /// <summary>What can be wrong with a debtor's account, but for the form of the BIC.</summary>
    public static void CheckAccount(string? iban, string? bic, FieldErrors errors)
    {
        var country = HolderFields.CheckIban(iban, errors)?[..2];
        if (country is not null && !SepaCountries.Has(country))
        {
            errors.Add("iban", "must be of a country that takes part in SEPA");
        }
        else if (country is not null && bic is null && !SepaCountries.IsEea(country))
        {
            errors.Add("bic", "is needed outside the European Economic Area");
        }
    }

    /// <summary>What can be wrong with a reason.</summary>
    public static void CheckReason(MandateChangeBody body, FieldErrors errors)
    {
        if (!Text.IsIdentifier(body.Reason, MaxReason))
        {
            errors.Add("reason", $"must be 1 to {MaxReason} characters without control characters or surrounding white space");
        }
    }

    private static void Check(MandateBody body, FieldErrors errors, DateOnly today)
    {
        CheckAccount(body.Iban, body.Bic, errors);
        if (body.CreditorId is not null && CreditorId.From(body.CreditorId) is null)
        {
            errors.Add("creditorId", "must be a creditor identifier with right check digits");
        }

        HolderFields.Check(body.Holder, MaxHolder, body.Bic, errors);

        if (body.SignedOn > today)
        {
            errors.Add("signedOn", "must not be after today");
        }

        if (body.NoticeDays is < 1 or > MaxNotice)
        {
            errors.Add("noticeDays", $"must be 1 to {MaxNotice}");
        }
    }

    private static async Task ChangeAsync(HttpContext http, MandateStore store, IAccounts accounts, ICompanyRates companies, MandateStatus status)
    {
        if (await TargetAsync(http, store, accounts, companies) is not { } target)
        {
            return;
        }

        if (await MoneyOutBody.ReadAsync<MandateChangeBody>(http, CheckReason) is { } body)
        {
            var change = await store.ChangeAsync(target.Account.Value, target.Company, target.MandateId, status, body.Reason, http.Caller().Id, http.RequestAborted);
            await AnswerAsync(http, store, target, change, 200);
        }
    }

    private static async Task GetAsync(HttpContext http, MandateStore store, IAccounts accounts, ICompanyRates companies)
    {
        if (await TargetAsync(http, store, accounts, companies) is { } target)
        {
            await AnswerAsync(http, store, target, MandateChange.Unchanged, 200);
        }
    }

    private static async Task AnswerAsync(HttpContext http, MandateStore store, MandateTarget target, MandateChange change, int status)
    {
        if (change == MandateChange.Taken)
        {
            await Problems.Conflict("MANDATE_TAKEN", "The company has a mandate of this id that was signed otherwise, or by another customer.").ExecuteAsync(http);
            return;
        }

        if (change == MandateChange.NoCreditor)
        {
            await Problems.Unprocessable(
                "CREDITOR_ID_NEEDED", "The company's own bank accounts collect under no creditor identifier, or under several.", "creditorId", "is needed").ExecuteAsync(http);
            return;
        }

        if (change == MandateChange.Ended)
        {
            await Problems.Conflict("MANDATE_CANCELLED", "The mandate is cancelled; a new one has to be signed.").ExecuteAsync(http);
            return;
        }

        await (change == MandateChange.Unknown ? NoMandate.ExecuteAsync(http) : ShowAsync(http, store, target, status));
    }

    /// <summary>Answers with the mandate as it stands, or a 404.</summary>
    public static async Task ShowAsync(HttpContext http, MandateStore store, MandateTarget target, int status)
    {
        var versions = await store.VersionsAsync(target.Account.Value, target.Company, target.MandateId, http.RequestAborted);
        if (versions.Count == 0)
        {
            await NoMandate.ExecuteAsync(http);
            return;
        }

        var amendments = await store.AmendmentsAsync(target.Company, target.MandateId, http.RequestAborted);
        var standing = AmendedMandate.On(target.Today, versions[0], amendments).Mandate;
        await Reply.Json(http, status, MandateView.Of(standing, versions, amendments, target.Today));
    }

    private static async Task ListAsync(HttpContext http, MandateStore store, IAccounts accounts, ICompanyRates companies)
    {
        var query = new QueryReader(http);
        var paging = query.Paging(cursorKeys: 1);
        if (!RouteReader.TryAccount(http, out var account, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (await AccountsAway.OrUnavailableAsync(accounts.ReadAsync(account, http.RequestAborted)) is not { } view)
        {
            await NoAccount.ExecuteAsync(http);
            return;
        }

        var today = companies.TodayOf(view.Master.Company) ?? throw new InvariantException($"Company {view.Master.Company} has no date.");
        var read = await store.OfAccountAsync(account.Value, view.Master.Company, paging.After?[0] ?? string.Empty, paging.Limit + 1, today, http.RequestAborted);
        await Reply.Json(http, 200, paging.Page([.. read.Select(mandate => MandateView.Of(mandate, [], [], today))], mandate => [mandate.MandateId]));
    }

    /// <summary>The mandate that a path names; null when a problem was answered. Without a store it is the id itself, which nothing need have.</summary>
    public static async Task<MandateTarget?> TargetAsync(HttpContext http, MandateStore? store, IAccounts accounts, ICompanyRates companies)
    {
        if (!RouteReader.TryAccount(http, out var account, out var problem) || !RouteReader.TryText(http, "mandateId", MandateId.MaxLength, out var mandateId, out problem)
            || (problem = NotAnId(mandateId) ?? new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return null;
        }

        if (await AccountsAway.OrUnavailableAsync(accounts.ReadAsync(account, http.RequestAborted)) is { } view)
        {
            var company = view.Master.Company;
            var signedAs = store is null ? mandateId : await store.SignedAsAsync(company, mandateId, http.RequestAborted);
            return new MandateTarget(account, signedAs, company, companies.TodayOf(company) ?? throw new InvariantException($"Company {company} has no date."));
        }

        await NoAccount.ExecuteAsync(http);
        return null;
    }

    private static ProblemResult? NotAnId(string mandateId)
    {
        if (MandateId.Is(mandateId))
        {
            return null;
        }

        var errors = new FieldErrors();
        errors.Add("mandateId", MandateId.Rule);
        return errors.ToProblem();
    }

    private static ProblemResult NoAccount => Problems.NotFound("ACCOUNT_NOT_FOUND", "There is no such account.");

    private static ProblemResult NoMandate => Problems.NotFound("MANDATE_NOT_FOUND", "The account has no such mandate.");
}

/// <summary>A mandate that a path names, by the id it was signed under, with the day in its company.</summary>
internal sealed record MandateTarget(AccountId Account, string MandateId, string Company, DateOnly Today);
