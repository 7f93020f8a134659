using ArCredit.Accounts.Features.Import;
using ArCredit.Host.Import;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Import;

/// <summary>Real ledgers with their whole history: afterwards every balance is what a plain sum over the file says, for any day.</summary>
public sealed class SharedLedgerTests
{
    [Theory]
    [OnSharedLedger(Dialect.Sqlite, "ibm-late-payments.csv", "ibm-late-payments.json")]
    [OnSharedLedger(Dialect.PostgreSql, "ibm-late-payments.csv", "ibm-late-payments.json")]
    [OnSharedLedger(Dialect.Sqlite, "food-wholesale-2019.csv", "food-wholesale.json")]
    [OnSharedLedger(Dialect.PostgreSql, "food-wholesale-2019.csv", "food-wholesale.json")]
    public async Task Every_balance_is_the_plain_sum_for_any_day(Dialect dialect, string ledger, string mapping)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var file = PlainLedger.Read(SharedLedgers.PathOf(ledger));

        var first = await RunAsync(app, ledger, mapping);
        first[ImportOutcome.Created].ShouldBeGreaterThan(5000);
        (first[ImportOutcome.Conflict], first[ImportOutcome.Refused], first[ImportOutcome.Unchanged]).ShouldBe((0, 0, 0));

        var (begin, end) = file.Span;
        await file.ShouldBeWhatItSaysAsync(app.Admin, begin, Between(begin, end, 0.31), Between(begin, end, 0.77), end.AddDays(-1), end);

        var again = await RunAsync(app, ledger, mapping);
        (again[ImportOutcome.Created], again[ImportOutcome.Unchanged]).ShouldBe((0, first[ImportOutcome.Created]));
    }

    private static DateOnly Between(DateOnly begin, DateOnly end, double share) => begin.AddDays((int)((end.DayNumber - begin.DayNumber) * share));

    private static async Task<ImportProgress> RunAsync(RunningApp app, string ledger, string mapping)
    {
        var map = Mapping.Read(SharedLedgers.MappingOf(mapping));
        var steps = new MappedSteps(new ForeignFile(SharedLedgers.PathOf(ledger), map), map).Read().ToAsyncEnumerable();
        var target = new InProcessTarget(app.Services.GetRequiredService<IAccountImport>(), new ImportMode(History: true, map.Company, Replace: false));
        var progress = new ImportProgress(TextWriter.Null, isTerminal: false, TimeProvider.System);
        (await new ImportRun(target, progress, errors: null).RunAsync(steps, CancellationToken.None)).ShouldBeTrue();
        return progress;
    }
}
