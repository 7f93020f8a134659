using System.Globalization;
using ArCredit.Testing.App;
using Shouldly;

namespace ArCredit.Scenarios.Import;

/// <summary>A ledger file read in the plainest way there is, to hold the import against.</summary>
internal sealed class PlainLedger
{
    private readonly List<(string Customer, DateOnly Issued, DateOnly? Settled, decimal Amount)> rows = [];

    private PlainLedger()
    {
    }

    public IEnumerable<string> Customers => rows.Select(row => row.Customer).Distinct();

    /// <summary>The earliest and latest date of any kind.</summary>
    public (DateOnly First, DateOnly Last) Span => (rows.Min(row => row.Issued), rows.Max(row => row.Settled ?? row.Issued));

    public static PlainLedger Read(string path)
    {
        var lines = File.ReadAllLines(path);
        var header = lines[0].Split(',').ToList();
        int At(params string[] names) => header.FindIndex(names.Contains);
        var (customer, issued, settled, amount) =
            (At("customer", "customerID"), At("invoice_date", "InvoiceDate"), At("clear_date", "SettledDate"), At("amount", "InvoiceAmount"));
        var ledger = new PlainLedger();
        foreach (var cells in lines.Skip(1).Select(line => line.Split(',')))
        {
            ledger.rows.Add((
                cells[customer], Date(cells[issued]), cells[settled].Length == 0 ? null : Date(cells[settled]),
                decimal.Parse(cells[amount], CultureInfo.InvariantCulture)));
        }

        return ledger;
    }

    /// <summary>What each customer owes at the end of a day.</summary>
    public Dictionary<string, decimal> BalancesAt(DateOnly day) => rows
        .GroupBy(row => row.Customer)
        .ToDictionary(rows => rows.Key, rows => rows.Sum(row => (row.Issued <= day ? row.Amount : 0) - (row.Settled <= day ? row.Amount : 0)));

    /// <summary>Fails unless the application says the same of every customer on every day.</summary>
    public async Task ShouldBeWhatItSaysAsync(ApiClient api, params DateOnly[] days)
    {
        foreach (var day in days)
        {
            var said = new System.Collections.Concurrent.ConcurrentDictionary<string, decimal>();
            var asked = BalancesAt(day);
            await Parallel.ForEachAsync(asked.Keys, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (customer, _) =>
            {
                var page = (await api.GetAsync($"/api/v1/accounts/{customer}/open-items?limit=1&asOf={day:yyyy-MM-dd}")).ShouldBe(200);
                said[customer] = page["totals"].EnumerateArray().Sum(total => total.GetProperty("amount").GetDecimal());
            });
            asked.Where(pair => said[pair.Key] != pair.Value).Select(pair => $"{day:yyyy-MM-dd} {pair.Key}: file {pair.Value}, account {said[pair.Key]}")
                .ShouldBeEmpty();
        }
    }

    private static DateOnly Date(string text) => text.Contains('/', StringComparison.Ordinal)
        ? DateOnly.ParseExact(text, "M/d/yyyy", CultureInfo.InvariantCulture)
        : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
