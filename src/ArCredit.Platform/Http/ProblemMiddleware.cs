using ArCredit.Platform.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Http;

/// <summary>The outermost layer: whatever happens inside, the caller gets a problem without a stack trace.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    private const int ClientClosedRequest = 499;
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(5);

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception gone) when (http.RequestAborted.IsCancellationRequested && gone is OperationCanceledException or IOException)
        {
            // Nobody is left to read an answer, and a caller that hangs up is not worth a line in the log.
            if (!http.Response.HasStarted)
            {
                http.Response.StatusCode = ClientClosedRequest;
            }

            return;
        }
        catch (BadHttpRequestException refused)
        {
            await AnswerAsync(http, ForStatus(refused.StatusCode));
            return;
        }
        catch (ServiceUnavailableException unavailable)
        {
            LogUnavailable(unavailable.Code, unavailable);
            await AnswerAsync(http, Problems.Busy(503, unavailable.Code, "The service cannot answer this request now.", unavailable.RetryAfter));
            return;
        }
        catch (Exception away) when (DatabaseOutage.Is(away) && !DatabaseOutage.IsStatementRefused(away))
        {
            const string code = "DATABASE_UNAVAILABLE";
            LogUnavailable(code, away);
            await AnswerAsync(http, Problems.Busy(503, code, "The service cannot answer this request now.", AfterOutage));
            return;
        }
        catch (Exception failure)
        {
            LogFailure(http.GetEndpoint()?.DisplayName, failure);
            await AnswerAsync(http, new ProblemResult(500, "INTERNAL_ERROR", "The request failed for a reason on our side."));
            return;
        }

        var response = http.Response;
        if (!response.HasStarted && response.StatusCode is >= 400 and not ClientClosedRequest && response.ContentType is null)
        {
            await ForStatus(response.StatusCode).ExecuteAsync(http);
        }
    }

    private static async Task AnswerAsync(HttpContext http, ProblemResult problem)
    {
        if (http.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
            return;
        }

        http.Response.Clear();
        await problem.ExecuteAsync(http);
    }

    private static ProblemResult ForStatus(int status) => status switch
    {
        404 => Problems.NotFound(),
        405 => new ProblemResult(405, "METHOD_NOT_ALLOWED", "This address does not take that method."),
        413 => new ProblemResult(413, "BODY_TOO_LARGE", "The body is too large."),
        415 => new ProblemResult(415, "UNSUPPORTED_MEDIA_TYPE", "The body's content type is not accepted here."),
        400 => Problems.BadRequest("BAD_REQUEST", "The request is malformed."),
        _ => new ProblemResult(status, $"HTTP_{status}", ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "The request failed."),
    };

    [LoggerMessage(1, LogLevel.Error, "Request to {Endpoint} failed")]
    private partial void LogFailure(string? endpoint, Exception failure);

    [LoggerMessage(2, LogLevel.Warning, "Unavailable: {Code}")]
    private partial void LogUnavailable(string code, Exception cause);
}
