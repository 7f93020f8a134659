using ArCredit.Platform.Journal.Reading;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Journal;

public sealed class BatcherTests
{
    private const int CallsEach = 300_000;

    /// <summary>
    /// As many callers as workers, each asking again as soon as it is answered: its next call comes while the worker that
    /// answered it ends, and nobody comes after it who would start another one.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_call_is_left_behind_when_the_workers_end_as_it_comes(int workers)
    {
        var batcher = new Batcher<int, int>(4, workers, requests => Task.FromResult<IReadOnlyList<int>>([.. requests]));
        var callers = Enumerable.Range(0, workers).Select(caller => Task.Run(async () =>
        {
            for (var call = 0; call < CallsEach; call++)
            {
                (await batcher.AskAsync(call, CancellationToken.None)).ShouldBe(call);
            }
        }));

        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_request_that_the_database_refuses_does_not_fail_its_neighbours()
    {
        var (batcher, first) = await GatheredAsync(requests => requests.Contains(3) ? throw new PostgresException("bad", "ERROR", "ERROR", "22021") : requests);
        var asked = Enumerable.Range(1, 4).Select(request => batcher.AskAsync(request, CancellationToken.None)).ToList();
        first.SetResult();

        await Should.ThrowAsync<PostgresException>(asked[2]);
        asked.RemoveAt(2);
        (await Task.WhenAll(asked)).ShouldBe([1, 2, 4]);
    }

    [Fact]
    public async Task Of_a_database_that_is_away_nobody_waits_longer_than_one_query()
    {
        var queries = 0;
        var (batcher, first) = await GatheredAsync(requests => Interlocked.Increment(ref queries) > 0 ? throw new TimeoutException("late") : requests);
        var asked = Enumerable.Range(1, 4).Select(request => batcher.AskAsync(request, CancellationToken.None)).ToList();
        first.SetResult();

        foreach (var each in asked)
        {
            await Should.ThrowAsync<TimeoutException>(each);
        }

        queries.ShouldBe(1);
    }

    // Its one worker is held by a first request until the others wait together.
    private static async Task<(Batcher<int, int> Batcher, TaskCompletionSource First)> GatheredAsync(
        Func<IReadOnlyList<int>, IReadOnlyList<int>> answer)
    {
        var taken = new TaskCompletionSource();
        var first = new TaskCompletionSource();
        var batcher = new Batcher<int, int>(8, 1, async requests =>
        {
            if (requests.Contains(0))
            {
                taken.SetResult();
                await first.Task;
                return requests;
            }

            return answer(requests);
        });
        _ = batcher.AskAsync(0, CancellationToken.None);
        await taken.Task;
        return (batcher, first);
    }
}
