using System.Diagnostics.Metrics;
using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Actors;

/// <summary>What the accounts that live in this process publish about themselves.</summary>
internal sealed class AccountMeters : IDisposable
{
    private readonly Meter meter = new("ArCredit.Accounts");
    private readonly Counter<long> decisions;
    private int awake;

    public AccountMeters()
    {
        meter.CreateObservableGauge("arcredit.accounts.active", () => Awake, description: "Accounts awake in this process.");
        decisions = meter.CreateCounter<long>("arcredit.decisions", description: "Credit decisions by outcome.");
    }

    /// <summary>Accounts awake in this process.</summary>
    public int Awake => Volatile.Read(ref awake);

    /// <summary>One more is awake.</summary>
    public void WokeUp() => Interlocked.Increment(ref awake);

    /// <summary>One fewer is.</summary>
    public void FellAsleep() => Interlocked.Decrement(ref awake);

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    /// <summary>Counts a decision that was made now; a repeat was counted before.</summary>
    public void Count(Answer answer)
    {
        var outcome = answer switch
        {
            Answer.Checked { Decision.Outcome: var decided } => decided,
            Answer.Done { Repeat: Repeat.None, Events: var events } => DecidedIn(events),
            _ => null,
        };
        if (outcome is { } counted)
        {
            decisions.Add(1, new KeyValuePair<string, object?>("outcome", Names[(int)counted]));
        }
    }

    // The payment bound to an enforced invoice comes after the invoice that was decided on; what the clock did comes before.
    private static DecisionOutcome? DecidedIn(IReadOnlyList<AccountEvent> events)
    {
        for (var i = events.Count - 1; i >= 0; i--)
        {
            var decision = events[i] switch
            {
                CreditReserved reserved => reserved.Decision,
                CreditRefused refused => refused.Decision,
                ReservationChanged changed => changed.Decision,
                InvoicePosted posted => posted.Decision,
                _ => null,
            };
            if (decision is not null)
            {
                return decision.Outcome;
            }
        }

        return null;
    }

    private static readonly string[] Names = ["approved", "declined", "referred"];
}
