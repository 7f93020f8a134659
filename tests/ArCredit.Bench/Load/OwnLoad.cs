using System.Diagnostics;

namespace ArCredit.Bench.Load;

/// <summary>The same load where wrk is not to be had. It takes more of the processors, so throughput is lower for all arms.</summary>
internal sealed class OwnLoad : ILoad
{
    private const int FirstNumber = 100_000;

    public string Name => "the bench itself, for want of wrk";

    public async Task<LoadCount> RunAsync(Uri server, LoadRequest request, int connections, int seconds, CancellationToken cancellation)
    {
        var callers = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Caller.ConnectAsync(server, cancellation)));
        var requests = new Requests(request.Key);
        var began = Stopwatch.GetTimestamp();
        var until = began + (seconds * Stopwatch.Frequency);
        var counts = await Task.WhenAll(callers.Select(caller => Task.Run(() => AskAsync(caller), cancellation)));
        return new LoadCount(counts.Sum(count => count.Answered), counts.Sum(count => count.Answered), counts.Sum(count => count.Refused), 0, Stopwatch.GetElapsedTime(began));

        async Task<(long Answered, long Refused)> AskAsync(Caller caller)
        {
            using (caller)
            {
                var (answered, refused) = (0L, 0L);
                while (Stopwatch.GetTimestamp() < until)
                {
                    var account = FirstNumber + Random.Shared.Next(request.Accounts);
                    var status = await caller.AskAsync(requests.Post($"{request.PathBefore}{account}{request.PathAfter}", request.Body), cancellation);
                    answered++;
                    refused += status > 399 ? 1 : 0;
                }

                return (answered, refused);
            }
        }
    }

    public void Dispose()
    {
        // Nothing outlives a run.
    }
}
