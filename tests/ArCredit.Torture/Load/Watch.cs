using System.Globalization;
using ArCredit.Testing.App;

namespace ArCredit.Torture.Load;

/// <summary>
/// Accounts that only grow, by one reservation after the other: whoever reads one must see at least what was acknowledged
/// before it asked, and no more than was asked for since.
/// </summary>
internal sealed class Watch
{
    public const string Stale = "stale reads served as current";
    public const string Invented = "reads of what nobody asked for";
    public const string Reads = "reads held against acknowledgements";

    private const int ReadersEach = 2;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);

    private readonly Tally tally;
    private readonly ApiClient api;
    private readonly Grown[] accounts;
    private Task[] running = [];
    private volatile bool stopping;

    public Watch(Tally tally, ApiClient api, int accounts)
    {
        (this.tally, this.api) = (tally, api);
        this.accounts = [.. Enumerable.Range(0, accounts).Select(number => new Grown(string.Create(CultureInfo.InvariantCulture, $"W{number}")))];
        tally.MustBeZero(Stale, Invented);
    }

    /// <summary>Opens the accounts and begins.</summary>
    public async Task StartAsync()
    {
        foreach (var account in accounts)
        {
            (await api.PutAsync($"/api/v1/accounts/{account.Id}", new { name = "Watched", currency = "EUR", creditLimit = 1_000_000 })).ShouldBe(201);
        }

        running = [.. accounts.SelectMany(account => Enumerable.Range(0, ReadersEach).Select(_ => Task.Run(() => ReadAsync(account))).Append(Task.Run(() => GrowAsync(account))))];
    }

    /// <summary>Ends once what is under way is told.</summary>
    public async Task StopAsync()
    {
        stopping = true;
        await Task.WhenAll(running);
    }

    private async Task GrowAsync(Grown account)
    {
        while (!stopping)
        {
            var number = Interlocked.Increment(ref account.Asked);
            var id = string.Create(CultureInfo.InvariantCulture, $"{account.Id}-{number}");
            while (!await TryReserveAsync(account, id))
            {
                await BreatheAsync();
            }

            Interlocked.Increment(ref account.Acknowledged);
            await BreatheAsync();
        }
    }

    private async Task<bool> TryReserveAsync(Grown account, string id)
    {
        try
        {
            var answer = await api.PostAsync(
                $"/api/v1/accounts/{account.Id}/reservations",
                new { reservationId = id, kind = "order", amount = 1, currency = "EUR", expiresInSeconds = 86400 }, "w-" + id);
            return answer.Status is 200 or 201;
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or TaskCanceledException)
        {
            return false;
        }
    }

    private async Task ReadAsync(Grown account)
    {
        while (!stopping)
        {
            var atLeast = Volatile.Read(ref account.Acknowledged);
            try
            {
                var answer = await api.GetAsync($"/api/v1/accounts/{account.Id}");
                if (answer.Status == 200)
                {
                    tally.Add(Reads);
                    Compare(account, atLeast, (long)answer["exposure"].GetProperty("total").GetDecimal());
                }
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException or TaskCanceledException)
            {
                tally.Add("unanswered reads");
            }

            await BreatheAsync();
        }
    }

    private void Compare(Grown account, long atLeast, long shown)
    {
        if (shown < atLeast)
        {
            tally.Violation(Stale, string.Create(CultureInfo.InvariantCulture, $"{account.Id}: {shown} shown, {atLeast} were acknowledged before"));
        }

        if (shown > Volatile.Read(ref account.Asked))
        {
            tally.Violation(Invented, string.Create(CultureInfo.InvariantCulture, $"{account.Id}: {shown} shown, {account.Asked} asked for"));
        }
    }

    private static async Task BreatheAsync()
    {
        using var breath = new PeriodicTimer(Breath);
        await breath.WaitForNextTickAsync();
    }

    private sealed class Grown(string id)
    {
        public long Asked;
        public long Acknowledged;

        public string Id { get; } = id;
    }
}
