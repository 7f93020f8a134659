using System.Text.Json;
using ArCredit.Testing.App;
using ArCredit.Torture.Load;

namespace ArCredit.Torture.Oracle;

/// <summary>Holds what callers were told, what the journal says and what the product shows against each other.</summary>
internal sealed class Auditor
{
    public const string Lost = "acknowledged and lost";
    public const string Unasked = "effects nobody asked for";
    public const string Denied = "done though denied";
    public const string Phantom = "effects of what was refused";
    public const string OtherAmounts = "amounts other than asked";
    public const string OtherReads = "snapshot or read ≠ replay";

    private readonly Tally tally;
    private readonly JournalSource source;
    private readonly Dictionary<string, AccountFold> folds = new(StringComparer.Ordinal);

    public Auditor(Tally tally, JournalSource source, IEnumerable<string> accounts)
    {
        (this.tally, this.source) = (tally, source);
        foreach (var account in accounts)
        {
            folds[account] = new AccountFold(account, tally);
        }

        tally.MustBeZero([.. AccountFold.Zeros, Lost, Unasked, Denied, Phantom, OtherAmounts, OtherReads]);
    }

    /// <summary>The accounts as the journal has them after the last look.</summary>
    public IReadOnlyDictionary<string, AccountFold> Folds => folds;

    /// <summary>
    /// Reads what is new in the journal and compares it with what was told. Whatever nobody answered may be there or not.
    /// </summary>
    public async Task CompareAsync(IEnumerable<Operation> asked)
    {
        await source.FollowAsync(folds.Values);
        var known = new HashSet<(string, string)>();
        foreach (var operation in asked)
        {
            Compare(operation, known);
        }

        foreach (var fold in folds.Values)
        {
            // Time ends reservations by itself.
            foreach (var effect in fold.Effects.Keys.Where(effect => !known.Contains((fold.Account, effect)) && !effect.StartsWith("Lapse ", StringComparison.Ordinal)))
            {
                tally.Violation(Unasked, $"{fold.Account}: {effect}");
            }
        }
    }

    /// <summary>How many operations nobody answered are on disk, and how many are not.</summary>
    public (int OnDisk, int Absent) CountOpen(IEnumerable<Operation> asked)
    {
        var open = asked.Where(operation => operation.Fate == Fate.Open && operation.WasUnanswered).ToList();
        var there = open.Count(operation => Find(operation, EffectOf(operation)).Count + Find(operation, "Declined " + operation.Document).Count > 0);
        return (there, open.Count - there);
    }

    /// <summary>Reads every account once, so that what time has ended is in the journal before it is compared.</summary>
    public Task RunDueAsync(ApiClient api) =>
        Parallel.ForEachAsync(folds.Keys, async (account, _) => (await api.GetAsync($"/api/v1/accounts/{account}")).ShouldBe(200));

    /// <summary>Snapshots must be of this chain; profiles and reservations must say what the journal says.</summary>
    public async Task CompareReadsAsync(ApiClient api)
    {
        foreach (var snapshot in await source.ReadSnapshotsAsync())
        {
            if (folds.TryGetValue(snapshot.AccountId, out var fold) && fold.HashAt(snapshot.Version)?.AsSpan().SequenceEqual(snapshot.Hash) != true)
            {
                tally.Violation(OtherReads, $"{snapshot.AccountId}: the snapshot of version {snapshot.Version} is of another chain");
            }

            tally.Add("snapshots compared");
        }

        await Parallel.ForEachAsync(folds.Values, async (fold, _) =>
        {
            var profile = (await api.GetAsync($"/api/v1/accounts/{fold.Account}")).ShouldBe(200);
            var shown = profile["exposure"];
            Same(fold, "open invoices", Minor(shown, "openInvoices"), fold.OpenInvoices);
            Same(fold, "orders", Minor(shown, "orders"), fold.Orders);
            Same(fold, "deliveries", Minor(shown, "deliveries"), fold.Deliveries);
            Same(fold, "reservations", Minor(shown, "reservations"), fold.Reservations);
            Same(fold, "unapplied credits", -Minor(shown, "unappliedCredits"), fold.Unapplied);
            Same(fold, "total", Minor(shown, "total"), fold.Total);
            Same(fold, "limit", Minor(profile.Json, "effectiveLimit"), fold.Limit);
            Same(fold, "balance", Minor(profile.Json, "balance"), fold.OpenInvoices - fold.Unapplied);
            await CompareReservationsAsync(api, fold);
            tally.Add("reads compared");
        });
    }

