using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>The bare pipeline of P8.</summary>
internal sealed class PipelineArm(Wrk wrk, BenchPostgres postgres) : HttpArm(ArmNames.Pipeline, "bare pipeline", wrk)
{
    private string connectionString = string.Empty;

    public override async Task StartAsync(CancellationToken cancellation)
    {
        connectionString = await postgres.CreateAsync(Name, cancellation);
        await Sql.ExecuteAsync(connectionString, Resource.Read("pipeline.sql"), cancellation);
        Server = await RivalStart.RunAsync(Name, connectionString, cancellation);
    }

    protected override LoadRequest RequestOf(Run run) => LoadRequest.Reserve(Population.Prefix(run.Shape, run.Round), Population.Accounts(run.Shape), "none-is-asked-for-0123");

    protected override async Task<Books?> ReadBooksAsync(CancellationToken cancellation)
    {
        var rows = await Sql.ReadNumbersAsync(
            connectionString, "select coalesce(sum(n), 0)::bigint, count(*) filter (where n <> newest) from (select count(*) as n, max(version) as newest from entry group by account_id) e", cancellation);
        return new Books(rows[0], 0, rows[1] == 0 ? [] : [$"{rows[1]} accounts have gaps"]);
    }
}
