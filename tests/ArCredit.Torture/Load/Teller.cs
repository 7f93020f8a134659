using System.Diagnostics;
using System.Text.Json;
using ArCredit.Testing.App;

namespace ArCredit.Torture.Load;

/// <summary>Sends operations and writes down what was answered; whatever no answer may be is counted as a violation.</summary>
internal sealed class Teller(Tally tally)
{
    public const string NeverEnd = "requests that never end";
    public const string WrongRefusals = "wrong refusals";
    public const string OtherRepeats = "repeats answered otherwise";
    public const string ServerErrors = "answers 5xx other than 503";

    /// <summary>A request must be answered within this, whatever the database does.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private int settled;

    /// <summary>Definite answers so far, declines too.</summary>
    public int Settled => Volatile.Read(ref settled);

    /// <summary>Requests under way now.</summary>
    public int UnderWay => Volatile.Read(ref underWay);

    private int underWay;

    /// <summary>A client of its own for a process.</summary>
    public static ApiClient ClientOf(HostProcess host) => new(
        new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = host.Address, Timeout = Patience }, AppSettings.AdminKey);

    /// <summary>Sends it once. False when nobody said what became of it.</summary>
    public async Task<bool> SendAsync(ApiClient api, Operation operation)
    {
        Answer answer;
        var began = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref underWay);
        try
        {
            answer = await api.SendAsync(operation.Method, operation.Path, operation.Body, operation.Key);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or TaskCanceledException)
        {
            // Whose node was gone before it could answer is not kept waiting by it.
            if (cut is TaskCanceledException && Stopwatch.GetElapsedTime(began) >= Patience)
            {
                tally.Violation(NeverEnd, operation.ToString());
            }

            tally.Add("unanswered");
            (operation.WasUnanswered, operation.WasDenied) = (true, false);
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref underWay);
        }

        if (answer.Status is 503 or 429)
        {
            NoteBusy(operation, answer);
            return false;
        }

        Note(operation, answer);
        Interlocked.Increment(ref settled);
        return true;
    }

    private void NoteBusy(Operation operation, Answer answer)
    {
        if (answer.Code == "OUTCOME_UNKNOWN")
        {
            tally.Add("unknown (503)");
            (operation.WasUnanswered, operation.WasDenied) = (true, false);
        }
        else
        {
            tally.Add("not done (503)");
            operation.WasDenied = !operation.WasUnanswered;
        }
    }

    private void Note(Operation operation, Answer answer)
    {
        if (answer.Status >= 500)
        {
            tally.Violation(ServerErrors, $"{operation}: {answer.Text}");
        }
        else if (operation.Text is { } first)
        {
            var replayed = answer.Headers.TryGetValues("Idempotency-Replayed", out var values) && values.Single() == "true";

            // The release of what time had ended records nothing, so it is answered each time anew, and the same.
            var recordsNothing = operation.Kind == OperationKind.Release && answer["status"].GetString() == "lapsed";
            if (first != answer.Text || !(replayed || recordsNothing))
            {
                tally.Violation(OtherRepeats, $"{operation} (replayed: {replayed}):\n      {first}\n      {answer.Text}");
            }

            tally.Add("repeated");
            return;
        }

        operation.Fate = FateOf(operation, answer);
        if (operation.Fate == Fate.Refused)
        {
            if (operation.MayBeRefused && answer.Status is 409 or 422)
            {
                operation.Text = answer.Text;
                tally.Add("refused");
                return;
            }

            tally.Violation(WrongRefusals, $"{operation}: {answer.Text}");
            return;
        }

        operation.Text = answer.Text;
        tally.Add(operation.Fate == Fate.Declined ? "declined" : "acknowledged");
        if (operation.Earmark is { } earmark)
        {
            Follow(operation, earmark);
        }
    }

    private static Fate FateOf(Operation operation, Answer answer) =>
        answer.Status is not (200 or 201) ? Fate.Refused
        : operation.Kind is not (OperationKind.Reserve or OperationKind.Change) || answer["decision"].GetString() is null or "approved" ? Fate.Effective
        : Fate.Declined;

    private static void Follow(Operation operation, Earmark earmark)
    {
        earmark.Remaining = operation switch
        {
            { Kind: OperationKind.Reserve, Fate: Fate.Declined } or { Kind: OperationKind.Release } or { Final: true } => 0,
            { Kind: OperationKind.Capture } => earmark.Remaining - operation.Amount,
            _ => earmark.Remaining,
        };
        earmark.IsBusy = false;
    }
}
