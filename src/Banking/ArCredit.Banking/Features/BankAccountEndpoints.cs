using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ArCredit.Banking.Features;

/// <summary>An own account, named as its bank's files name it.</summary>
/// <param name="Name">For people, 1 to 200 characters.</param>
/// <param name="Currency">Of all its amounts; fixed once it has a statement. An IBAN with several currencies is several accounts.</param>
/// <param name="Iban">Either this or the number is needed.</param>
/// <param name="Number">For banks whose files do not name the IBAN, up to 64 characters; leading zeros do not count.</param>
/// <param name="Bank">The bank's code or BIC beside the number, up to 64 characters; absent = whatever the file says.</param>
/// <param name="Company">Whose customers pay into it; absent = main.</param>
internal sealed record BankAccountBody(string Name, Currency Currency, string? Iban, string? Number, string? Bank, string? Company);

/// <summary>An own account with the newest balances that statements gave.</summary>
/// <param name="Id">Our name of it.</param>
/// <param name="Name">For people.</param>
/// <param name="Currency">Of all its amounts.</param>
/// <param name="Iban">Without spaces.</param>
/// <param name="Number">As files name it.</param>
/// <param name="Bank">The bank's code or BIC.</param>
/// <param name="Booked">Closing balance of the newest statement at the end of a day.</param>
/// <param name="Available">Newest available balance.</param>
/// <param name="Company">Whose customers pay into it.</param>
internal sealed record BankAccountView(
    string Id, string Name, Currency Currency, string? Iban, string? Number, string? Bank, BalanceView? Booked, BalanceView? Available, string Company);

/// <summary><c>/bank/accounts</c>.</summary>
internal static class BankAccountEndpoints
{
    public const Roles Readers = Roles.Billing | Roles.Finance | Roles.Auditor;
    public const int MaxId = 64;

    public const string DefaultCompany = "main";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var accounts = endpoints.MapGroup("/api/v1/bank/accounts").WithTags("Bank");
        accounts.MapPut("{id}", PutAsync)
            .RequireRoles(Roles.Finance)
            .WithSummary("Registers an own bank account, or replaces what is said of it")
            .Takes(typeof(BankAccountBody))
            .Answers(201, typeof(BankAccountView), "Registered.")
            .Answers(200, typeof(BankAccountView), "Replaced.")
            .Refuses(400, 409, 413, 415, 422, 503);
        accounts.MapGet("{id}", GetAsync)
            .RequireRoles(Readers)
            .WithSummary("An own bank account with its newest balances")
            .Answers(200, typeof(BankAccountView), "The account.")
            .Refuses(400, 404, 503);
        accounts.MapGet(string.Empty, ListAsync)
            .RequireRoles(Readers)
            .WithSummary("All own bank accounts by id, with their newest balances")
            .HasPaging()
            .Answers(200, typeof(ListPage<BankAccountView>), "Accounts.")
            .Refuses(400, 503);
    }

    private static async Task PutAsync(HttpContext http, string id, BankAccountStore store, ICompanyRates companies)
    {
        if (!RouteReader.TryText(http, nameof(id), MaxId, out id, out var problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = await Body.ReadAsync<BankAccountBody>(http);
        var errors = body.Errors ?? new FieldErrors();
        if ((body.Problem is null ? body.Value : body.Remains) is { } read)
        {
            Check(read, errors);
        }

        if (errors.Any || body.Problem is not null)
        {
            await (errors.Any ? errors.ToProblem() : body.Problem!).ExecuteAsync(http);
            return;
        }

        var put = body.Value;
        var company = put.Company ?? DefaultCompany;
        if (await companies.CurrencyOfAsync(company, http.RequestAborted) is null)
        {
            await Problems.Unprocessable("COMPANY_UNKNOWN", "There is no such company.", "company", "is not a company").ExecuteAsync(http);
            return;
        }

        var outcome = await store.PutAsync(new BankAccount(id, put.Name, Iban.From(put.Iban), put.Number, put.Bank, put.Currency, company), http.RequestAborted);
        await (outcome switch
        {
            PutOutcome.Taken => Problems.Conflict("BANK_ACCOUNT_TAKEN", "Another account has this IBAN or number and currency.").ExecuteAsync(http),
            PutOutcome.CurrencyFixed => Problems.Conflict("CURRENCY_FIXED", "The account's currency is fixed once it has a statement.").ExecuteAsync(http),
            PutOutcome.Created => AnswerAsync(http, 201, id, store),
            PutOutcome.Replaced => AnswerAsync(http, 200, id, store),
        });
    }

    // What remains of a bad body may be without a name.
    private static void Check(BankAccountBody body, FieldErrors errors)
    {
        void Line(string field, string? text, int maxLength)
        {
            if (text is not null && !Text.IsIdentifier(text, maxLength))
            {
                errors.Add(field, $"must be 1 to {maxLength} characters without control characters or surrounding white space");
            }
        }

        Line("name", body.Name, 200);
        Line("number", body.Number, 64);
        Line("bank", body.Bank, 64);
        Line("company", body.Company, 64);
        if (body.Iban is not null && Iban.From(body.Iban) is null)
        {
            errors.Add("iban", "must be an IBAN with right check digits");
        }

        if (body.Iban is null && body.Number is null)
        {
            errors.Add("iban", "is needed where there is no number");
        }
    }

    private static async Task GetAsync(HttpContext http, string id, BankAccountStore store)
    {
        var query = new QueryReader(http);
        if (!RouteReader.TryText(http, nameof(id), MaxId, out id, out var problem) || (problem = query.Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        await AnswerAsync(http, 200, id, store);
    }

    private static async Task AnswerAsync(HttpContext http, int status, string id, BankAccountStore store)
    {
        var found = await store.ReadAsync(null, id, 1, http.RequestAborted);
        await (found.Count == 0
            ? Problems.NotFound("BANK_ACCOUNT_NOT_FOUND", "There is no bank account of this id.").ExecuteAsync(http)
            : Reply.Json(http, status, View(found[0])));
    }

    private static async Task ListAsync(HttpContext http, BankAccountStore store)
    {
        var query = new QueryReader(http);
        var paging = query.Paging(cursorKeys: 1);
        if (query.Problem() is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var read = await store.ReadAsync(paging.After?[0], null, paging.Limit + 1, http.RequestAborted);
        await Reply.Json(http, 200, paging.Page([.. read.Select(View)], view => [view.Id]));
    }

    private static BankAccountView View((BankAccount Account, BankAccountStore.NewestBalance? Booked, BankAccountStore.NewestBalance? Available) read)
    {
        var account = read.Account;
        BalanceView? Balance(BankAccountStore.NewestBalance? balance) =>
            balance is null ? null : new BalanceView(Money.ToDecimal(balance.Amount, account.Currency), balance.On);
        return new BankAccountView(
            account.Id, account.Name, account.Currency, account.Iban, account.Number, account.Bank, Balance(read.Booked), Balance(read.Available), account.Company);
    }
}
