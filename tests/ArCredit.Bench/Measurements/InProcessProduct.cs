using ArCredit.Bench.Arms;
using ArCredit.Host;
using Microsoft.AspNetCore.Builder;

namespace ArCredit.Bench.Measurements;

/// <summary>The product in the bench's own process, for what only shows from inside: its loader and its heap.</summary>
internal sealed class InProcessProduct(WebApplication app, DirectoryInfo directory) : IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    public static async Task<InProcessProduct> StartAsync(string connectionString, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("arcredit-bench");
        var app = ArCreditHost.Build(
            ["--urls", "http://127.0.0.1:0", "--data", directory.FullName, "--log-level", "Error"],
            settings: new Dictionary<string, string?> { ["ConnectionStrings:ArCredit"] = connectionString, ["ARCREDIT_ADMIN_KEY"] = ProductServer.AdminKey });
        await app.StartAsync(cancellation);
        return new InProcessProduct(app, directory);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        directory.Delete(recursive: true);
    }
}
