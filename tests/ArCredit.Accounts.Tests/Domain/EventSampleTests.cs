using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>
/// Bytes that released versions have written: they are read and written again the same for ever. A sample is written once;
/// when a schema rises its sample stays, and the new schema gets one of its own.
/// </summary>
public sealed class EventSampleTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Samples");

    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Folder, "*.v*.json").Select(file => Path.GetFileName(file)).Order()];

    [Fact]
    public void Every_event_has_a_sample_of_its_newest_schema_and_of_every_one_before()
    {
        foreach (var type in EventCodec.Names)
        {
            var schema = EventCodec.SchemaOf(type);
            Enumerable.Range(1, schema).ShouldAllBe(each => File.Exists(Path.Combine(Folder, $"{type}.v{each}.json")), type);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_is_read_and_its_newest_schema_written_to_the_same_bytes(string sample)
    {
        var (type, schema) = (sample.Split('.')[0], int.Parse(sample.Split('.')[1][1..], null));
        var stored = File.ReadAllText(Path.Combine(Folder, sample)).TrimEnd('\n');
        var (typeNow, schemaNow, bytes) = EventCodec.Encode(EventCodec.Decode(type, schema, Encoding.UTF8.GetBytes(stored)));
        typeNow.ShouldBe(type);
        if (schema == schemaNow)
        {
            Encoding.UTF8.GetString(bytes).ShouldBe(stored);
        }
    }

    [Fact]
    public void A_schema_or_event_of_a_newer_version_is_refused()
    {
        Should.Throw<NewerSchemaException>(() => EventCodec.Decode("block-removed", EventCodec.SchemaOf("block-removed") + 1, "{\"name\":\"a\"}"u8));
        Should.Throw<NewerSchemaException>(() => EventCodec.Decode("limit-shared", 1, "{}"u8));
    }

    [Fact]
    public void A_stored_journal_gives_the_account_it_always_gave()
    {
        var account = new Account(AccountId.Parse("C-1001"));
        foreach (var line in File.ReadLines(Path.Combine(Folder, "journal.txt")))
        {
            var parts = line.Split(' ', 3);
            var happened = EventCodec.Decode(parts[0], int.Parse(parts[1], null), Encoding.UTF8.GetBytes(parts[2]));
            Encoding.UTF8.GetString(EventCodec.Encode(happened).Payload).ShouldBe(parts[2]);
            account.Apply(happened);
        }

        var eur = Currency.Parse("EUR");
        var book = new ReferenceBook([new Company("main", eur, TimeZoneInfo.FindSystemTimeZoneById("Asia/Baku"))], [], []);
        var view = account.View(new DecisionContext(new DateTimeOffset(2026, 3, 4, 20, 0, 0, TimeSpan.Zero), book, false, "check"));
        view.ShouldSatisfyAllConditions(
            () => (view.Version, view.MasterVersion, view.Closed).ShouldBe((49, 1, false)),
            () => view.Master.Buyers.ShouldBe([new Buyer("aysel", 500_00, "2026-12-31".Day()), new Buyer("murad", null, null)]),
            () => view.Master.GroupLimit.ShouldBe(new Money(5_000_00, eur)),
            () => view.Limits.ShouldBe(new Limits(1_000_00, false, new TemporaryLimit(900_00, "2026-03-10".Day(), "2026-03-12".Day()), "2026-12-31".Day())),
            () => view.Blocks.ShouldBeEmpty(),
            () => view.Exposure.ShouldBe(new Exposure(1082_00, 81_00, 0, 270_00, 53_00, 0, -75_00)),
            () => view.Balance.ShouldBe(1088_00),
            () => (view.Limit, view.LimitScope, view.Utilization).ShouldBe((1_000_00, "account", 1.411m)),
            () => (view.Overdue.Amount, view.Overdue.OldestDueDate, view.OverdueDays).ShouldBe((45_00, "2026-03-01".Day(), 4)),
            () => account.FindReservation("R-1".No())!.Status.ShouldBe(ReservationStatus.Active),
            () => account.FindReservation("R-3".No())!.Status.ShouldBe(ReservationStatus.Captured),
            () => account.FindReservation("R-4".No())!.Status.ShouldBe(ReservationStatus.Released));
    }

    [Fact]
    public void The_stored_journal_holds_every_event() =>
        File.ReadLines(Path.Combine(Folder, "journal.txt")).Select(line => line.Split(' ')[0]).Distinct().ShouldBe(EventCodec.Names, ignoreOrder: true);
}
