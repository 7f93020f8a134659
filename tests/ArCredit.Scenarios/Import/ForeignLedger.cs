using System.Globalization;
using ArCredit.Testing.App;

namespace ArCredit.Scenarios.Import;

/// <summary>A made-up file in the shape of the wholesale mapping, with duplicates and a customer who is a quarter of it.</summary>
internal sealed class ForeignLedger : IDisposable
{
    private readonly TestDirectory directory = new();

    public ForeignLedger(int rows)
    {
        var random = new Random(7);
        var lines = new List<string> { "customer,invoice_date,due_date,clear_date,amount" };
        var day = new DateOnly(2024, 1, 1);
        while (lines.Count <= rows)
        {
            var customer = random.Next(4) == 0 ? 1 : random.Next(2, 60);
            var issued = day.AddDays(lines.Count * 600 / rows);
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"W{customer:000},{issued:yyyy-MM-dd},{issued.AddDays(random.Next(-3, 30)):yyyy-MM-dd},{(random.Next(10) == 0 ? string.Empty : issued.AddDays(random.Next(0, 50)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))},{random.Next(1, 500_000) / 100m}");
            lines.AddRange(Enumerable.Repeat(line, random.Next(30) == 0 ? 2 : 1));
        }

        File.WriteAllLines(Path, lines);
        Rows = lines.Count - 1;
    }

    public string Path => System.IO.Path.Combine(directory.Path, "ledger.csv");

    public string ErrorsPath => System.IO.Path.Combine(directory.Path, "errors.ndjson");

    public int Rows { get; }

    public void Dispose() => directory.Dispose();
}
