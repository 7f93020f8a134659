using ArCredit.Platform.Journal;
using ArCredit.Platform.Journal.Commit;
using ArCredit.Platform.Journal.Commit.Postgres;
using ArCredit.Platform.Journal.Commit.Sqlite;
using ArCredit.Platform.Tests.Data;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Journal;

public sealed class SettlerTests
{
    [Theory]
    [InlineData("RolledBack")]
    [InlineData("Contended")]
    [InlineData("KeyRace")]
    public void Sends_the_identical_batch_again_after_a_rollback(string kind)
    {
        var writer = new ScriptedWriter(Enum.Parse<FailureKind>(kind), failures: 3);
        var batch = Batch.Of([new Chain("a").Next(), new Chain("b").Next()]);

        Settle(writer, batch).IsHealthy.ShouldBeTrue();

        writer.Sent.Count.ShouldBe(4);
        writer.Sent.ShouldAllBe(sent => sent == batch);
        writer.ReadBacks.ShouldBe(0);
        batch.Entries.ShouldAllBe(entry => entry.Outcome.Result is AppendOutcome.Committed);
    }

    [Fact]
    public void Is_unhealthy_while_the_disk_is_full_and_leaves_entries_open_at_a_stop()
    {
        using var stop = new CancellationTokenSource();
        var writer = new ScriptedWriter(FailureKind.RolledBack, failures: int.MaxValue);
        var settler = new BatchSettler(writer, new BrokenChains(), "test", NullLogger.Instance);
        writer.OnWrite = () =>
        {
            if (writer.Sent.Count == 4)
            {
                settler.IsHealthy.ShouldBeFalse();
                stop.Cancel();
            }
        };
        var batch = Batch.Of([new Chain("a").Next()]);

        Should.Throw<OperationCanceledException>(() => settler.Settle(batch, stop.Token));

        batch.Entries[0].Outcome.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_key_race_that_never_ends_is_a_bad_row()
    {
        var poison = new Chain("poison").Next();
        var writer = new ScriptedWriter(FailureKind.KeyRace, failures: int.MaxValue) { FailsFor = batch => batch.Entries.Contains(poison) };
        var batch = Batch.Of([new Chain("a").Next(), poison, new Chain("b").Next()]);

        Settle(writer, batch);

        (await poison.Outcome).ShouldBeOfType<AppendOutcome.Rejected>();
        batch.Entries.Where(entry => entry != poison).ShouldAllBe(entry => entry.Outcome.Result is AppendOutcome.Committed);
    }

    [Fact]
    public void Reads_back_what_nobody_answered_before_it_sends_again()
    {
        var writer = new ScriptedWriter(FailureKind.Unknown, failures: 1) { CommitsWhenFailing = true };
        var batch = Batch.Of([new Chain("a").Next(), new Chain("b").Next()]);

        Settle(writer, batch);

        (writer.Sent.Count, writer.ReadBacks).ShouldBe((1, 1));
        batch.Entries.ShouldAllBe(entry => entry.Outcome.Result is AppendOutcome.Committed);
    }

    [Fact]
    public void Sends_the_identical_rows_again_when_reading_back_finds_nothing()
    {
        var writer = new ScriptedWriter(FailureKind.Unknown, failures: 12);
        var batch = Batch.Of([new Chain("a").Next(), new Chain("b").Next(), new Chain("c").Next()]);

        Settle(writer, batch);

        writer.Sent.SelectMany(sent => sent.Entries).Distinct().ShouldBe(batch.Entries, ignoreOrder: true);
        batch.Entries.ShouldAllBe(entry => entry.Outcome.Result is AppendOutcome.Committed);
    }

    [Fact]
    public void Rows_that_cut_their_connection_every_time_are_parted_from_the_others()
    {
        var killer = new Chain("killer").Next();
        var writer = new ScriptedWriter(FailureKind.Unknown, failures: 12) { FailsFor = batch => batch.Entries.Contains(killer) };
        var batch = Batch.Of([new Chain("a").Next(), new Chain("b").Next(), killer]);

        Settle(writer, batch);

        writer.Sent.Count(sent => sent.Entries.Length == 3).ShouldBe(5);
        writer.Sent[^1].Entries.ShouldBe([killer]);
        writer.Sent.Count(sent => !sent.Entries.Contains(killer)).ShouldBe(2);
        batch.Entries.ShouldAllBe(entry => entry.Outcome.Result is AppendOutcome.Committed);
    }

    [Theory]
    [MemberData(nameof(DatabaseOutageTests.Outages), MemberType = typeof(DatabaseOutageTests))]
    public void Is_unhealthy_until_it_can_connect_whatever_keeps_it_from_it(Exception outage)
    {
        var writer = new ScriptedWriter(FailureKind.RolledBack, failures: 0) { OnOpen = () => throw outage };
        var settler = new BatchSettler(writer, new BrokenChains(), "test", NullLogger.Instance);
        settler.TryOpen().ShouldBeFalse();
        settler.IsHealthy.ShouldBeFalse();

        writer.OnOpen = () => { };
        settler.TryOpen().ShouldBeTrue();
        settler.IsHealthy.ShouldBeTrue();
    }

    [Theory]
    [InlineData(13, 13, "RolledBack")]
    [InlineData(8, 8, "RolledBack")]
    [InlineData(5, 5, "Contended")]
    [InlineData(19, 275, "Deterministic")]
    [InlineData(19, 1555, "KeyRace")]
    [InlineData(10, 1034, "Unknown")]
    public void Classifies_what_SQLite_answers(int code, int extended, string kind) =>
        new SqliteBatchWriter(null!).Classify(new SqliteException("said", code, extended)).Kind.ShouldBe(Enum.Parse<FailureKind>(kind));

    [Theory]
    [InlineData("40001", "ERROR", "Contended")]
    [InlineData("23505", "ERROR", "KeyRace")]
    [InlineData("22021", "ERROR", "Deterministic")]
    [InlineData("54000", "ERROR", "Deterministic")]
    [InlineData("53100", "ERROR", "RolledBack")]
    [InlineData("25006", "ERROR", "RolledBack")]
    [InlineData("57014", "ERROR", "RolledBack")]
    [InlineData("57P01", "FATAL", "Unknown")]
    [InlineData("08006", "ERROR", "Unknown")]
    public void Classifies_what_PostgreSQL_answers(string state, string severity, string kind) =>
        PostgresFailures.Classify(new PostgresException("said", severity, severity, state)).Kind.ShouldBe(Enum.Parse<FailureKind>(kind));

    [Fact]
    public void A_cut_connection_is_never_taken_for_a_rollback() =>
        PostgresFailures.Classify(new NpgsqlException("cut", new IOException())).Kind.ShouldBe(FailureKind.Unknown);

    private static BatchSettler Settle(ScriptedWriter writer, Batch batch)
    {
        var settler = new BatchSettler(writer, new BrokenChains(), "test", NullLogger.Instance);
        settler.Settle(batch, CancellationToken.None);
        return settler;
    }
}
