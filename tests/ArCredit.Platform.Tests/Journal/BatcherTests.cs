using ArCredit.Platform.Journal.Reading;
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
}
