using System.Diagnostics;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests.Nodes;

/// <summary>Three nodes, each a process of its own, for the tests of a class that leave them alive.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    /// <summary>How many.</summary>
    public const int Count = 3;

    private TestDatabase? database;
    private NodeProcesses? nodes;
    private NpgsqlDataSource? source;
    private int accounts;

    /// <summary>An admin at each node.</summary>
    public IReadOnlyList<ApiClient> Each => [.. nodes!.All.Select(node => node.Admin)];

    /// <summary>An admin at one node; numbers go round.</summary>
    public ApiClient At(int node) => Each[node % Count];

    /// <summary>A new account in EUR, opened at a node; its path.</summary>
    public async Task<string> OpenAsync(int node, decimal limit = 1_000_000m, string company = "main")
    {
        var path = $"/api/v1/accounts/N{Interlocked.Increment(ref accounts)}";
        (await At(node).PutAsync(path, new { name = "Served by all", currency = "EUR", creditLimit = limit, company })).ShouldBe(201);
        return path;
    }

    /// <summary>The same at every node at once; the answers in the order of the nodes.</summary>
    public Task<Answer[]> AtOnceAsync(Func<ApiClient, Task<Answer>> ask) => Task.WhenAll(Each.Select(api => Task.Run(() => ask(api))));

    /// <summary>A number from the nodes' database.</summary>
    public async Task<long> QueryAsync(string sql)
    {
        await using var command = source!.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Looks until it is so; how long that took.</summary>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> isSo, TimeSpan patience, string what)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await isSo())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(patience, what);
            await look.WaitForNextTickAsync();
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The shipped <c>verify</c>, beside the nodes.</summary>
    public async Task VerifyAsync()
    {
        var (exitCode, said) = await HostProcess.RunToEndAsync(nodes!.Alone, "verify", "--data", nodes.Alone.DataDirectory!);
        exitCode.ShouldBe(0, said);
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (PostgresServer.MissingReason is not null)
        {
            return;
        }

        database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        source = NpgsqlDataSource.Create(database.Options.ConnectionString!);
        nodes = await NodeProcesses.StartAsync(AppSettings.On(database), Count);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (database is not null)
        {
            await nodes!.DisposeAsync();
            await source!.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
