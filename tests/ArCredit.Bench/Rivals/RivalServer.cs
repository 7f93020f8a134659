using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace ArCredit.Bench.Rivals;

/// <summary>A rival as a process of its own: <c>serve ARM CONNECTION-STRING</c>.</summary>
internal static class RivalServer
{
    private const string AnyPort = "http://127.0.0.1:0";

    public static async Task<int> RunAsync(string arm, string connectionString)
    {
        await using var app = await BuildAsync(arm, connectionString);
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"Rival listens on {app.Urls.First()}");
        await Console.Out.FlushAsync();
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task<WebApplication> BuildAsync(string arm, string connectionString) => arm switch
    {
        "locking" => await ReservationApi.BuildAsync(AnyPort, connectionString, database => new LockingReservations(database)),
        "function" => await ReservationApi.BuildAsync(AnyPort, connectionString, database => new FunctionReservations(database)),
        "bare" => BareKestrel.Build(AnyPort),
        "pipeline" => BarePipeline.Build(AnyPort, connectionString),
        _ => throw new ArgumentException($"There is no rival {arm}.", nameof(arm)),
    };
}
