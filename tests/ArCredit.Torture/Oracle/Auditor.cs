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

        tally.MustBeZero([.. AccountFold.Zeros, Lost, Unasked, Denied, Phantom, OtherReads]);
    }

    /// <summary>The accounts as the journal has them after the last look.</summary>
    public IReadOnlyDictionary<string, AccountFold> Folds => folds;

    /// <summary>
    /// Reads what is new in the journal and compares it with what was told. Whatever nobody answered may be there or not.
    /// </summary>
    public async Task CompareAsync(IEnumerable<Operation> asked)
    {
        foreach (var fold in folds.Values)
        {
            foreach (var row in await source.ReadAsync(fold.Account, fold.Version))
            {
                fold.Apply(row);
            }
        }

        var known = new HashSet<(string, string)>();
        foreach (var operation in asked)
        {
            Compare(operation, known);
        }

        foreach (var fold in folds.Values)
        {
            foreach (var effect in fold.Effects.Keys.Where(effect => !known.Contains((fold.Account, effect))))
            {
                tally.Violation(Unasked, $"{fold.Account}: {effect}");
            }
        }
    }

    /// <summary>How many operations nobody answered are on disk, and how many are not.</summary>
    public (int OnDisk, int Absent) CountOpen(IEnumerable<Operation> asked)
    {
        var open = asked.Where(operation => operation.Fate == Fate.Open && operation.WasUnanswered).ToList();
        var there = open.Count(operation => Versions(operation, EffectOf(operation)) + Versions(operation, "Declined " + operation.Document) > 0);
        return (there, open.Count - there);
    }

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

        foreach (var fold in folds.Values)
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
        }
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
        var (effect, declined) = (EffectOf(operation), "Declined " + operation.Document);
        known.Add((operation.Account, effect));
        var effects = Versions(operation, effect);
        var declines = 0;
        if (operation.Kind == OperationKind.Reserve)
        {
            known.Add((operation.Account, declined));
            declines = Versions(operation, declined);
        }

        if (effects + declines > 1)
        {
            tally.Violation(AccountFold.Doubled, $"{operation}: {effects} effects, {declines} declines");
        }

        switch (operation.Fate)
        {
            case Fate.Effective when effects == 0:
            case Fate.Declined when declines == 0:
                tally.Violation(Lost, operation.ToString());
                break;
            case Fate.Refused when effects + declines > 0:
                tally.Violation(Phantom, operation.ToString());
                break;
            case Fate.Open when operation.WasDenied && effects + declines > 0:
                tally.Violation(Denied, operation.ToString());
                break;
        }
    }

    private static string EffectOf(Operation operation) => $"{operation.Kind} {operation.Document}";

    private int Versions(Operation operation, string effect) => folds[operation.Account].Effects.TryGetValue(effect, out var versions) ? versions.Count : 0;

    private void Same(AccountFold fold, string what, long shown, long stored)
    {
        if (shown != stored)
        {
            tally.Violation(OtherReads, $"{fold.Account}: {what} {shown}, the journal says {stored}");
        }
    }

    private static long Minor(JsonElement element, string name) => (long)(element.GetProperty(name).GetDecimal() * 100);
}
