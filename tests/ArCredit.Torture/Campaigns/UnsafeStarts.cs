using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Npgsql;

namespace ArCredit.Torture.Campaigns;

/// <summary>A database that could lose what was acknowledged: no start without being told so.</summary>
internal sealed class UnsafeStarts : Campaign
{
    private const string Started = "unsafe starts without the switch";
    private const string Refused = "safe starts refused";
    private const int DangersInShort = 3;
    private const string Switch = "--unsafe-durability";

    public override string Name => "R14";

    public override string Title => "start with fsync, synchronous_commit or full_page_writes off, SQLite below FULL";

    public override bool NeedsOwnServer => true;

    public override Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        tally.MustBeZero(Started, Refused);
        return dialect == Dialect.Sqlite ? OnSqliteAsync(order, tally) : OnPostgresAsync(order, tally);
    }

    private static async Task OnSqliteAsync(Order order, Tally tally)
    {
        using var directory = new TestDirectory();
        foreach (var level in order.IsLong ? new[] { "OFF", "NORMAL" } : ["NORMAL"])
        {
            var file = $"Data Source={Path.Combine(directory.Path, level + ".db")}";
            var settings = new AppSettings { ConnectionString = $"{file};Synchronous={level}", DataDirectory = directory.Path };
            await ExpectAsync(order, tally, $"Synchronous={level}", settings, starts: false);
            await ExpectAsync(order, tally, $"Synchronous={level}, with {Switch}", settings with { Flags = [Switch] }, starts: true);
        }

        await ExpectAsync(order, tally, "in memory", new AppSettings { ConnectionString = "Data Source=:memory:", DataDirectory = directory.Path }, starts: false);
    }

    private static async Task OnPostgresAsync(Order order, Tally tally)
    {
        await using var cluster = PostgresCluster.Start();
        await cluster.ExecuteAsync("create role app login");
        var database = await cluster.CreateDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await cluster.ExecuteAsync($"alter database {name} owner to app");
        using var directory = new TestDirectory();
        var settings = new AppSettings { ConnectionString = new NpgsqlConnectionStringBuilder(database) { Username = "app" }.ConnectionString, DataDirectory = directory.Path };
        await ExpectAsync(order, tally, "nothing wrong", settings, starts: true);
        foreach (var (danger, where) in Dangers(name!).Take(order.IsLong ? int.MaxValue : DangersInShort))
        {
            await cluster.ExecuteAsync($"{where} set {danger} = off");
            await ReloadAsync(cluster);
            await ExpectAsync(order, tally, $"{where} set {danger} = off", settings, starts: false);
            if (order.IsLong || danger == "fsync")
            {
                await ExpectAsync(order, tally, $"{where} set {danger} = off, with {Switch}", settings with { Flags = [Switch] }, starts: true);
            }

            await cluster.ExecuteAsync($"{where} reset {danger}");
            await ReloadAsync(cluster);
        }

        var own = settings with { ConnectionString = settings.ConnectionString + ";Options=-c synchronous_commit=off" };
        await ExpectAsync(order, tally, "synchronous_commit=off of the connection", own, starts: false);
    }

    // Those a server has for itself first; then where else PostgreSQL lets one turn it off.
    private static (string Danger, string Where)[] Dangers(string database) =>
    [
        ("fsync", "alter system"),
        ("full_page_writes", "alter system"),
        ("synchronous_commit", "alter role app"),
        ("synchronous_commit", $"alter database {database}"),
        ("synchronous_commit", $"alter role app in database {database}"),
        ("synchronous_commit", "alter system"),
    ];

    // A new connection has read the new settings only once the server itself has.
    private static async Task ReloadAsync(PostgresCluster cluster)
    {
        var before = await cluster.QueryAsync<DateTime>("select pg_conf_load_time()");
        await cluster.ExecuteAsync("select pg_reload_conf()");
        while (await cluster.QueryAsync<DateTime>("select pg_conf_load_time()") == before)
        {
            await Task.Yield();
        }
    }

    private static async Task ExpectAsync(Order order, Tally tally, string what, AppSettings settings, bool starts)
    {
        tally.Add(starts ? "starts expected" : "refusals expected");
        try
        {
            await using var host = await HostProcess.StartAsync(order.Settings(settings));
            if (!starts)
            {
                tally.Violation(Started, what);
            }
        }
        catch (InvalidOperationException refused)
        {
            // The process ended before it listened, and said why.
            if (starts || !refused.Message.Contains("could be lost", StringComparison.Ordinal) && !refused.Message.Contains("survives nothing", StringComparison.Ordinal))
            {
                tally.Violation(Refused, $"{what}: {refused.Message}");
            }
        }
    }
}
