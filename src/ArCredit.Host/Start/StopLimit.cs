namespace ArCredit.Host.Start;

/// <summary>
/// A stop takes as long as it takes to end what is under way, and no longer: what a library waits for while the database is away
/// must not keep the process. Everything acknowledged is on disk already.
/// </summary>
internal static class StopLimit
{
    /// <summary>How long services are waited for kindly; below the grace that containers are given.</summary>
    public static readonly TimeSpan Kindly = TimeSpan.FromSeconds(20);

    /// <summary>How long at all, from the moment the stop is asked for.</summary>
    public static readonly TimeSpan AtAll = TimeSpan.FromSeconds(25);

    /// <summary>Runs until a stop was asked for and has ended. False when it has not ended within <paramref name="limit"/>.</summary>
    public static async Task<bool> WaitAsync(IHost app, TimeSpan limit)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(asked.SetResult);
        var stopped = app.WaitForShutdownAsync();
        await asked.Task;
        try
        {
            await stopped.WaitAsync(limit, app.Services.GetRequiredService<TimeProvider>());
            return true;
        }
        catch (TimeoutException) when (!stopped.IsCompleted)
        {
            return false;
        }
    }
}
