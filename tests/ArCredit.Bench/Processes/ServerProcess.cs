using ArCredit.Testing.App;

namespace ArCredit.Bench.Processes;

/// <summary>A server under test as a process of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private readonly ListeningProcess process;

    private ServerProcess(ListeningProcess process) => this.process = process;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>CPU time used so far, user and kernel.</summary>
    public TimeSpan CpuTime => ProcessCpu.Of(process.Id);

    /// <inheritdoc cref="ListeningProcess.Output"/>
    public string Output => process.Output;

    /// <summary>Starts a .NET program and waits until it says where it listens.</summary>
    /// <param name="arguments">Of <c>dotnet</c>.</param>
    /// <param name="environment">On top of the bench's own, from which everything of ArCredit is taken out.</param>
    public static async Task<ServerProcess> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
    {
        var server = new ServerProcess(ListeningProcess.Start(["dotnet", .. arguments], IsOurs, environment));
        try
        {
            server.Address = await server.process.ListensAsync(StartTimeout, cancellation);
            return server;
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException or OperationCanceledException)
        {
            await server.DisposeAsync();
            throw failure is OperationCanceledException ? failure : new BenchException($"A server did not start: {server.Output}", failure);
        }
    }

    /// <summary>SIGKILL.</summary>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static bool IsOurs(string name) =>
        name.StartsWith("ARCREDIT_", StringComparison.Ordinal) || name.StartsWith("Accounts__", StringComparison.Ordinal);
}
