using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;
using ArCredit.Bench.Processes;
using ArCredit.Host;

namespace ArCredit.Bench.Arms;

/// <summary>Arm A: the product as it ships, on PostgreSQL, called with a till's key.</summary>
internal class ProductArm(string name, string title, Wrk wrk, BenchPostgres postgres) : HttpArm(name, title, wrk)
{
    private const string AdminKey = "bench-admin-key-0123456789";
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("arcredit-bench");
    private HttpClient? http;

    protected string ConnectionString { get; private set; } = string.Empty;

    protected string TillKey { get; private set; } = string.Empty;

    private HttpClient Http => http ?? throw new InvalidOperationException($"{Name} was not started.");

    public override async Task StartAsync(CancellationToken cancellation)
    {
        ConnectionString = await postgres.CreateAsync(Name, cancellation);
        Server = await ServerProcess.StartAsync(
            [typeof(ArCreditHost).Assembly.Location, "--urls", "http://127.0.0.1:0", "--data", directory.FullName],
            new Dictionary<string, string> { ["ARCREDIT_ADMIN_KEY"] = AdminKey, ["ConnectionStrings__ArCredit"] = ConnectionString },
            cancellation);
        http = new HttpClient { BaseAddress = Server.Address, Timeout = TimeSpan.FromMinutes(10) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        TillKey = await MakeKeyAsync(cancellation);
        await ImportAccountsAsync(cancellation);
        await SettleAsync(cancellation);
    }

    public override async ValueTask DisposeAsync()
    {
        http?.Dispose();
        await base.DisposeAsync();
        directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected override LoadRequest RequestOf(Run run) =>
        LoadRequest.Reserve(Population.Prefix(run.Shape, run.Round), Population.Accounts(run.Shape), TillKey);

    /// <summary>A list is answered once the read models hold everything acknowledged before; when that takes long it is asked again.</summary>
    protected override async Task SettleAsync(CancellationToken cancellation)
    {
        while (true)
        {
            using var answer = await Http.GetAsync("/api/v1/accounts/B100000/open-items?limit=1", cancellation);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                answer.EnsureSuccessStatusCode();
                return;
            }
        }
    }

    protected override Task<Books?> ReadBooksAsync(CancellationToken cancellation) => JournalBooks.ReadAsync(ConnectionString, cancellation);

    /// <summary>A GET as admin, whatever its status.</summary>
    protected async Task GetAsync(string path, CancellationToken cancellation)
    {
        using var answer = await Http.GetAsync(path, cancellation);
        await answer.Content.ReadAsStringAsync(cancellation);
    }

    private async Task<string> MakeKeyAsync(CancellationToken cancellation)
    {
        using var content = new StringContent("""{"roles":["pos"]}""", Encoding.UTF8, "application/json");
        using var answer = await Http.PutAsync("/api/v1/api-keys/till", content, cancellation);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellation));
        return json.RootElement.GetProperty("key").GetString()!;
    }

    private async Task ImportAccountsAsync(CancellationToken cancellation)
    {
        var lines = new StringBuilder();
        foreach (var (id, limit) in Population.All())
        {
            lines.Append(CultureInfo.InvariantCulture, $$"""{"accountId":"{{id}}","name":"{{id}}","currency":"EUR","creditLimit":{{limit / 100m}}}""").Append('\n');
        }

        using var content = new StringContent(lines.ToString(), Encoding.UTF8, "application/x-ndjson");
        using var answer = await Http.PostAsync("/api/v1/import/customers", content, cancellation);
        var summary = (await answer.Content.ReadAsStringAsync(cancellation)).TrimEnd().Split('\n')[^1];
        using var json = JsonDocument.Parse(summary);
        if (json.RootElement.GetProperty("created").GetInt32() != Population.Uniform + Population.Hot)
        {
            throw new BenchException($"The accounts were not imported: {summary}");
        }
    }
}
