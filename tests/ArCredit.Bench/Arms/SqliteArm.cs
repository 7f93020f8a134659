using System.Text.RegularExpressions;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>The product on SQLite, with lanes as shipped or with one commit per request.</summary>
internal sealed partial class SqliteArm(string variant, string title, BenchContext bench) : HttpArm("sqlite-" + variant, title, bench)
{
    private ProductServer? product;

    /// <summary>What SQLite says of its durability.</summary>
    public string Settings { get; private set; } = string.Empty;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        product = new ProductServer(null, RivalStart.Program("variant", variant));
        await product.StartAsync(cancellation);
        await product.MakeTillKeyAsync(cancellation);
        await product.ImportAccountsAsync(Bench.Population.All(), cancellation);
        await product.SettleAsync(cancellation);
        Use(product.Process, own: false);
        Settings = Durability().Match(product.Process.Output) is { Success: true } said
            ? said.Groups[1].Value
            : throw new BenchException("The product did not say how durable SQLite is.");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (product is not null)
        {
            await product.DisposeAsync();
        }
    }

    protected override LoadRequest RequestOf(Run run) => Reserve(run, product!.TillKey);

    protected override Task SettleAsync(CancellationToken cancellation) => product!.SettleAsync(cancellation);

    protected override async Task<Books?> ReadBooksAsync(CancellationToken cancellation)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={product!.SqliteFile};Mode=ReadOnly");
        await connection.OpenAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = "select sum(type = 'credit-reserved'), sum(type = 'credit-refused') from journal";
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new Books(reader.GetInt64(0), reader.IsDBNull(1) ? 0 : reader.GetInt64(1), []);
    }

    [GeneratedRegex(@"Durability on Sqlite: (.*)")]
    private static partial Regex Durability();
}
