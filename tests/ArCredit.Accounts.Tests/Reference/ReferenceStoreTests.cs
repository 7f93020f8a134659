using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Reference;
using ArCredit.Accounts.Tests.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Reference;

public sealed class ReferenceStoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_write_is_in_the_writers_book_at_once_and_in_anothers_after_a_look(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        using var one = new ReferenceStore(rig.Database);
        using var other = new ReferenceStore(rig.Database);
        Should.Throw<InvariantException>(() => one.Current);
        await one.RefreshAsync(CancellationToken.None);
        await other.RefreshAsync(CancellationToken.None);
        var before = other.Current;

        await one.WriteAsync(session => AddRateAsync(session, "1.0123456789"), CancellationToken.None);
        Rate(one).ShouldBe(1.0123456789m);
        Rate(other).ShouldBeNull();

        await other.RefreshAsync(CancellationToken.None);
        Rate(other).ShouldBe(1.0123456789m);
        before.FindRate(Currency.Parse("CHF"), Currency.Parse("EUR"), new DateOnly(2026, 1, 1)).ShouldBeNull("a book never changes");
        var unchanged = other.Current;
        await other.RefreshAsync(CancellationToken.None);
        other.Current.ShouldBeSameAs(unchanged);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Policies_written_at_once_get_versions_without_gaps(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        using var one = new ReferenceStore(rig.Database);
        using var other = new ReferenceStore(rig.Database);
        var written = await Task.WhenAll(Enumerable.Range(1, 20).Select(number => (number % 2 == 0 ? one : other).WriteAsync(
            session => PolicyEndpoints.WriteAsync(session, $"segment:s{number}", new CreditPolicy { CreditLimit = number }, Now, "test"),
            CancellationToken.None)));
        written.Select(row => row.Version).Order().ShouldBe(Enumerable.Range(1, 20).Select(version => (long)version));
        await one.RefreshAsync(CancellationToken.None);
        one.Current.PolicyVersion.ShouldBe(20);
        foreach (var row in written)
        {
            var scope = row.Scope["segment:".Length..];
            one.Current.PolicyFor("main", scope).CreditLimit.Value.ShouldBe(decimal.Parse(scope[1..], System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_write_that_fails_leaves_everything_as_it_was(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        using var store = new ReferenceStore(rig.Database);
        await store.RefreshAsync(CancellationToken.None);
        await Should.ThrowAsync<InvalidOperationException>(() => store.WriteAsync<int>(
            async session =>
            {
                await AddRateAsync(session, "2");
                throw new InvalidOperationException("planted");
            },
            CancellationToken.None));
        Rate(store).ShouldBeNull();
        (await rig.ScalarAsync<long>("select stamp from reference_stamp")).ShouldBe(0);
    }

    private static decimal? Rate(ReferenceStore store) =>
        store.Current.FindRate(Currency.Parse("CHF"), Currency.Parse("EUR"), new DateOnly(2026, 1, 1))?.Rate;

    private static Task<int> AddRateAsync(DbSession session, string rate) => session.Connection.ExecuteAsync(
        "insert into fx_rate (rate_date, from_currency, to_currency, rate) values (@date, 'CHF', 'EUR', @rate)",
        new { date = new DateOnly(2026, 1, 1), rate }, session.Transaction);
}
