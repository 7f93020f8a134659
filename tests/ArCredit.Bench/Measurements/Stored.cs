using System.Globalization;
using ArCredit.Bench.Arms;
using ArCredit.Bench.Databases;

namespace ArCredit.Bench.Measurements;

/// <summary>A database full of accounts that were made through the API once and copied.</summary>
internal static class Stored
{
    /// <summary>What the accounts' ids begin with.</summary>
    public const string Prefix = "N";

    private const string Template = "template";
    private const int QuickAccounts = 1_100;
    private const int QuickItems = 2;
    private static string? quick;

    /// <summary>Open invoices of each account when a measurement asks for <paramref name="items"/>.</summary>
    public static int ItemsOf(BenchContext bench, int items) => bench.Options.Quick ? QuickItems : items;

    /// <summary>
    /// Fills a new database and lets the read models catch up; its connection string. Quick runs all have the same, with
    /// 1,100 accounts and two open items each.
    /// </summary>
    /// <param name="bench">The bench.</param>
    /// <param name="name">Of the database.</param>
    /// <param name="accounts">How many.</param>
    /// <param name="items">Open invoices of each.</param>
    public static async Task<string> CreateAsync(BenchContext bench, string name, int accounts, int items)
    {
        if (!bench.Options.Quick)
        {
            return await FillAsync(bench, name, accounts, items);
        }

        return quick ??= await FillAsync(bench, name, QuickAccounts, QuickItems);
    }

    private static async Task<string> FillAsync(BenchContext bench, string name, int accounts, int items)
    {
        var connectionString = await bench.Postgres.CreateAsync(name, bench.Cancellation);
        await using var product = new ProductServer(connectionString);
        await product.StartAsync(bench.Cancellation);
        await product.ImportAccountsAsync([(Template, Population.WideLimit)], bench.Cancellation);
        await product.ImportAsync("invoices", Enumerable.Range(1, items).Select(number => Invoice(Template, number)), bench.Cancellation);
        await JournalCopy.WriteAsync(connectionString, Template, Prefix, accounts, bench.Cancellation);
        BenchContext.Say($"{accounts:N0} accounts with {items} open items are stored; the read models follow");
        await product.SettleAsync(bench.Cancellation);
        return connectionString;
    }

    /// <summary>An invoice of 1.25 EUR as a line of an import.</summary>
    public static string Invoice(string account, int number) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"accountId":"{{account}}","number":"I{{number}}","issueDate":"{{Issued}}","dueDate":"{{Due}}","amount":1.25,"currency":"EUR"}""");

    private static string Issued { get; } = Day(-1);

    private static string Due { get; } = Day(29);

    private static string Day(int fromToday) => TimeProvider.System.GetUtcNow().AddDays(fromToday).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
