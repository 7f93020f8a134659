using ArCredit.Platform.Http;
using Microsoft.Extensions.Hosting;

namespace ArCredit.Identity.Keys;

/// <summary>Sees to it that somebody can administrate: the operator's own key, or one made where there is none.</summary>
internal sealed class AdminKeyStart(AdminKeyOptions options, ApiKeyStore store, KnownCallers callers) : IHostedService
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

    /// <summary>
    /// Shows and stores a key where no live one is stored. No part of every start: one that fails for a taken port, or that
    /// nobody watches as an import's, must not use up the one time the key is shown.
    /// </summary>
    public async Task MakeMissingAsync(Func<string, Task> show, CancellationToken cancellation)
    {
        if (await store.AddFirstAdminAsync(Name, MakeAndShowAsync, cancellation))
        {
            await callers.RefreshAsync(cancellation);
        }

        async Task<KeyHash> MakeAndShowAsync()
        {
            var key = NewKey.Make();
            KeyHash.TryCompute(key, out var hash);
            await show(key);
            return hash;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
