using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace ArCredit.Banking.Tests;

/// <summary>What workers do behind an answer, and what they find.</summary>
internal static class Behind
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Asks again and again until it has come to pass, and calls the workers meanwhile, who otherwise look every few seconds.</summary>
    /// <param name="otherwise">What is wrong when it does not.</param>
    public static async Task ComesToPassAsync(this RunningApp app, Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            late.IsCancellationRequested.ShouldBeFalse(otherwise?.Invoke() ?? "it did not come to pass");
            var bells = app.Services.GetRequiredService<WorkBells>();
            bells.Payments.Ring();
            bells.Files.Ring();
            await Task.Yield();
        }
    }

    /// <summary>Changes a row as no call does: what a process that died, or another version, has left.</summary>
    public static async Task SetAsync(this RunningApp app, string sql)
    {
        await using var session = await app.Services.GetRequiredService<IDatabase>().BeginWriteAsync(default);
        await session.Connection.ExecuteAsync(sql, transaction: session.Transaction);
        await session.CommitAsync(default);
    }
}
