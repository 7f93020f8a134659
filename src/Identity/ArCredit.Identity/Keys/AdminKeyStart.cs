using ArCredit.Platform.Http;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Hosting;

namespace ArCredit.Identity.Keys;

/// <summary>Sees to it that somebody can administrate: the operator's own key, or one made and printed when there is none.</summary>
internal sealed class AdminKeyStart(AdminKeyOptions options, ApiKeyStore store, KnownCallers callers, NewAdminKey made, TimeProvider time)
    : IHostedLifecycleService
{
    private const string Name = "admin";

    // Before anyone listens: a caller with the right key must never meet a 401.
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Key is { } given && KeyHash.TryCompute(given, out var hash))
        {
            await store.SetAsync(Name, hash, Roles.Admin, cancellationToken);
        }

        await callers.RefreshAsync(cancellationToken);
    }

    // After the address is bound: a start that fails for a taken port must not use up the one time the key is shown.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var keys = await store.ReadAsync(cancellationToken);
        if (keys.Any(key => key.Roles.HasFlag(Roles.Admin) && key.IsLive(time.GetUtcNow())))
        {
            return;
        }

        var key = NewKey.Make();
        KeyHash.TryCompute(key, out var hash);
        await store.SetAsync(Name, hash, Roles.Admin, cancellationToken);
        made.Put(key);
        await callers.RefreshAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
