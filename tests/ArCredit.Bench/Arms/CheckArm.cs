using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>The process of arm A asked for credit checks: answered from memory, their records written behind the answers.</summary>
internal sealed class CheckArm(ProductArm product, BenchContext bench) : HttpArm(ArmNames.Check, "credit check", bench)
{
    public override Task StartAsync(CancellationToken cancellation)
    {
        Use(product.Product.Process, own: false);
        return Task.CompletedTask;
    }

    protected override LoadRequest RequestOf(Run run) =>
        LoadRequest.Check(Population.Prefix(run.Shape, run.Round), Bench.Population.Accounts(run.Shape), product.Product.TillKey);

    protected override async Task SettleAsync(CancellationToken cancellation)
    {
        // Looking for a check's record, even one that never was, first writes all that wait.
        using var answer = await product.Product.Http.GetAsync("/api/v1/decisions/c0", cancellation);
        await product.Product.SettleAsync(cancellation);
    }

    protected override async Task<Books?> ReadBooksAsync(CancellationToken cancellation)
    {
        var rows = await Sql.ReadNumbersAsync(product.ConnectionString, "select coalesce(sum(checks), 0)::bigint from credit_check_block", cancellation);
        return new Books(rows[0], 0, []);
    }
}
