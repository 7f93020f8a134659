using System.Collections.Concurrent;
using ArCredit.Platform.Data;

namespace ArCredit.Platform.Journal.Reading;

/// <summary>
/// Callers that wait together share one query: while one runs, the next one gathers. An idle one starts at once.
/// </summary>
/// <param name="limit">Requests in one query at most.</param>
/// <param name="workers">Queries under way at the same time at most.</param>
/// <param name="run">Answers all requests, in their order.</param>
internal sealed class Batcher<TRequest, TAnswer>(
    int limit, int workers, Func<IReadOnlyList<TRequest>, Task<IReadOnlyList<TAnswer>>> run)
{
    private readonly ConcurrentQueue<Call> waiting = new();
    private int running;

    /// <summary>The answer; a caller that gives up does not stop the query, which others share.</summary>
    public Task<TAnswer> AskAsync(TRequest request, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<TAnswer>(cancellation);
        }

        var call = new Call(request);
        waiting.Enqueue(call);
        TryStart();
        return call.Answer.Task.WaitAsync(cancellation);
    }

    private void TryStart()
    {
        while (!waiting.IsEmpty)
        {
            if (Interlocked.Increment(ref running) <= workers)
            {
                _ = Task.Run(DrainAsync);
                return;
            }

            // Whoever is still counted looks again when it steps back. If nobody is, a worker that ended just now took this
            // attempt for one: then the call is for this one to start.
            if (Interlocked.Decrement(ref running) >= workers)
            {
                return;
            }
        }
    }

    private async Task DrainAsync()
    {
        var calls = new List<Call>();
        while (waiting.TryDequeue(out var first))
        {
            calls.Add(first);
            while (calls.Count < limit && waiting.TryDequeue(out var next))
            {
                calls.Add(next);
            }

            await AnswerAsync(calls);
            calls.Clear();
        }

        // A call that came after the last look, and found all workers busy, must not be left behind.
        Interlocked.Decrement(ref running);
        TryStart();
    }

    private async Task AnswerAsync(List<Call> calls)
    {
        try
        {
            var answers = await run(calls.ConvertAll(call => call.Request));
            for (var i = 0; i < calls.Count; i++)
            {
                calls[i].Answer.SetResult(answers[i]);
            }
        }
        catch (Exception error)
        {
            // Of a database that is away each would wait as long again.
            if (calls.Count == 1 || (DatabaseOutage.Is(error) && !DatabaseOutage.IsStatementRefused(error)))
            {
                calls.ForEach(call => call.Answer.TrySetException(error));
                return;
            }

            // One request that the database refuses must not fail the others.
            foreach (var call in calls)
            {
                await AnswerAsync([call]);
            }
        }
    }

    private sealed class Call(TRequest request)
    {
        public TRequest Request { get; } = request;

        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
