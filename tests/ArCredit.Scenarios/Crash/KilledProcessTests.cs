using System.Collections.Concurrent;
using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Crash;

/// <summary>SIGKILL in the middle of thousands of reservations: what was acknowledged is there, once, within the limit.</summary>
public sealed class KilledProcessTests
{
    private const int Accounts = 8;
    private const int Limit = 600;
    private const int Callers = 48;
    private const int AcknowledgedBeforeTheKill = 1500;

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Loses_and_doubles_nothing_that_was_acknowledged(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database) with { ManualClock = null };
        var acknowledged = new ConcurrentDictionary<string, string>();
        var unanswered = new ConcurrentBag<(string Account, string Id)>();
        await using (var host = await HostProcess.StartAsync(settings))
        {
            await OpenAccounts(host.Admin);
            await ReserveUntilKilledAsync(host, acknowledged, unanswered);
        }

        await using var again = await HostProcess.StartAsync(settings);
        await Check(again.Admin, acknowledged);
        await RetryUnanswered(again.Admin, unanswered);
        await Check(again.Admin, acknowledged);
    }

    private static async Task OpenAccounts(ApiClient api)
    {
        for (var i = 0; i < Accounts; i++)
        {
            (await api.PutAsync($"/api/v1/accounts/K{i}", new { name = "Killed", currency = "EUR", creditLimit = Limit })).ShouldBe(201);
        }
    }

    private static async Task ReserveUntilKilledAsync(
        HostProcess host, ConcurrentDictionary<string, string> acknowledged, ConcurrentBag<(string Account, string Id)> unanswered)
    {
        var next = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (true)
            {
                var number = Interlocked.Increment(ref next);
                var (account, id) = ($"K{number % Accounts}", number.ToString(CultureInfo.InvariantCulture));
                try
                {
                    var answer = await Reserve(host.Admin, account, id);
                    if (answer.Status == 201 && acknowledged.TryAdd(id, account) && acknowledged.Count == AcknowledgedBeforeTheKill)
                    {
                        enough.SetResult();
                    }
                }
                catch (HttpRequestException)
                {
                    // The process is gone; nobody knows yet what became of this one.
                    unanswered.Add((account, id));
                    return;
                }
            }
        }).ToArray();
        await enough.Task;
        await host.KillAsync();
        await Task.WhenAll(callers);
    }

    private static Task<Answer> Reserve(ApiClient api, string account, string id) => api.PostAsync(
        $"/api/v1/accounts/{account}/reservations",
        new { reservationId = id, kind = "pos", amount = 1, currency = "EUR", expiresInSeconds = 86400 }, $"key-{id}");

    private static async Task RetryUnanswered(ApiClient api, ConcurrentBag<(string Account, string Id)> unanswered)
    {
        unanswered.ShouldNotBeEmpty();
        foreach (var (account, id) in unanswered)
        {
            // Twice: whatever the crash left, the same key has one effect and one answer.
            var first = await Reserve(api, account, id);
            var second = await Reserve(api, account, id);
            second.Status.ShouldBe(first.Status);
            second["decisionId"].GetString().ShouldBe(first["decisionId"].GetString());
            second.Headers.GetValues("Idempotency-Replayed").ShouldBe(["true"]);
        }
    }

    private static async Task Check(ApiClient api, ConcurrentDictionary<string, string> acknowledged)
    {
        for (var i = 0; i < Accounts; i++)
        {
            var account = $"K{i}";
            var stored = await ReservationsOf(api, account);
            stored.Count.ShouldBe(stored.Distinct().Count());
            acknowledged.Where(each => each.Value == account).Select(each => each.Key).Except(stored).ShouldBeEmpty();
            var exposure = (await api.GetAsync($"/api/v1/accounts/{account}")).ShouldBe(200)["exposure"].GetProperty("total").GetDecimal();
            exposure.ShouldBe(stored.Count);
            exposure.ShouldBeLessThanOrEqualTo(Limit);
        }
    }

    private static async Task<List<string>> ReservationsOf(ApiClient api, string account)
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await api.GetAsync($"/api/v1/accounts/{account}/reservations?limit=1000{(cursor is null ? string.Empty : $"&cursor={cursor}")}")).ShouldBe(200);
            ids.AddRange(page["items"].EnumerateArray().Select(item => item.GetProperty("reservationId").GetString()!));
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        return ids;
    }
}
