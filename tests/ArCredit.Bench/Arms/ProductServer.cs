using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ArCredit.Bench.Processes;
using ArCredit.Host;

namespace ArCredit.Bench.Arms;

/// <summary>The product as a process of its own, and what is asked of it outside the measured path.</summary>
internal sealed class ProductServer : IAsyncDisposable
{
    /// <summary>Of every product that the bench starts.</summary>
    public const string AdminKey = "bench-admin-key-0123456789";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("arcredit-bench");
    private readonly IReadOnlyList<string> program;
    private readonly string? connectionString;
    private ServerProcess? process;
    private HttpClient? http;

    /// <param name="connectionString">PostgreSQL; null = SQLite in a directory of its own.</param>
    /// <param name="program">Of <c>dotnet</c>; absent = the shipped host.</param>
    public ProductServer(string? connectionString, IReadOnlyList<string>? program = null)
    {
        this.connectionString = connectionString;
        this.program = program ?? [typeof(ArCreditHost).Assembly.Location];
    }

    /// <summary>The process; only between start and kill.</summary>
    public ServerProcess Process => process ?? throw new InvalidOperationException("The product is not started.");

    /// <summary>Calls as admin.</summary>
    public HttpClient Http => http ?? throw new InvalidOperationException("The product is not started.");

    /// <summary>Further settings, as variables.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    private Dictionary<string, string> Settings
    {
        get
        {
            var all = new Dictionary<string, string>(More) { ["ARCREDIT_ADMIN_KEY"] = AdminKey };
            if (connectionString is not null)
            {
                all["ConnectionStrings__ArCredit"] = connectionString;
            }

            return all;
        }
    }

    /// <summary>The key of <see cref="MakeTillKeyAsync"/>.</summary>
    public string TillKey { get; private set; } = string.Empty;

    /// <summary>The database where it is SQLite.</summary>
    public string SqliteFile => Path.Combine(directory.FullName, "arcredit.db");

    /// <summary>Starts it, or starts it again on the same data.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        process = await ServerProcess.StartAsync([.. program, "--urls", "http://127.0.0.1:0", "--data", directory.FullName], Settings, cancellation);
        http = new HttpClient { BaseAddress = process.Address, Timeout = TimeSpan.FromMinutes(15) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    /// <summary>Makes a key with the role of a till; once for a database.</summary>
    public async Task MakeTillKeyAsync(CancellationToken cancellation)
    {
        using var content = new StringContent("""{"roles":["pos"]}""", Encoding.UTF8, "application/json");
        using var answer = await Http.PutAsync("/api/v1/api-keys/till", content, cancellation);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
        TillKey = json.RootElement.GetProperty("key").GetString()!;
    }

    /// <summary>Returns when it says that it may be sent tills.</summary>
    public async Task AwaitReadyAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            using var answer = await Http.GetAsync("/health/ready", cancellation);
            if (answer.IsSuccessStatusCode)
            {
                return;
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary><c>build/run verify</c> on its database, while it runs; null when all is whole.</summary>
    public async Task<string?> VerifyAsync(CancellationToken cancellation)
    {
        try
        {
            await Command.RunAsync("dotnet", [.. program, "verify", "--data", directory.FullName], Settings, cancellation);
            return null;
        }
        catch (BenchException broken)
        {
            return broken.Message[..Math.Min(broken.Message.Length, 2000)];
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        http?.Dispose();
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        (http, process) = (null, null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (directory.Exists)
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Imports customers with these limits in minor units.</summary>
    public Task ImportAccountsAsync(IEnumerable<(string Id, long Limit)> accounts, CancellationToken cancellation) => ImportAsync(
        "customers",
        accounts.Select(account => string.Create(
            CultureInfo.InvariantCulture, $$"""{"accountId":"{{account.Id}}","name":"{{account.Id}}","currency":"EUR","creditLimit":{{account.Limit / 100m}}}""")),
        cancellation);

    /// <summary>Imports lines, all of which must be new and acceptable; how many.</summary>
    /// <exception cref="BenchException">Not all were created.</exception>
    public async Task<long> ImportAsync(string kind, IEnumerable<string> lines, CancellationToken cancellation)
    {
        var (text, count) = (new StringBuilder(), 0L);
        foreach (var line in lines)
        {
            text.Append(line).Append('\n');
            count++;
        }

        using var content = new StringContent(text.ToString(), Encoding.UTF8, "application/x-ndjson");
        using var answer = await Http.PostAsync("/api/v1/import/" + kind, content, cancellation);
        var said = (await answer.Content.ReadAsStringAsync(cancellation)).TrimEnd().Split('\n');
        using var summary = JsonDocument.Parse(said[^1]);
        return answer.IsSuccessStatusCode && summary.RootElement.GetProperty("created").GetInt64() == count
            ? count
            : throw new BenchException($"The import of {count} {kind} said {said[0]} ... {said[^1]}");
    }

    /// <summary>A list is answered once the read models hold everything acknowledged before; when that takes long it is asked again.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        while (true)
        {
            using var answer = await Http.GetAsync("/api/v1/accounts?limit=1", cancellation);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                answer.EnsureSuccessStatusCode();
                return;
            }
        }
    }
}
