using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Projections;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class InterestReaderTests
{
    private static readonly InterestTerms Terms = new(InterestUnit.Year360, 5, [new("2026-01-01".Day(), 8), new("2026-04-01".Day(), 9)]);

    [Theory, OnSqlite, OnPostgres]
    public async Task Interest_is_read_from_the_tables_as_the_journal_tells_it(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var slices = 0;
        for (var seed = 1; seed <= 8; seed++)
        {
            var history = RandomHistory.Of(seed, 150, $"C-{seed}", "EUR", "USD");
            await rig.ApplyAsync(history.Rows, batchSize: seed * 5);
            var story = history.Story;
            var read = await rig.ReadAsync(session => InterestReader.ReadAsync(session, AccountId.Parse($"C-{seed}"), default, DateOnly.MaxValue, CancellationToken.None));
            var (found, expected) = (Text(read, story.Today), Text(PaperInterest.Of(story.Journal.Events), story.Today));
            found.ShouldBe(expected, $"seed {seed}");
            slices += found.Count;
        }

        slices.ShouldBeGreaterThan(50);
    }

    private static List<string> Text(IEnumerable<InterestItem> items, DateOnly through) =>
        [.. items.SelectMany(item => item.Billed.Concat(item.Unbilled(Terms, through)), (item, slice) => $"{item.Kind} {item.Currency} {item.DueDate} {slice}").Order(StringComparer.Ordinal)];
}
