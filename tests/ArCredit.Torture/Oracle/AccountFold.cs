using System.Text.Json;
using ArCredit.Platform.Journal;

namespace ArCredit.Torture.Oracle;

/// <summary>
/// What an account's journal says, worked out from the stored bytes by rules of its own: no code of the product decides here.
/// Every prefix is held against the limit and against what each decision says of itself. Minor units of one currency.
/// </summary>
internal sealed class AccountFold(string account, Tally tally)
{
    public const string Gaps = "gaps or doubles in the journal";
    public const string Chain = "broken chain";
    public const string Overshoot = "limit overshot";
    public const string FalseDeclines = "false declines";
    public const string OverCapture = "over-captures";
    public const string DoubleEnd = "reservations ended twice";
    public const string Negative = "negative buckets";
    public const string Doubled = "doubled";
    public const string OtherSums = "decision and journal differ";

    private readonly Dictionary<string, Reserved> reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> invoices = new(StringComparer.Ordinal);
    private readonly HashSet<string> payments = new(StringComparer.Ordinal);
    private readonly List<byte[]> hashes = [];
    private long limit;
    private long unapplied;

    /// <summary>All that is to stay zero.</summary>
    public static readonly string[] Zeros = [Gaps, Chain, Overshoot, FalseDeclines, OverCapture, DoubleEnd, Negative, Doubled, OtherSums];

    public string Account { get; } = account;

    public long Version => hashes.Count;

    /// <summary>Amounts by what moved them, in order: <c>Reserve R-1</c>, <c>Declined R-2</c>, <c>Capture I-1</c>.</summary>
    public Dictionary<string, List<long>> Effects { get; } = new(StringComparer.Ordinal);

    public long Reservations => Of("pos");

    public long Orders => reservations.Values.Where(each => each.Kind == "order").Sum(each => each.Remaining - each.Delivered);

    public long Deliveries => Of("delivery") + reservations.Values.Where(each => each.Kind == "order").Sum(each => each.Delivered);

    public long OpenInvoices => invoices.Values.Sum();

    public long Unapplied => unapplied;

    public long Limit => limit;

    public long Total => reservations.Values.Sum(each => each.Remaining) + OpenInvoices - unapplied;

    /// <summary>Reservations by id, as they stand.</summary>
    public IReadOnlyDictionary<string, Reserved> ByReservation => reservations;

    /// <summary>The hash of a row; null when there is no such version.</summary>
    public byte[]? HashAt(long version) => version > 0 && version <= hashes.Count ? hashes[(int)version - 1] : null;

    public void Apply(StoredRow row)
    {
        if (row.Version != Version + 1)
        {
            tally.Violation(Gaps, $"{Account}: version {row.Version} follows {Version}");
            return;
        }

        var previous = hashes.Count == 0 ? ChainHash.Genesis : hashes[^1];
        if (!ChainHash.Compute(previous, row.AccountId, row.Version, row.Type, row.Schema, row.Payload).AsSpan().SequenceEqual(row.Hash))
        {
            tally.Violation(Chain, $"{Account} version {row.Version}");
        }

        hashes.Add(row.Hash);
        using var json = JsonDocument.Parse(row.Payload);
        Apply(row.Type, json.RootElement);
        foreach (var (name, amount) in new[] { ("open invoices", OpenInvoices), ("unapplied credits", unapplied), ("orders", Orders), ("deliveries", Deliveries), ("reservations", Reservations) })
        {
            if (amount < 0)
            {
                tally.Violation(Negative, $"{Account} version {row.Version}: {name} {amount}");
            }
        }
    }

    private void Apply(string type, JsonElement happened)
    {
        switch (type)
        {
            case "account-put":
                limit = Number(happened.GetProperty("limits"), "creditLimit");
                break;
            case "credit-reserved":
                Reserve(happened);
                break;
            case "credit-refused":
                Refuse(happened);
                break;
            case "reservation-changed":
                Change(happened);
                break;
            case "reservation-delivered":
                Keep(happened.GetProperty("reservation"));
                break;
            case "reservation-released" or "reservation-lapsed":
                End(type, happened.GetProperty("reservation"));
                break;
            case "invoice-posted":
                Invoice(happened);
                break;
            case "payment-received":
                Pay(happened);
                break;
            default:
                throw new InvalidDataException($"A campaign brings about no {type}.");
        }
    }

    private void Reserve(JsonElement happened)
    {
        var state = happened.GetProperty("reservation");
        var id = state.GetProperty("id").GetString()!;
        if (reservations.ContainsKey(id))
        {
            tally.Violation(Doubled, $"{Account}: reservation {id} at {Version}");
        }

        Keep(state);
        Note("Reserve", id, Number(state, "amount"));
        Hold(happened.GetProperty("decision"), id);
    }

    private void Change(JsonElement happened)
    {
        var state = happened.GetProperty("reservation");
        Keep(state);
        Note("Change", state.GetProperty("id").GetString()!, Number(state, "amount"));
        if (happened.TryGetProperty("decision", out var decision))
        {
            Hold(decision, state.GetProperty("id").GetString()!);
        }
    }

