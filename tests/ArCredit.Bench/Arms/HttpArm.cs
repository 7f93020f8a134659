using System.Net.Http.Headers;
using System.Text;
using ArCredit.Bench.Load;
using ArCredit.Bench.Processes;

namespace ArCredit.Bench.Arms;

/// <summary>An arm behind HTTP.</summary>
internal abstract class HttpArm(string name, string title, BenchContext bench) : Arm(name, title)
{
    /// <summary>For arms that ask for none: the request is as long as the others'.</summary>
    protected const string NoKey = "none-is-asked-for-0123456";

    private ServerProcess? server;
    private bool isOwn;

    public override TimeSpan CpuTime => Server.CpuTime;

    protected BenchContext Bench { get; } = bench;

    private ServerProcess Server => server ?? throw new InvalidOperationException($"{Name} was not started.");

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (isOwn)
        {
            await Server.DisposeAsync();
        }
    }

    /// <summary>The process that is measured.</summary>
    /// <param name="started">It is up.</param>
    /// <param name="own">True when it ends with this arm.</param>
    protected void Use(ServerProcess started, bool own) => (server, isOwn) = (started, own);

    /// <summary>What is sent in a run.</summary>
    protected abstract LoadRequest RequestOf(Run run);

    protected override Task<LoadCount> LoadAsync(Run run, CancellationToken cancellation) =>
        Bench.Load.RunAsync(Server.Address, RequestOf(run), run.Connections, run.Seconds, cancellation);

    /// <summary>A reservation where the run says.</summary>
    protected LoadRequest Reserve(Run run, string key) => LoadRequest.Reserve(Population.Prefix(run.Shape, run.Round), Bench.Population.Accounts(run.Shape), key);

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
