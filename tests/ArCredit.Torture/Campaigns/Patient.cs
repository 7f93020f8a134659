using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Oracle;
using Microsoft.Data.Sqlite;
using Npgsql;
using Shouldly;

namespace ArCredit.Torture.Campaigns;

/// <summary>What a database or its machine can suffer from, and how it is healed.</summary>
/// <param name="Name">For the counts.</param>
/// <param name="FallIll">Begins it.</param>
/// <param name="Heal">Ends it; the host has to recover by itself.</param>
/// <param name="StopsCommits">Callers are told 503 meanwhile.</param>
/// <param name="StopsReads">Nothing can be read either.</param>
internal sealed record Sickness(string Name, Func<ApiClient, Task> FallIll, Func<Task> Heal, bool StopsCommits = true, bool StopsReads = false);

/// <summary>An installation that can be made ill.</summary>
internal abstract class Patient : IAsyncDisposable
{
    private static readonly TimeSpan AnHour = TimeSpan.FromHours(1);

    private readonly TestDirectory ownDirectory = new();
    private readonly FalseTime? time;
    private TimeSpan offset;

    protected Patient(Tally tally)
    {
        time = FalseTime.TryMake(ownDirectory);
        if (time is null)
        {
            tally.Add("not done, libfaketime is not installed: stepped system clock (the manual one is moved instead)");
        }
    }

    public abstract JournalSource Source { get; }

    public abstract IReadOnlyList<Sickness> Sicknesses { get; }

    /// <summary>How its host is started.</summary>
    public AppSettings Settings(Order order) => order.Settings(Database, [("Accounts:DeadlineSeconds", "2"), ("Accounts:SnapshotEvery", "25"), .. time?.Variables ?? []]) with
    {
        ManualClock = time is null ? AppSettings.Start : null,
    };

    protected abstract AppSettings Database { get; }

    protected string OwnDirectory => ownDirectory.Path;

    /// <summary>The clock of the host's process jumps an hour ahead, and an hour back.</summary>
    protected IEnumerable<Sickness> Steps =>
    [
        new("clock an hour ahead", api => StepAsync(api, AnHour), () => Task.CompletedTask, StopsCommits: false),
        new("clock an hour back", api => StepAsync(api, -AnHour), () => Task.CompletedTask, StopsCommits: false),
    ];

    public static Patient Admit(Dialect dialect, Tally tally) => dialect == Dialect.PostgreSql ? new PostgresPatient(tally) : new SqlitePatient(tally);

    /// <summary>Before the host starts.</summary>
    public abstract Task PrepareAsync();

    /// <summary>Whatever an operator would have to do once the cause is gone; nothing, as a rule.</summary>
    public virtual Task<bool> RestartServerIfDownAsync() => Task.FromResult(false);

    public virtual ValueTask DisposeAsync()
    {
        ownDirectory.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task StepAsync(ApiClient api, TimeSpan step)
    {
        if (time is null)
        {
            var now = (await api.GetAsync("/api/v1/system/clock")).ShouldBe(200)["now"].GetDateTimeOffset();
            (await api.PutAsync("/api/v1/system/clock", new { now = now + step })).ShouldBe(step > TimeSpan.Zero ? 200 : 422);
            return;
        }

        offset += step;
        time.Step(offset);
        await SeesAsync(api);
    }

    // A step that the process does not notice would prove nothing.
    private async Task SeesAsync(ApiClient api)
    {
        (await api.PutAsync("/api/v1/accounts/CLOCK", new { name = "Clock", currency = "EUR", creditLimit = 1_000_000 })).Status.ShouldBeInRange(200, 201);
        var made = (await api.PostAsync("/api/v1/accounts/CLOCK/reservations", new { kind = "pos", amount = 1, currency = "EUR" })).ShouldBe(201);
        made["createdAt"].GetDateTimeOffset().ShouldBe(TimeProvider.System.GetUtcNow() + offset, TimeSpan.FromMinutes(5));
    }
}

/// <summary>SQLite on a disk that can be filled.</summary>
internal sealed class SqlitePatient : Patient
{
    private readonly SmallDisk? disk = SmallDisk.TryMount(megabytes: 64);
    private SqliteConnection? holder;

