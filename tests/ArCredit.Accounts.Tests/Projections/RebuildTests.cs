using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class RebuildTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task A_rebuild_gives_the_same_rows_in_batches_of_any_size(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var rows = RandomHistory.Of(21, 200, "C-1", "EUR", "USD", "JPY").Rows.Zip(RandomHistory.Of(22, 200, "C-2", "KWD", "EUR").Rows)
            .SelectMany(pair => new[] { pair.First, pair.Second }).ToList();

        await rig.ApplyAsync(rows, batchSize: 1);
        var oneByOne = await rig.DumpAsync();
        oneByOne.Count.ShouldBeGreaterThan(200);
        foreach (var batchSize in (int[])[13, int.MaxValue])
        {
            await rig.ResetAsync();
            (await rig.DumpAsync()).ShouldBeEmpty();
            await rig.ApplyAsync(rows, batchSize);
            (await rig.DumpAsync()).ShouldBe(oneByOne);
        }
    }
}
