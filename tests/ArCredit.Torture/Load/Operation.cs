using System.Globalization;

namespace ArCredit.Torture.Load;

/// <summary>What a caller asks of an account.</summary>
internal enum OperationKind
{
    /// <summary>Earmark.</summary>
    Reserve,

    /// <summary>Turn an earmark into an invoice.</summary>
    Capture,

    /// <summary>Give an earmark back.</summary>
    Release,

    /// <summary>Pay invoices.</summary>
    Pay,

    /// <summary>Change the amount of an earmark.</summary>
    Change,
}

/// <summary>What a caller knows of an operation.</summary>
internal enum Fate
{
    /// <summary>Nobody has said yet.</summary>
    Open,

    /// <summary>Acknowledged: it took effect.</summary>
    Effective,

    /// <summary>Acknowledged: the credit was declined.</summary>
    Declined,

    /// <summary>Refused: it had no effect.</summary>
    Refused,
}

/// <summary>One request with its idempotency key, and what became of it as its caller was told.</summary>
internal sealed class Operation(OperationKind kind, string account, string key, string path, object body, string document)
{
    public OperationKind Kind { get; } = kind;

    public string Account { get; } = account;

    public string Key { get; } = key;

    public string Path { get; } = path;

    public object Body { get; } = body;

    /// <summary>The number of what it makes or ends: a reservation, an invoice, a payment.</summary>
    public string Document { get; } = document;

    /// <summary>What it earmarks, captures or releases.</summary>
    public Earmark? Earmark { get; init; }

    /// <summary>Minor units it moves.</summary>
    public long Amount { get; init; }

    /// <summary>Others work on the same thing, so a 409 or 422 is an answer too.</summary>
    public bool MayBeRefused { get; init; }

    public HttpMethod Method => Kind == OperationKind.Change ? HttpMethod.Patch : HttpMethod.Post;

    /// <summary>True for a capture that gives the rest back.</summary>
    public bool Final { get; init; }

    public Fate Fate { get; set; }

    /// <summary>The first definite answer; every repeat must be the same.</summary>
    public string? Text { get; set; }

    /// <summary>It was sent at least once and no answer said what became of it.</summary>
    public bool WasUnanswered { get; set; }

    /// <summary>Every answer so far said that nothing was done.</summary>
    public bool WasDenied { get; set; }

    public override string ToString() => $"{Kind} {Document} of {Account}, key {Key}, {Fate}";

    public static Operation Reserve(string account, string id, string kind, long minor, int expiresInSeconds = 86400, string? reference = null) => new(
        OperationKind.Reserve, account, "r-" + id, $"/api/v1/accounts/{account}/reservations",
        new { reservationId = id, kind, amount = Decimals(minor), currency = "EUR", expiresInSeconds, reference }, id)
    {
        Amount = minor,
        Earmark = new Earmark(account, id, minor),
    };

    public static Operation Capture(Earmark earmark, string invoice, long minor, bool final, bool mayBeRefused = false) => new(
        OperationKind.Capture, earmark.Account, "c-" + invoice, $"/api/v1/accounts/{earmark.Account}/reservations/{earmark.Id}/captures",
        new { amount = Decimals(minor), final, invoice = new { number = invoice, issueDate = "2026-01-01" } }, invoice)
    {
        Amount = minor,
        Final = final,
        Earmark = earmark,
        MayBeRefused = mayBeRefused,
    };

    public static Operation Release(Earmark earmark, string? key = null, bool mayBeRefused = false) => new(
        OperationKind.Release, earmark.Account, key ?? "l-" + earmark.Id,
        $"/api/v1/accounts/{earmark.Account}/reservations/{earmark.Id}/release", new { }, earmark.Id)
    {
        Earmark = earmark,
        MayBeRefused = mayBeRefused,
    };

    public static Operation Change(Earmark earmark, string key, long minor) => new(
        OperationKind.Change, earmark.Account, key, $"/api/v1/accounts/{earmark.Account}/reservations/{earmark.Id}", new { amount = Decimals(minor) }, earmark.Id)
    {
        Amount = minor,
        MayBeRefused = true,
    };

    public static Operation Pay(string account, string id, long minor, bool applied) => new(
        OperationKind.Pay, account, "p-" + id, $"/api/v1/accounts/{account}/payments",
        applied
            ? new { paymentId = id, amount = Decimals(minor), currency = "EUR", receivedOn = "2026-01-01", method = "transfer" }
            : new { paymentId = id, amount = Decimals(minor), currency = "EUR", receivedOn = "2026-01-01", method = "transfer", allocations = Array.Empty<object>() },
        id)
    {
        Amount = minor,
    };

    /// <summary>An amount as the interface wants it: two decimals of minor units.</summary>
    public static decimal Decimals(long minor) => decimal.Parse(string.Create(CultureInfo.InvariantCulture, $"{minor / 100}.{minor % 100:00}"), CultureInfo.InvariantCulture);
}

/// <summary>A reservation as its caller sees it.</summary>
internal sealed class Earmark(string account, string id, long remaining)
{
    public string Account { get; } = account;

    public string Id { get; } = id;

    /// <summary>Minor units that may still be captured; 0 = it is over.</summary>
    public long Remaining { get; set; } = remaining;

    /// <summary>An operation on it is under way or its outcome is not known.</summary>
    public bool IsBusy { get; set; } = true;
}