    public SqlitePatient(Tally tally)
        : base(tally)
    {
        if (disk is null)
        {
            tally.Add("not done, no right to mount: full disk");
        }
    }

    public override JournalSource Source => new(Dialect.Sqlite, $"Data Source={File}");

    public override IReadOnlyList<Sickness> Sicknesses =>
    [
        .. disk is null ? Array.Empty<Sickness>() : [new Sickness("disk full", _ => Task.Run(disk.Fill), () => Task.Run(disk.Free))],
        new("locked by another process", _ => LockAsync(), UnlockAsync),
        .. Steps,
    ];

    protected override AppSettings Database => new() { DataDirectory = DataDirectory };

    private string DataDirectory => disk?.Directory ?? OwnDirectory;

    private string File => Path.Combine(DataDirectory, "arcredit.db");

    public override Task PrepareAsync() => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        disk?.Dispose();
    }

    private async Task LockAsync()
    {
        holder = new SqliteConnection($"Data Source={File};Pooling=false;Default Timeout=30");
        await holder.OpenAsync();
        await using var command = holder.CreateCommand();
        command.CommandText = "begin immediate";
        await command.ExecuteNonQueryAsync();
    }

    private async Task UnlockAsync()
    {
        // Closing rolls back.
        await holder!.DisposeAsync();
        holder = null;
    }
}

/// <summary>A PostgreSQL cluster on a disk that can be filled, used by a role that can be shut out.</summary>
internal sealed class PostgresPatient : Patient
{
    private readonly SmallDisk? disk = SmallDisk.TryMount(megabytes: 192);
    private readonly PostgresCluster cluster;
    private string database = string.Empty;

    public PostgresPatient(Tally tally)
        : base(tally)
    {
        cluster = PostgresCluster.Start(parent: disk?.Directory, segmentMegabytes: 1);
        if (disk is null)
        {
            tally.Add("not done, no right to mount: full disk");
        }
    }

    public override JournalSource Source => new(Dialect.PostgreSql, database);

    public override IReadOnlyList<Sickness> Sicknesses =>
    [
        .. disk is null ? Array.Empty<Sickness>() : [new Sickness("disk full", _ => Task.Run(disk.Fill), () => Task.Run(disk.Free))],
        new("read-only", _ => cluster.SetAsync("default_transaction_read_only", "on"), () => cluster.SetAsync("default_transaction_read_only", "off")),
        new("no connection left", _ => ShutOutAsync(), () => cluster.ExecuteAsync("alter role app connection limit -1"), StopsReads: true),
        .. Steps,
    ];

    protected override AppSettings Database => new()
    {
        // Few connections for reads, so that callers also wait for each other's.
        ConnectionString = new NpgsqlConnectionStringBuilder(database) { Username = "app", MaxPoolSize = 3 }.ConnectionString,
        DataDirectory = OwnDirectory,
    };

    public override async Task PrepareAsync()
    {
        await cluster.ExecuteAsync("create role app login");
        database = await cluster.CreateDatabaseAsync();
        await cluster.ExecuteAsync($"alter database {new NpgsqlConnectionStringBuilder(database).Database} owner to app");
        await cluster.SetAsync("max_wal_size", "'16MB'");
        await cluster.SetAsync("min_wal_size", "'2MB'");
    }

    public override async Task<bool> RestartServerIfDownAsync()
    {
        try
        {
            await cluster.ExecuteAsync("select 1");
            return false;
        }
        catch (NpgsqlException)
        {
            // A server whose log does not fit on the disk ends itself; it recovers when it is started again.
            cluster.Kill();
            cluster.Start();
            return true;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        disk?.Dispose();
        await base.DisposeAsync();
    }

    private async Task ShutOutAsync()
    {
        await cluster.ExecuteAsync("alter role app connection limit 0");
        await cluster.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'");
    }
}
