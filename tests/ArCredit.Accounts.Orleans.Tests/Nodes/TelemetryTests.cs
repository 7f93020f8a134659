using System.Collections.Concurrent;
using System.Text;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests.Nodes;

/// <summary>What nodes send to a collector, taken by a server that speaks its protocol: OTLP over gRPC, as in <c>docker/otel-collector.yaml</c>.</summary>
[Collection("cluster processes")]
public sealed class TelemetryTests
{
    private const string Metrics = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    private const string Traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const string Customer = "Zwetschgenhof";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [PostgresFact]
    public async Task A_collector_gets_metrics_and_traces_of_every_node_and_can_tell_them_apart()
    {
        var said = new ConcurrentQueue<(string Service, string Text)>();
        await using var collector = Collector(said);
        await collector.StartAsync();
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var nodes = await NodeProcesses.StartAsync(
            AppSettings.On(database) with
            {
                More = new Dictionary<string, string?>
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(),
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                    ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
                },
            },
            2);
        for (var i = 0; i < nodes.All.Count; i++)
        {
            (await nodes.All[i].Admin.PutAsync($"/api/v1/accounts/M{i}", new { name = Customer, currency = "EUR", creditLimit = 1 })).ShouldBe(201);
            (await nodes.All[i].Admin.GetAsync($"/api/v1/accounts?q={Customer}")).ShouldBe(200);
        }

        // Nodes name their cluster; how many processes there are, only their ids tell. The last of what they did is sent when they stop.
        await ThreeNodes.UntilAsync(() => Task.FromResult(InstancesIn(said, Metrics) == nodes.All.Count && InstancesIn(said, Traces) == nodes.All.Count), Patience, "two instances");
        foreach (var node in nodes.All)
        {
            (await node.StopAsync()).ShouldBe(0, node.Output);
        }

        said.ShouldAllBe(sent => sent.Text.Contains("arcredit", StringComparison.Ordinal) && sent.Text.Contains("service.namespace", StringComparison.Ordinal));
        said.ShouldContain(sent => sent.Service == Metrics && sent.Text.Contains("arcredit.accounts.active", StringComparison.Ordinal));
        said.ShouldContain(sent => sent.Service == Traces && sent.Text.Contains("/api/v1/accounts/M0", StringComparison.Ordinal));
        said.ShouldAllBe(sent => !sent.Text.Contains(AppSettings.AdminKey, StringComparison.Ordinal) && !sent.Text.Contains(Customer, StringComparison.Ordinal));
    }

    private static int InstancesIn(IEnumerable<(string Service, string Text)> said, string service)
    {
        const string name = "service.instance.id";
        const int idLength = 36;
        return said.Where(sent => sent.Service == service)
            .SelectMany(sent => sent.Text.Split(name).Skip(1).Select(rest => rest.SkipWhile(letter => !char.IsAsciiHexDigit(letter)).Take(idLength)))
            .Select(id => new string([.. id])).Distinct().Count();
    }

    private static WebApplication Collector(ConcurrentQueue<(string Service, string Text)> said)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        var collector = builder.Build();
        collector.Run(async call =>
        {
            using var body = new MemoryStream();
            await call.Request.Body.CopyToAsync(body);
            said.Enqueue((call.Request.Path, Encoding.Latin1.GetString(body.ToArray())));

            // An empty answer and success, as gRPC says it.
            call.Response.ContentType = "application/grpc";
            await call.Response.Body.WriteAsync(new byte[5]);
            call.Response.AppendTrailer("grpc-status", "0");
        });
        return collector;
    }
}
