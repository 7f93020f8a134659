using ArCredit.Kernel;

namespace ArCredit.Banking.Statements;

/// <summary>Holds every statement against the balances and totals it states itself, while it is read.</summary>
internal static class StatementCheck
{
    // A balance may differ only where the file does not claim to list everything between two balances.
    private const string Partial = "opening balance and entries do not give the closing balance; the file lists not all entries between them";

    /// <summary>The same parts; what does not add up is refused.</summary>
    /// <exception cref="StatementRefusedException">Balances or totals are wrong.</exception>
    public static IEnumerable<StatementPart> Run(IEnumerable<StatementPart> parts)
    {
        StatementHead? head = null;
        var sums = new Sums();
        var closed = new Dictionary<(OwnAccount, Currency?), Balance?>();
        var warnings = new List<string>();
        foreach (var part in parts)
        {
            switch (part)
            {
                case StatementOpened opened:
                    head = opened.Head;
                    sums = new Sums();
                    warnings = Continues(head, closed);
                    yield return part;
                    break;
                case EntryRead read:
                    sums.Add(read.Entry);
                    yield return part;
                    break;
                case StatementClosed end:
                    closed[(head!.Account, head.Currency)] = end.IsContinued ? end.Closing : null;
                    yield return Close(head, end with { Warnings = [.. warnings, .. end.Warnings] }, sums);
                    break;
            }
        }
    }

    // A page that is missing shows in the balance that it would have carried over. Some banks begin every statement as if it were
    // a further page.
    private static List<string> Continues(StatementHead head, Dictionary<(OwnAccount, Currency?), Balance?> closed)
    {
        if (head is not { ContinuesAt: { } place, Opening: { } opening })
        {
            return [];
        }

        if (!closed.TryGetValue((head.Account, head.Currency), out var carried))
        {
            return ["the page continues one that is not in this file"];
        }

        return carried is null || carried.Amount == opening.Amount
            ? []
            : throw new StatementRefusedException(
                StatementRefusedException.BalanceWrong, place,
                $"the page opens with {Show(opening.Amount, head)}, the page before it closed with {Show(carried.Amount, head)}");
    }

    private static StatementClosed Close(StatementHead head, StatementClosed closed, Sums sums)
    {
        foreach (var totals in closed.Totals)
        {
            Hold(totals, head, sums);
        }

        var warnings = new List<string>(closed.Warnings);
        if (head.Opening is { } opening && closed.Closing is { } closing)
        {
            var computed = opening.Amount + sums.Booked.Net;
            if (computed != closing.Amount && (head.IsIntraday || closed.IsExtract))
            {
                warnings.Add(Partial);
            }
            else if (computed != closing.Amount)
            {
                throw new StatementRefusedException(
                    StatementRefusedException.BalanceWrong, closed.Place,
                    $"opening balance {Show(opening.Amount, head)} and the entries give {Show(computed, head)}, the closing balance says {Show(closing.Amount, head)}");
            }
        }
        else if (head.Format is not (StatementFormat.Camt054 or StatementFormat.Mt942))
        {
            warnings.Add("without opening and closing balance the entries cannot be held against them");
        }

        if (sums.All.Count > sums.Booked.Count)
        {
            warnings.Add($"{sums.All.Count - sums.Booked.Count} announced entries are not booked yet and were left out");
        }

        return closed with { Booked = sums.Booked.ToSums(closed.Place), Pending = sums.All.Count - sums.Booked.Count, Warnings = warnings };
    }

    private static void Hold(ControlTotals totals, StatementHead head, Sums sums)
    {
        void Same(string what, long? stated, Int128 read, bool isAmount)
        {
            if (stated is { } number && number != read)
            {
                var (said, found) = isAmount ? (Show(number, head), Show(read, head)) : ($"{number}", $"{read}");
                throw new StatementRefusedException(StatementRefusedException.TotalsWrong, totals.Place, $"{what} is stated as {said}, the entries give {found}");
            }
        }

        var all = sums.All;
        Same("the number of entries", totals.Entries, all.Count, isAmount: false);
        Same("the number of credits", totals.Credits, all.Credits, isAmount: false);
        Same("the number of debits", totals.Debits, all.Debits, isAmount: false);
        Same("the sum of entries", totals.Sum, all.CreditSum + all.DebitSum, isAmount: true);
        Same("the sum of credits", totals.CreditSum, all.CreditSum, isAmount: true);
        Same("the sum of debits", totals.DebitSum, all.DebitSum, isAmount: true);
        Same("the net of the entries", totals.Net, all.Net, isAmount: true);
    }

    private static string Show(Int128 amount, StatementHead head) => StatementAmount.Show(amount, head.Currency);

    private sealed class Sums
    {
        public Side All { get; } = new();

        public Side Booked { get; } = new();

        public void Add(BankEntry entry)
        {
            All.Add(entry);
            if (!entry.IsPending)
            {
                Booked.Add(entry);
            }
        }
    }

    private sealed class Side
    {
        public long Credits { get; private set; }

        public long Debits { get; private set; }

        // Many large amounts are more than a long holds, and a hostile file must be refused, not crash.
        public Int128 CreditSum { get; private set; }

        public Int128 DebitSum { get; private set; }

        public long Count => Credits + Debits;

        public Int128 Net => CreditSum - DebitSum;

        public void Add(BankEntry entry)
        {
            if (entry.IsCredit)
            {
                Credits++;
                CreditSum += entry.Amount;
            }
            else
            {
                Debits++;
                DebitSum -= entry.Amount;
            }
        }

        public EntrySums ToSums(Place place) => CreditSum <= long.MaxValue && DebitSum <= long.MaxValue
            ? new EntrySums(Credits, (long)CreditSum, Debits, (long)DebitSum)
            : throw new StatementRefusedException(StatementRefusedException.TotalsWrong, place, "the entries sum up to more than any account holds");
    }
}
