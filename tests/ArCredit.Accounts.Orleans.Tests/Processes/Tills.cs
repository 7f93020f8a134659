using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Testing.App;
using Shouldly;

namespace ArCredit.Accounts.Orleans.Tests.Processes;

/// <summary>
/// Tills that reserve on a few accounts, each time at the next node, as through a load balancer: who got no answer, or a 503, asks
/// the next node under the same key, until it is told. At the end what they were told is held against what the accounts have.
/// </summary>
internal sealed class Tills(NodeProcesses nodes)
{
    /// <summary>On which the tills sell, two on each.</summary>
    public const int Accounts = 24;

    private const int Limit = 50_000;

    // Each sells on one account, so that an account which is away for a moment keeps nobody from the others.
    private const int Callers = 2 * Accounts;

    private static readonly Regex Awake = new(@"Account (K\d+) is awake here");

    private readonly ConcurrentDictionary<HostProcess, ApiClient> lines = new();
    private readonly ConcurrentDictionary<HostProcess, bool> closed = new();
    private readonly ConcurrentDictionary<string, string> acknowledged = new();
    private readonly ConcurrentQueue<Told> answers = new();
    private readonly ConcurrentDictionary<string, int> refusals = new();
    private Task[] callers = [];
    private int next;
    private int repeats;
    private int unanswered;
    private volatile bool closing;

    /// <summary>How long a till waits for one node: a frozen one takes connections and says nothing.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Between two customers of a till.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Reservations acknowledged so far.</summary>
    public int Acknowledged => acknowledged.Count;

    /// <summary>Requests that ended without an answer because their node was gone, or silent.</summary>
    public int Unanswered => Volatile.Read(ref unanswered);

