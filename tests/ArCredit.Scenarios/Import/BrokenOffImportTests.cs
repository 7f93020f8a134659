using System.Runtime.CompilerServices;
using ArCredit.Accounts.Features.Import;
using ArCredit.Host.Import;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Import;

/// <summary>The server is killed in the middle of an import; the same import again completes it and doubles nothing.</summary>
public sealed class BrokenOffImportTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Run_again_it_comes_to_the_same(Dialect dialect)
    {
        using var file = new ForeignLedger(rows: 3000);
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database);
        await using (var host = await HostProcess.StartAsync(settings))
        {
            var killer = new KillingTarget(Target(host), host, afterLines: 2500);
            await Should.ThrowAsync<Exception>(async () => await RunAsync(file, killer));
        }

        await using var next = await HostProcess.StartAsync(settings);
        var progress = await RunAsync(file, Target(next));
        progress[ImportOutcome.Unchanged].ShouldBeGreaterThanOrEqualTo(2500);
        progress[ImportOutcome.Created].ShouldBeGreaterThan(0);
        (progress[ImportOutcome.Conflict], progress[ImportOutcome.Refused]).ShouldBe((0, 0));

        var ledger = PlainLedger.Read(file.Path);
        await ledger.ShouldBeWhatItSaysAsync(next.Admin, new DateOnly(2024, 6, 1), new DateOnly(2025, 12, 31));
    }

    private static HttpTarget Target(HostProcess host)
    {
        host.Admin.Http.DefaultRequestHeaders.Authorization = new("Bearer", AppSettings.AdminKey);
        return new HttpTarget(host.Admin.Http, new ImportMode(History: true, "main", Replace: false));
    }

    private static async Task<ImportProgress> RunAsync(ForeignLedger file, IImportTarget target)
    {
        var map = Mapping.Read(SharedLedgers.MappingOf("food-wholesale.json"));
        var progress = new ImportProgress(TextWriter.Null, isTerminal: false, TimeProvider.System);
        await new ImportRun(target, progress, errors: null).RunAsync(
            new MappedSteps(new ForeignFile(file.Path, map), map).Read().ToAsyncEnumerable(), CancellationToken.None);
        return progress;
    }

    private sealed class KillingTarget(HttpTarget inner, HostProcess host, int afterLines) : IImportTarget
    {
        private int lines;

        public async IAsyncEnumerable<ImportedLine> SendAsync(ImportStep.Page page, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var line in inner.SendAsync(page, cancellation))
            {
                if (++lines == afterLines)
                {
                    await host.KillAsync();
                }

                yield return line;
            }
        }
    }
}
