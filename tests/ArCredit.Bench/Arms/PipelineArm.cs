using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>The bare pipeline of P8.</summary>
internal sealed class PipelineArm(BenchContext bench) : HttpArm(ArmNames.Pipeline, "bare pipeline", bench)
{
    private string connectionString = string.Empty;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        connectionString = await Bench.Postgres.CreateAsync(Name, cancellation);
        await Sql.ExecuteAsync(connectionString, Resource.Read("pipeline.sql"), cancellation);
        Use(await RivalStart.RunAsync(Name, connectionString, cancellation), own: true);
    }

    protected override LoadRequest RequestOf(Run run) => Reserve(run, NoKey);

    protected override async Task<Books?> ReadBooksAsync(CancellationToken cancellation)
    {
        var rows = await Sql.ReadNumbersAsync(
            connectionString, "select coalesce(sum(n), 0)::bigint, count(*) filter (where n <> newest) from (select count(*) as n, max(version) as newest from entry group by account_id) e", cancellation);
        return new Books(rows[0], 0, rows[1] == 0 ? [] : [$"{rows[1]} accounts have gaps"]);
    }
}
