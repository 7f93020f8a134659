using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>The product asked for credit checks: answered from memory, their records written behind the answers.</summary>
internal sealed class CheckArm(Wrk wrk, BenchPostgres postgres) : ProductArm(ArmNames.Check, "credit check", wrk, postgres)
{
    protected override LoadRequest RequestOf(Run run) =>
        LoadRequest.Check(Population.Prefix(run.Shape, run.Round), Population.Accounts(run.Shape), TillKey);

    protected override async Task SettleAsync(CancellationToken cancellation)
    {
        // Looking for a check's record, even one that never was, first writes all that wait.
        await GetAsync("/api/v1/decisions/c0", cancellation);
        await base.SettleAsync(cancellation);
    }

    protected override async Task<Books?> ReadBooksAsync(CancellationToken cancellation)
    {
        var rows = await Sql.ReadNumbersAsync(ConnectionString, "select count(*) from credit_check", cancellation);
        return new Books(rows[0], 0, []);
    }
}