    private async Task CompareReservationsAsync(ApiClient api, AccountFold fold)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = (await api.GetAsync($"/api/v1/accounts/{fold.Account}/reservations?limit=1000{(cursor is null ? string.Empty : $"&cursor={cursor}")}")).ShouldBe(200);
            foreach (var item in page["items"].EnumerateArray())
            {
                var id = item.GetProperty("reservationId").GetString()!;
                var told = (item.GetProperty("status").GetString(), Minor(item, "remaining"), Minor(item, "captured"));
                if (!shown.Add(id) || !fold.ByReservation.TryGetValue(id, out var stored) || told != (stored.Status, stored.Remaining, stored.Captured))
                {
                    tally.Violation(OtherReads, $"{fold.Account}: reservation {id} is shown as {told}");
                }
            }

            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        Same(fold, "number of reservations", shown.Count, fold.ByReservation.Count);
    }

    private void Compare(Operation operation, HashSet<(string Account, string Effect)> known)
    {
        var effects = Find(operation, EffectOf(operation), known);
        var declines = operation.Kind switch
        {
            OperationKind.Reserve => Find(operation, "Declined " + operation.Document, known),
            OperationKind.Change => Find(operation, "Unchanged " + operation.Document, known),
            _ => [],
        };
        if (operation.Kind != OperationKind.Change && effects.Count + declines.Count > 1)
        {
            tally.Violation(AccountFold.Doubled, $"{operation}: {effects.Count} effects, {declines.Count} declines");
        }

        // A release of what time or another release has ended is acknowledged as well; a change may be changed again.
        var isMet = effects.Count > 0 || (operation.Kind == OperationKind.Release && folds[operation.Account].ByReservation.GetValueOrDefault(operation.Document)?.Status == "lapsed");
        var isShared = operation.Kind is OperationKind.Release or OperationKind.Change;
        switch (operation.Fate)
        {
            case Fate.Effective when !isMet:
            case Fate.Declined when declines.Count == 0:
                tally.Violation(Lost, operation.ToString());
                break;
            case Fate.Refused when !isShared && effects.Count + declines.Count > 0:
                tally.Violation(Phantom, operation.ToString());
                break;
            case Fate.Open when operation.WasDenied && effects.Count + declines.Count > 0:
                tally.Violation(Denied, operation.ToString());
                break;
            case Fate.Effective when operation.Amount > 0 && effects.Count > 0 && !effects.Contains(operation.Amount):
                tally.Violation(OtherAmounts, $"{operation}: {operation.Amount} asked, {string.Join(", ", effects)} done");
                break;
        }
    }

    private List<long> Find(Operation operation, string effect, HashSet<(string Account, string Effect)> known)
    {
        known.Add((operation.Account, effect));
        return Find(operation, effect);
    }

    private static string EffectOf(Operation operation) => $"{operation.Kind} {operation.Document}";

    private List<long> Find(Operation operation, string effect) => folds[operation.Account].Effects.TryGetValue(effect, out var amounts) ? amounts : [];

    private void Same(AccountFold fold, string what, long shown, long stored)
    {
        if (shown != stored)
        {
            tally.Violation(OtherReads, $"{fold.Account}: {what} {shown}, the journal says {stored}");
        }
    }

    private static long Minor(JsonElement element, string name) => (long)(element.GetProperty(name).GetDecimal() * 100);
}
