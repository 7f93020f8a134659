using ArCredit.Host;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ArCredit.Bench.Rivals;

/// <summary>The product itself with lanes of another shape: <c>variant group|single FLAGS</c>.</summary>
internal static class ProductVariant
{
    /// <summary>As it ships.</summary>
    public const string Group = "group";

    /// <summary>One entry a transaction: what P14 compares with.</summary>
    public const string Single = "single";

    public static async Task<int> RunAsync(string variant, string[] flags)
    {
        await using var app = ArCreditHost.Build(flags, services =>
        {
            if (variant == Single)
            {
                services.AddSingleton(new JournalOptions { BatchRows = 1, BulkBatchRows = 1 });
            }
        });
        await app.StartAsync();
        await Console.Out.WriteLineAsync($"Rival listens on {app.Urls.First()}");
        await Console.Out.FlushAsync();
        await app.WaitForShutdownAsync();
        return 0;
    }
}
