using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace ArCredit.Bench.Rivals;

/// <summary>
/// The bare pipeline: Kestrel, an account in memory, group commit into PostgreSQL on as many lanes as the product has. It
/// parses, adds up, writes a row of the decision and answers in the product's shape, with no authentication, rules, keys or chain.
/// </summary>
internal sealed class BarePipeline
{
    private const int Lanes = 2;
    private const int MinorUnits = 100;
    private const long NoLimit = 100_000_000_000;
    private readonly ConcurrentDictionary<string, Account> accounts = new(StringComparer.Ordinal);
    private readonly PipelineLane[] lanes;

    private BarePipeline(NpgsqlDataSource database) => lanes = [.. Enumerable.Range(0, Lanes).Select(_ => PipelineLane.Start(database))];

    public static WebApplication Build(string url, string connectionString)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var app = builder.Build();
        app.Run(new BarePipeline(NpgsqlDataSource.Create(connectionString)).AnswerAsync);
        return app;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var body = await JsonSerializer.DeserializeAsync(http.Request.BodyReader, RivalJson.Default.ReserveBody, http.RequestAborted);
        var answer = await ReserveAsync(http.Request.Path.Value!.Split('/')[4], body!);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(answer, RivalJson.Default.ReserveAnswer);
        http.Response.StatusCode = 201;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length;
        await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
    }

    private async Task<ReserveAnswer> ReserveAsync(string id, ReserveBody body)
    {
        var now = TimeProvider.System.GetUtcNow();
        var account = accounts.GetOrAdd(id, static _ => new Account());
        ReserveAnswer answer;
        PipelineEntry entry;
        lock (account)
        {
            account.Version++;
            account.Exposure += (long)(body.Amount * MinorUnits);
            answer = Approve(account, id, body, now);
            entry = new PipelineEntry(id, account.Version, JsonSerializer.SerializeToUtf8Bytes(answer, RivalJson.Default.ReserveAnswer), now.UtcDateTime);
            lanes[(string.GetHashCode(id, StringComparison.Ordinal) & int.MaxValue) % Lanes].Enqueue(entry);
        }

        await entry.Task;
        return answer;
    }

    private static ReserveAnswer Approve(Account account, string id, ReserveBody body, DateTimeOffset now) => new(
        $"~{account.Version}", "approved", "active", [], body.Currency, (decimal)account.Exposure / MinorUnits, (decimal)NoLimit / MinorUnits, "account",
        (decimal)(NoLimit - account.Exposure) / MinorUnits, body.ExpiresInSeconds is { } seconds ? now.AddSeconds(seconds) : null, $"d{account.Version}-{id}", 0,
        body.Currency, body.Amount, 0m, body.Kind, body.Amount, 0m, 0m, now, null, null, body.Reference);

    private sealed class Account
    {
        public long Version { get; set; }

        public long Exposure { get; set; }
    }
}
