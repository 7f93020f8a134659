using System.Text.Json;
using ArCredit.Accounts.Features.Decisions;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class CheckBlockTests
{
    private static readonly AccountStory Story = new AccountBuilder().WithLimit(100).Open();

    [Fact]
    public void A_block_holds_neighbours_in_time_and_gives_each_back()
    {
        var records = new[] { 0, 5000, 1, 1999, 2000, 5001, 1, 0 }.Select(At).ToList();
        using var packer = new CheckPacker();

        var blocks = packer.Pack([.. records]).ToList();

        blocks.Select(block => block.Checks).ShouldBe([5, 1, 2]);
        foreach (var (record, id) in records.Select(record => (record, record.Decision.Id)))
        {
            var holding = blocks.Where(block => string.CompareOrdinal(block.FirstId, id) <= 0 && string.CompareOrdinal(id, block.LastId) <= 0).ToList();
            holding.Count.ShouldBe(1);
            string.CompareOrdinal(CheckIds.EarliestFirstOf(id), holding[0].FirstId).ShouldBeLessThan(0);
            Same(CheckBlock.Find(holding[0].Body, id).ShouldNotBeNull(), record);
        }

        CheckBlock.Find(blocks[0].Body, records[1].Decision.Id).ShouldBeNull();
    }

    [Fact]
    public void An_id_in_a_text_of_another_record_is_not_taken_for_it()
    {
        var (one, other) = (At(1), At(2));
        using var packer = new CheckPacker();
        var block = packer.Pack([one with { By = other.Decision.Id }, other]).Single();

        Same(CheckBlock.Find(block.Body, other.Decision.Id).ShouldNotBeNull(), other);
    }

    [Fact]
    public void Many_at_once_are_several_blocks_and_packed_far_below_their_size()
    {
        var records = Enumerable.Range(0, 1000).Select(_ => At(0)).ToList();
        using var packer = new CheckPacker();

        var blocks = packer.Pack([.. records]).ToList();

        blocks.Select(block => block.Checks).ShouldBe([256, 256, 256, 232]);
        blocks[0].Body.Length.ShouldBeLessThan(records.Take(256).Sum(record => JsonSerializer.SerializeToUtf8Bytes(record, EventCodec.Options).Length) / 5);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Checks_recorded_before_there_were_blocks_are_still_found(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var old = At(0) with { By = "till \"7\" \\ ə" };
        await rig.ExecuteAsync("drop table credit_check_block");
        await rig.ExecuteAsync(Script("20261121_23_credit_check", dialect));
        await rig.ExecuteAsync(
            $"insert into credit_check values (@Id, 'C-1', {(dialect == Dialect.Sqlite ? "0" : "now()")}, @By, @Record)",
            new { old.Decision.Id, old.By, Record = JsonSerializer.SerializeToUtf8Bytes(old.Decision, EventCodec.Options) });
        await rig.ExecuteAsync(Script("20261122_10_credit_check_block", dialect));
        using var recorder = new CheckRecorder(rig.Database, TimeProvider.System, NullLogger<CheckRecorder>.Instance);
        await recorder.StartAsync(CancellationToken.None);

        var found = await new DecisionStore(null!, rig.Database, recorder, TimeProvider.System).FindAsync(old.Decision.Id, CancellationToken.None);

        Same(new CheckRecord(found!.Account, found.By!, found.Decision), old);
        await recorder.StopAsync(CancellationToken.None);
    }

    private static CheckRecord At(int milliseconds) =>
        new(AccountId.Parse("C-1"), "till", Story.Check(150) with { Id = CheckIds.New(AccountBuilder.Start.AddMilliseconds(milliseconds)) });

    private static void Same(CheckRecord found, CheckRecord wanted) =>
        JsonSerializer.Serialize(found, EventCodec.Options).ShouldBe(JsonSerializer.Serialize(wanted, EventCodec.Options));

    private static string Script(string name, Dialect dialect)
    {
        var assembly = typeof(CheckBlock).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream(
            assembly.GetManifestResourceNames().Single(resource => resource.EndsWith($".{name}.{(dialect == Dialect.Sqlite ? "sqlite" : "postgres")}.sql", StringComparison.Ordinal)))!);
        return reader.ReadToEnd();
    }
}
