using System.Collections.Frozen;
using ArCredit.Platform.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Identity.Keys;

/// <summary>The keys in memory: asked on every request, read again after every change here and now and then for those of other nodes.</summary>
internal sealed partial class KnownCallers(ApiKeyStore store, TimeProvider time, ILogger<KnownCallers> log) : BackgroundService, ICallers
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    // Callers with wrong keys share one read and wait for it, so that they cannot keep the database busy.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim turn = new(1, 1);
    private long lastRead = long.MinValue;
    private volatile FrozenDictionary<KeyHash, Known> known = FrozenDictionary<KeyHash, Known>.Empty;

    public Caller? Find(ReadOnlySpan<char> token) =>
        KeyHash.TryCompute(token, out var hash) && known.TryGetValue(hash, out var found) && found.Key.IsLive(time.GetUtcNow()) ? found.Caller : null;

    /// <inheritdoc/>
    public async Task<Caller?> FindStoredAsync(string token, CancellationToken cancellation)
    {
        if (!KeyHash.TryCompute(token, out _))
        {
            return null;
        }

        var asked = time.GetTimestamp();
        await turn.WaitAsync(cancellation);
        try
        {
            if (lastRead <= asked)
            {
                var rest = lastRead == long.MinValue ? TimeSpan.Zero : BetweenLooks - time.GetElapsedTime(lastRead);
                if (rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, time, cancellation);
                }

                await ReadAsync(cancellation);
            }
        }
        finally
        {
            turn.Release();
        }

        return Find(token);
    }

    /// <summary>Reads the keys; what was stored before the call is known after it.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        // In turns, or a slow read from before a revocation could overwrite one from after it.
        await turn.WaitAsync(cancellation);
        try
        {
            await ReadAsync(cancellation);
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PollInterval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await RefreshAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The outermost loop: the keys known stay known while the database is away.
                Stale(failure);
            }
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        lastRead = time.GetTimestamp();
        var keys = await store.ReadAsync(cancellation);
        known = keys.ToFrozenDictionary(key => key.Hash, key => new Known(key, new Caller(key.Id, key.Roles)));
    }

    [LoggerMessage(LogLevel.Warning, "API keys could not be read again; the ones known stay in force")]
    public partial void Stale(Exception failure);

    private sealed record Known(ApiKey Key, Caller Caller);
}
