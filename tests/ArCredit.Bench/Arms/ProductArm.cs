using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>Arm A: the product as it ships, on PostgreSQL, called with a till's key.</summary>
internal sealed class ProductArm(string name, string title, BenchContext bench) : HttpArm(name, title, bench)
{
    private ProductServer? product;

    /// <summary>The process.</summary>
    public ProductServer Product => product ?? throw new InvalidOperationException("The product was not started.");

    /// <summary>Its database.</summary>
    public string ConnectionString { get; private set; } = string.Empty;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        ConnectionString = await Bench.Postgres.CreateAsync(Name, cancellation);
        product = new ProductServer(ConnectionString);
        await product.StartAsync(cancellation);
        Use(product.Process, own: false);
        await product.MakeTillKeyAsync(cancellation);
        await product.ImportAccountsAsync(Bench.Population.All(), cancellation);
        await product.SettleAsync(cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (product is not null)
        {
            await product.DisposeAsync();
        }
    }

    protected override LoadRequest RequestOf(Run run) => Reserve(run, Product.TillKey);

    protected override Task SettleAsync(CancellationToken cancellation) => Product.SettleAsync(cancellation);

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => JournalBooks.ReadAsync(ConnectionString, Product, cancellation);
}