    /// <summary>An approval must be within the limit, and its own sum must be that of the journal before it.</summary>
    private void Hold(JsonElement decision, string id)
    {
        if (Total > limit)
        {
            tally.Violation(Overshoot, $"{Account} version {Version}: {Total} of {limit} with {id}");
        }

        if (Number(decision, "exposureAfter") != Total || Number(decision, "limit") != limit)
        {
            tally.Violation(OtherSums, $"{Account} version {Version}: decided on {Number(decision, "exposureAfter")} of {Number(decision, "limit")}, the journal says {Total} of {limit}");
        }
    }

    private void Refuse(JsonElement happened)
    {
        var decision = happened.GetProperty("decision");
        var facts = decision.GetProperty("facts");
        Note(happened.TryGetProperty("standing", out _) ? "Unchanged" : "Declined", happened.TryGetProperty("reservationId", out var id) ? id.GetString()! : string.Empty, Number(facts, "amount"));
        var after = Total + Number(facts, "credit") - Number(facts, "replaced");
        if (after <= limit)
        {
            tally.Violation(FalseDeclines, $"{Account} version {Version}: {after} of {limit}");
        }

        if (Number(decision, "exposureAfter") != after)
        {
            tally.Violation(OtherSums, $"{Account} version {Version}: declined on {Number(decision, "exposureAfter")}, the journal says {after}");
        }
    }

    private void End(string type, JsonElement state)
    {
        var id = state.GetProperty("id").GetString()!;
        if (reservations.TryGetValue(id, out var before) && before.Status != "active")
        {
            tally.Violation(DoubleEnd, $"{Account} version {Version}: {type} of {id}, which is {before.Status}");
        }

        Keep(state);
        Note(type == "reservation-released" ? "Release" : "Lapse", id, 0);
    }

    private void Invoice(JsonElement happened)
    {
        var number = happened.GetProperty("number").GetString()!;
        var amount = Number(happened, "amount");
        if (!invoices.TryAdd(number, amount))
        {
            tally.Violation(Doubled, $"{Account}: invoice {number} at {Version}");
        }

        Note("Capture", number, amount);
        if (!happened.TryGetProperty("captures", out var captures))
        {
            return;
        }

        foreach (var capture in captures.EnumerateArray())
        {
            var state = capture.GetProperty("reservation");
            var id = state.GetProperty("id").GetString()!;
            var afterLapse = capture.TryGetProperty("afterLapse", out var late) && late.GetBoolean();
            var before = reservations[id];
            if (before.Status is "captured" or "released" || Number(state, "captured") > before.Amount || (!afterLapse && Number(capture, "amount") > before.Remaining))
            {
                tally.Violation(OverCapture, $"{Account} version {Version}: {Number(capture, "amount")} of {id}, {before}");
            }

            Keep(state);
        }
    }

    private void Pay(JsonElement happened)
    {
        var id = happened.GetProperty("paymentId").GetString()!;
        if (!payments.Add(id))
        {
            tally.Violation(Doubled, $"{Account}: payment {id} at {Version}");
        }

        var rest = Number(happened, "amount");
        Note("Pay", id, rest);
        if (happened.TryGetProperty("allocations", out var allocations))
        {
            foreach (var allocation in allocations.EnumerateArray())
            {
                var invoice = allocation.GetProperty("invoice").GetString()!;
                var taken = Number(allocation, "amount");
                rest -= taken;
                invoices[invoice] -= taken;
                if (invoices[invoice] < 0)
                {
                    tally.Violation(Negative, $"{Account} version {Version}: {invoice} is paid {-invoices[invoice]} too much");
                }
            }
        }

        if (rest != Number(happened, "unapplied"))
        {
            tally.Violation(OtherSums, $"{Account} version {Version}: {rest} of {id} are left, it says {Number(happened, "unapplied")}");
        }

        unapplied += rest;
    }

    private void Keep(JsonElement state) => reservations[state.GetProperty("id").GetString()!] = new Reserved(
        Text(state, "kind", "pos"), Text(state, "status", "active"), Number(state, "amount"), Number(state, "remaining"), Number(state, "delivered"),
        Number(state, "captured"));

    private void Note(string what, string document, long amount)
    {
        var effect = $"{what} {document}";
        if (!Effects.TryGetValue(effect, out var amounts))
        {
            Effects[effect] = amounts = [];
        }

        amounts.Add(amount);
    }

    private long Of(string kind) => reservations.Values.Where(each => each.Kind == kind).Sum(each => each.Remaining);

    // Defaults are not stored.
    private static long Number(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetInt64() : 0;

    private static string Text(JsonElement element, string name, string absent) => element.TryGetProperty(name, out var value) ? value.GetString()! : absent;
}

/// <summary>A reservation as the journal has it.</summary>
internal sealed record Reserved(string Kind, string Status, long Amount, long Remaining, long Delivered, long Captured);
