using System.Net.Http.Headers;
using System.Text;
using ArCredit.Bench.Load;
using ArCredit.Bench.Processes;

namespace ArCredit.Bench.Arms;

/// <summary>An arm behind HTTP.</summary>
internal abstract class HttpArm(string name, string title, Wrk wrk) : Arm(name, title)
{
    private ServerProcess? server;

    public override TimeSpan CpuTime => Server.CpuTime;

    protected ServerProcess Server
    {
        get => server ?? throw new InvalidOperationException($"{Name} was not started.");
        set => server = value;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>What is sent in a run.</summary>
    protected abstract LoadRequest RequestOf(Run run);

    protected override Task<LoadCount> LoadAsync(Run run, CancellationToken cancellation) =>
        wrk.RunAsync(Server.Address, RequestOf(run), run.Connections, run.Seconds, cancellation);

    protected override async Task<string> ExplainAsync(Run run, CancellationToken cancellation)
    {
        var request = RequestOf(run);
        using var http = new HttpClient { BaseAddress = Server.Address };
        using var message = new HttpRequestMessage(HttpMethod.Post, request.PathBefore + "100000" + request.PathAfter)
        {
            Content = new StringContent(request.Body, Encoding.UTF8, "application/json"),
        };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", request.Key);
        message.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        var log = Server.Output;
        var wrote = $"the server wrote: {log[^Math.Min(log.Length, 2000)..]}";
        try
        {
            using var answer = await http.SendAsync(message, cancellation);
            return $"One more was answered {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}; {wrote}";
        }
        catch (HttpRequestException gone)
        {
            return $"One more was not answered, {gone.Message}; {wrote}";
        }
    }
}