    /// <summary>Opens the accounts, some at each node, where they then live, and lets the tills loose.</summary>
    public async Task OpenAsync()
    {
        for (var i = 0; i < Accounts; i++)
        {
            (await nodes.All[i % nodes.All.Count].Admin.PutAsync($"/api/v1/accounts/K{i}", new { name = "Killed", currency = "EUR", creditLimit = Limit })).ShouldBe(201);
        }

        callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => SellAsync(caller)))];
    }

    /// <summary>Returns once so many more have been acknowledged.</summary>
    public async Task SellAsync(int more, TimeSpan patience)
    {
        var goal = Acknowledged + more;
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Acknowledged < goal)
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(
                patience, $"{Acknowledged} of {goal} acknowledged; told otherwise: {string.Join(", ", refusals.Select(each => $"{each.Value} × {each.Key}"))}");
            // A till that was told something impossible has stopped with it.
            await Task.WhenAll(callers.Where(caller => caller.IsFaulted));
            await look.WaitForNextTickAsync();
        }
    }

    /// <summary>No further sales; returns once every till has its answer.</summary>
    public Task CloseAsync()
    {
        closing = true;
        return Task.WhenAll(callers);
    }

    /// <summary>Sells until this long after an instant.</summary>
    public async Task SellUntilAsync(long since, TimeSpan passed)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Stopwatch.GetElapsedTime(since) < passed)
        {
            await Task.WhenAll(callers.Where(caller => caller.IsFaulted));
            await look.WaitForNextTickAsync();
        }
    }

    /// <summary>What the tills of some accounts were told in a time, counted from an instant.</summary>
    public Heard Between(long since, TimeSpan from, TimeSpan to, Func<string, bool>? on = null) => new(
        [.. answers.Where(answer => (on is null || on(answer.Account)) && Stopwatch.GetElapsedTime(since, answer.At) is var at && at >= from && at < to)], to - from, Pause);

    /// <summary>How long after <paramref name="since"/> every account had been answered again, and the longest answer begun before that.</summary>
    public (TimeSpan AllAnswered, TimeSpan Longest) After(long since)
    {
        var after = answers.Where(answer => answer.At >= since).ToArray();

        // What was begun before may have been answered by the node that is gone now.
        var firsts = after.Where(answer => answer.Began >= since).GroupBy(answer => answer.Account).Select(group => group.Min(answer => answer.At)).ToArray();
        firsts.Length.ShouldBe(Accounts, "accounts that were answered again");
        return (Stopwatch.GetElapsedTime(since, firsts.Max()), after.Max(answer => answer.Took));
    }

    /// <summary>The accounts that were awake on a node last.</summary>
    public static IReadOnlyCollection<string> AwakeOn(HostProcess node) =>
        Awake.Matches(node.Output).Select(match => match.Groups[1].Value).ToHashSet();

    /// <summary>Everything acknowledged is there, once, and within the limit; asked at a node that lives.</summary>
    public async Task<string> CheckAsync(ApiClient api)
    {
        for (var i = 0; i < Accounts; i++)
        {
            var account = $"K{i}";
            var stored = await StoredAsync(api, account);
            stored.Count.ShouldBe(stored.Distinct().Count());
            stored.ShouldBe(acknowledged.Where(each => each.Value == account).Select(each => each.Key), ignoreOrder: true);
            var exposure = (await api.GetAsync($"/api/v1/accounts/{account}")).ShouldBe(200)["exposure"].GetProperty("total").GetDecimal();
            exposure.ShouldBe(stored.Count);
            exposure.ShouldBeLessThanOrEqualTo(Limit);
        }

        return $"{Acknowledged} acknowledged, {repeats} asked again, {Unanswered} of them because their node was gone or silent";
    }

    private static async Task<List<string>> StoredAsync(ApiClient api, string account)
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

    private async Task SellAsync(int caller)
    {
        using var pause = Pause > TimeSpan.Zero ? new PeriodicTimer(Pause) : null;
        var turn = 0;
        while (!closing)
        {
            if (pause is not null)
            {
                await pause.WaitForNextTickAsync();
            }

            var number = Interlocked.Increment(ref next);
            var account = $"K{caller % Accounts}";
            var id = number.ToString(CultureInfo.InvariantCulture);
            var began = Stopwatch.GetTimestamp();
            var status = await InsistAsync(caller + turn++, account, id);
            answers.Enqueue(new Told(account, began, Stopwatch.GetTimestamp()));
            if (status == 201)
            {
                acknowledged[id] = account;
            }
        }
    }

    private async Task<int> InsistAsync(int first, string account, string id)
    {
        for (var attempt = 0; ; attempt++)
        {
            var node = nodes.All[(first + attempt) % nodes.All.Count];
            if (node.HasExited || closed.ContainsKey(node))
            {
                continue;
            }

            try
            {
                var line = lines.GetOrAdd(node, node =>
                    new ApiClient(new HttpClient { BaseAddress = node.Address, Timeout = Patience }, AppSettings.AdminKey));
                var answer = await line.PostAsync(
                    $"/api/v1/accounts/{account}/reservations",
                    new { reservationId = id, kind = "pos", amount = 1, currency = "EUR", expiresInSeconds = 86400 }, $"key-{id}");
                if (answer.Status is not 503)
                {
                    answer.Status.ShouldBeOneOf([200, 201], $"{account} at node {(first + attempt) % nodes.All.Count}: {answer.Text}");
                    return answer["decision"].GetString() == "approved" ? 201 : 200;
                }

                refusals.AddOrUpdate($"{answer.Code} of node {(first + attempt) % nodes.All.Count}", 1, (_, count) => count + 1);
            }
            catch (HttpRequestException refused)
            {
                // The process is gone or going, and nobody knows yet what became of this one. A load balancer would ask it no more either.
                Interlocked.Increment(ref unanswered);
                if (refused.HttpRequestError == HttpRequestError.ConnectionError)
                {
                    closed.TryAdd(node, true);
                    closed.Count.ShouldBeLessThan(nodes.All.Count, "nodes that take no connections");
                }
            }
            catch (TaskCanceledException)
            {
                Interlocked.Increment(ref unanswered);
            }

            Interlocked.Increment(ref repeats);
        }
    }
}

/// <summary>A till's sale, from asking first to being told.</summary>
internal readonly record struct Told(string Account, long Began, long At)
{
    public TimeSpan Took => Stopwatch.GetElapsedTime(Began, At);
}

/// <summary>What was told in a time, to tills that pause in between.</summary>
internal sealed record Heard(IReadOnlyList<Told> Answers, TimeSpan Time, TimeSpan Pause)
{
    public double PerSecond => Answers.Count / Time.TotalSeconds;

    public double P99Milliseconds => Customers.Order().ElementAt((int)(0.99 * (Customers.Count() - 1)));

    // A till that waits sells nothing meanwhile; those who would have come to it would have waited for what was left of it.
    private IEnumerable<double> Customers => Answers.SelectMany(answer =>
        Enumerable.Range(0, Pause > TimeSpan.Zero ? 1 + (int)(answer.Took / Pause) : 1).Select(before => (answer.Took - (before * Pause)).TotalMilliseconds));
}
