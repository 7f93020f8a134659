using ArCredit.Bench.Processes;
using ArCredit.Host;

namespace ArCredit.Bench.Arms;

/// <summary>Starts a rival under the very runtime settings the product ships with: garbage collector, tiering, profile.</summary>
internal static class RivalStart
{
    public static Task<ServerProcess> RunAsync(string name, string connectionString, CancellationToken cancellation) =>
        ServerProcess.StartAsync(Program("serve", name, connectionString), new Dictionary<string, string>(), cancellation);

    /// <summary>This program as <c>dotnet</c> is to run it.</summary>
    public static IReadOnlyList<string> Program(params string[] arguments)
    {
        var (host, bench) = (typeof(ArCreditHost).Assembly.Location, typeof(RivalStart).Assembly.Location);
        return ["exec", "--runtimeconfig", Path.ChangeExtension(host, ".runtimeconfig.json"), "--depsfile", Path.ChangeExtension(bench, ".deps.json"), bench, .. arguments];
    }
}
