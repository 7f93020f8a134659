using ArCredit.Platform.Data;
using ArCredit.Platform.Tests.Journal;
using ArCredit.Testing.Databases;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Data;

public sealed class SqlTypesTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Instants_dates_and_ids_come_back_as_they_went_in(Dialect dialect)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        await using var app = await JournalApp.StartAsync(database);
        await using var session = await app.Database.BeginWriteAsync(default);
        var (instant, date, id) = dialect == Dialect.Sqlite ? ("integer", "text", "text") : ("timestamptz", "date", "uuid");
        await session.Connection.ExecuteAsync($"create table kept (instant {instant}, day {date}, id {id})", transaction: session.Transaction);
        Kept[] all =
        [
            new(new DateTimeOffset(2026, 3, 29, 1, 59, 59, 999, TimeSpan.FromHours(4)).AddTicks(7), new DateOnly(2026, 2, 28), Guid.NewGuid()),
            new(new DateTimeOffset(1969, 12, 31, 23, 59, 59, TimeSpan.Zero).AddTicks(-3), new DateOnly(1899, 1, 1), Guid.Empty),
            new(null, null, null),
        ];

        await session.Connection.ExecuteAsync("insert into kept (instant, day, id) values (@Instant, @Day, @Id)", all, session.Transaction);

        var found = (await session.Connection.QueryAsync<Kept>("select instant, day, id from kept", transaction: session.Transaction)).ToList();
        found.Count.ShouldBe(3);
        foreach (var kept in all)
        {
            found.ShouldContain(kept with { Instant = kept.Instant is { } value ? SqlTypes.Truncate(value) : null });
        }

        (await session.Connection.QueryAsync<DateOnly>("select day from kept where day >= @From order by day", new { From = new DateOnly(1899, 1, 1) }, session.Transaction))
            .ShouldBe([new DateOnly(1899, 1, 1), new DateOnly(2026, 2, 28)]);
    }

    private sealed record Kept(DateTimeOffset? Instant, DateOnly? Day, Guid? Id);
}
