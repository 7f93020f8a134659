using System.Diagnostics.CodeAnalysis;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>What a call on an account is about, besides its body.</summary>
/// <param name="Number">The reservation or payment named in the path; default when the call names none.</param>
/// <param name="Currency">The reservation's, once it was asked for.</param>
/// <param name="Ordinal">The allocation named in the path; 0 when the call names none.</param>
/// <param name="NextOpenDay">What falls into a closed period shall go to the first open day.</param>
/// <param name="Caller">Who asks.</param>
internal readonly record struct CallTarget(
    DocumentNumber Number, Currency? Currency, int Ordinal = 0, bool NextOpenDay = false, Caller? Caller = null);

/// <summary>Makes the command of a body; what is wrong goes to the checks, and the command is not used then.</summary>
internal delegate AccountCommand ToCommand<in TBody>(TBody body, CallTarget target, RequestChecks checks);

/// <summary>Whether a call carries an idempotency key.</summary>
internal enum KeyUse
{
    /// <summary>It changes nothing, or is idempotent by itself.</summary>
    None,

    /// <summary>It may.</summary>
    Optional,

    /// <summary>It must.</summary>
    Required,
}

/// <summary>A call on an account, from the request to the answer: parse, ask once, write once.</summary>
/// <param name="route">Scope of its idempotency keys.</param>
/// <param name="toCommand">Makes the command.</param>
/// <param name="respond">Writes every answer but a refusal; a function of the answer alone, so that a repeat is identical.</param>
internal sealed class AccountCall<TBody>(string route, ToCommand<TBody> toCommand, Func<HttpContext, Answer, Task> respond)
    where TBody : class
{
    /// <summary>Whether it carries a key.</summary>
    public KeyUse Keys { get; init; } = KeyUse.Required;

    /// <summary>The path parameter that names a document.</summary>
    public string? NumberName { get; init; }

    /// <summary>The path parameter that counts something of that document, from 1.</summary>
    public string? OrdinalName { get; init; }

    /// <summary>True when it posts something, which may go to another day where a period is closed.</summary>
    public bool Posts { get; init; }

    /// <summary>Stands for a body that is not there; null = a body must be there.</summary>
    public TBody? NoBody { get; init; }

    /// <summary>True when the body has amounts in the currency of the reservation it is about.</summary>
    public Func<TBody, bool>? NeedsCurrency { get; init; }

    /// <summary>What must be so outside the account before it is asked; a problem ends the call.</summary>
    public Func<HttpContext, AccountId, AccountCommand, Task<ProblemResult?>>? Prepare { get; init; }

    /// <summary>Runs the call.</summary>
    public async Task RunAsync(HttpContext http, IAccounts accounts)
    {
        DocumentNumber number = default;
        var ordinal = 0;
        if (!RouteReader.TryAccount(http, out var account, out var problem)
            || (NumberName is not null && !RouteReader.TryNumber(http, NumberName, out number, out problem))
            || (OrdinalName is not null && !RouteReader.TryOrdinal(http, OrdinalName, out ordinal, out problem))
            || !ClosedPeriods.TryRead(http, Posts, out var nextOpenDay, out problem)
            || !TryReadKey(http, out var key, out problem))
        {
            await problem.ExecuteAsync(http);
            return;
        }

        var body = NoBody is not null && HasNoBody(http) ? new BodyRead<TBody>(NoBody, null) : await Body.ReadAsync<TBody>(http);
        if (body.Problem is not null)
        {
            await RequestChecks.Complete(body, (remains, checks) => toCommand(remains, new CallTarget(number, null, ordinal, Caller: http.Caller()), checks)).ExecuteAsync(http);
            return;
        }

        try
        {
            await AskAsync(
                http, accounts, account, new CallTarget(number, null, ordinal, nextOpenDay, http.Caller()), body.Value, new AskOptions(http.Caller().Id, key));
        }
        catch (Exception outage) when (AccountOutage.Is(outage))
        {
            await AccountOutage.ToProblem(outage).ExecuteAsync(http);
        }
    }

    private async Task AskAsync(HttpContext http, IAccounts accounts, AccountId account, CallTarget target, TBody body, AskOptions options)
    {
        if (NeedsCurrency is not null && NeedsCurrency(body))
        {
            var found = await accounts.AskAsync(account, new FindReservation(target.Number), options with { Key = null }, http.RequestAborted);
            if (found is not Answer.Unchanged { Reservation.Currency: var currency })
            {
                await Refuse(found).ExecuteAsync(http);
                return;
            }

            target = target with { Currency = currency };
        }

        var checks = new RequestChecks();
        var command = toCommand(body, target, checks);
        if (checks.Problem is { } problem)
        {
            await problem.ExecuteAsync(http);
            return;
        }

        if (Prepare is not null && await Prepare(http, account, command) is { } unmet)
        {
            await unmet.ExecuteAsync(http);
            return;
        }

        var answer = await accounts.AskAsync(account, target.NextOpenDay ? command with { NextOpenDay = true } : command, options, http.RequestAborted);
        if (answer is Answer.Refused)
        {
            await Refuse(answer).ExecuteAsync(http);
            return;
        }

        if (answer is Answer.Done { Repeat: Repeat.Key })
        {
            IdempotencyKey.MarkReplayed(http);
        }

        await respond(http, answer);
    }

    private bool TryReadKey(HttpContext http, out CommandKey? key, [NotNullWhen(false)] out ProblemResult? problem)
    {
        key = null;
        problem = null;
        if (Keys == KeyUse.None || (Keys == KeyUse.Optional && http.Request.Headers[IdempotencyKey.Header].Count == 0))
        {
            return true;
        }

        if (!IdempotencyKey.TryRead(http, out var value, out problem))
        {
            return false;
        }

        key = new CommandKey(route, value);
        return true;
    }

    private static bool HasNoBody(HttpContext http) =>
        http.Request.ContentLength is 0 || http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false;

    private static ProblemResult Refuse(Answer answer) => answer is Answer.Refused refused
        ? RefusalMapping.ToProblem(refused)
        : throw new InvariantException($"An account answered {answer.GetType().Name} where it cannot.");
}

/// <summary>An account that cannot answer now.</summary>
internal static class AccountOutage
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    // The account may be waiting for a database that has to come back first.
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    /// <summary>True for what an account throws when it cannot answer.</summary>
    public static bool Is(Exception failure) =>
        failure is OutcomeUnknownException or AccountBusyException or AccountUnavailableException or NewerSchemaException;

    /// <summary>The 503 of an exception an account throws when it cannot answer.</summary>
    public static ProblemResult ToProblem(Exception outage) => outage switch
    {
        OutcomeUnknownException => Problems.Busy(
            503, "OUTCOME_UNKNOWN", "Whether the request took effect is not known yet. Repeat it as it was, with the same Idempotency-Key if it had one.", Later),
        AccountBusyException => Problems.Busy(503, "OVERLOADED", "Too much is under way; nothing was done.", Soon),
        NewerSchemaException => Problems.Busy(503, "NEWER_VERSION", "A newer version of the product has written to this account.", Later),
        AccountUnavailableException => Problems.Busy(503, "DATABASE_UNAVAILABLE", "The database does not answer. Repeat the request as it was.", Later),
        _ when DatabaseOutage.Is(outage) => Problems.Busy(503, "DATABASE_UNAVAILABLE", "The database does not answer.", Later),
        _ => throw new InvariantException($"{outage.GetType().Name} is no outage of an account."),
    };
}
