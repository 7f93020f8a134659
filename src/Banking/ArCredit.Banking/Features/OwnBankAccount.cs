using ArCredit.Banking.Statements;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Banking.Features;

/// <summary>The own bank account that a request names.</summary>
internal static class OwnBankAccount
{
    /// <summary>The one in the path; null when the request was answered, because there is none or its address is not right.</summary>
    public static async Task<BankAccount?> OfRouteAsync(HttpContext http, BankAccountStore accounts)
    {
        if (!RouteReader.TryText(http, "id", BankAccountEndpoints.MaxId, out var id, out var problem) || (problem = new QueryReader(http).Problem()) is not null)
        {
            await problem.ExecuteAsync(http);
            return null;
        }

        return await FindOrAnswerAsync(http, accounts, id);
    }

    /// <summary>The one of an id; null when the request was answered, because there is none.</summary>
    public static async Task<BankAccount?> FindOrAnswerAsync(HttpContext http, BankAccountStore accounts, string id)
    {
        if (await accounts.ReadAsync(null, id, 1, http.RequestAborted) is [var own])
        {
            return own.Account;
        }

        await Problems.NotFound("BANK_ACCOUNT_NOT_FOUND", "There is no bank account of this id.").ExecuteAsync(http);
        return null;
    }

    /// <summary>What a body's <c>bankAccount</c> has to be, whether there is one or not.</summary>
    public static void Check(string? bankAccount, FieldErrors errors)
    {
        if (!Text.IsIdentifier(bankAccount, BankAccountEndpoints.MaxId))
        {
            errors.Add("bankAccount", "must be the id of an own bank account");
        }
    }
}
