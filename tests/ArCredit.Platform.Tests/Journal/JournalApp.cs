using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ArCredit.Platform.Tests.Journal;

/// <summary>A process with nothing but the database and the journal.</summary>
internal sealed class JournalApp : IAsyncDisposable
{
    private readonly IHost host;

    private JournalApp(IHost host) => this.host = host;

    public IGroupCommit Commit => Get<IGroupCommit>();

    public IDatabase Database => Get<IDatabase>();

    public static async Task<JournalApp> StartAsync(TestDatabase database, Action<IServiceCollection>? more = null, JournalOptions? options = null) =>
        await StartAsync(database.Options, more, options);

    public static async Task<JournalApp> StartAsync(DataOptions data, Action<IServiceCollection>? more = null, JournalOptions? options = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddArCreditData(data);
        builder.Services.AddArCreditJournal(options ?? new JournalOptions());
        more?.Invoke(builder.Services);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch (Exception)
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }

        return new JournalApp(host);
    }

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    public async Task<AppendOutcome> AppendAsync(JournalEntry entry, bool bulk = false)
    {
        if (!Commit.LaneFor(entry.AccountId, bulk).TryEnqueue(entry))
        {
            throw new InvalidOperationException("The lane is full.");
        }

        return await entry.Outcome.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Enqueues all before it awaits any.</summary>
    public async Task<AppendOutcome[]> AppendAllAsync(params JournalEntry[] entries)
    {
        foreach (var entry in entries)
        {
            if (!Commit.LaneFor(entry.AccountId, false).TryEnqueue(entry))
            {
                throw new InvalidOperationException("The lane is full.");
            }
        }

        return await Task.WhenAll(entries.Select(entry => entry.Outcome)).WaitAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
    }
}
