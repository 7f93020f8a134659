using ArCredit.Bench.Processes;
using ArCredit.Host;

namespace ArCredit.Bench.Arms;

/// <summary>Starts a rival under the very runtime settings the product ships with: garbage collector, tiering, profile.</summary>
internal static class RivalStart
{
    public static Task<ServerProcess> RunAsync(string name, string connectionString, CancellationToken cancellation)
    {
        var settings = Path.ChangeExtension(typeof(ArCreditHost).Assembly.Location, ".runtimeconfig.json");
        return ServerProcess.StartAsync(
            ["exec", "--runtimeconfig", settings, "--depsfile", Path.ChangeExtension(typeof(RivalStart).Assembly.Location, ".deps.json"), typeof(RivalStart).Assembly.Location, "serve", name, connectionString],
            new Dictionary<string, string>(),
            cancellation);
    }
}
