using System.Reflection;
using ArCredit.Platform.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ArCredit.Platform.Telemetry;

/// <summary>Metrics and traces over OTLP, only where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to.</summary>
public static class OtlpSetup
{
    /// <summary>The variable that OpenTelemetry's own exporter reads too.</summary>
    public const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string SpansWithoutCalls = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    /// <summary>Adds the exporters when an endpoint is configured.</summary>
    public static IServiceCollection AddArCreditTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[EndpointKey]))
        {
            return services;
        }

        // Else a request's span does not say which call it was.
        AppContext.SetSwitch(SpansWithoutCalls, false);
        return services.AddHostedService<OtlpExport>();
    }
}

internal sealed class OtlpExport(DataOptions data) : IHostedService, IDisposable
{
    // A process that was started again is another instance: its counters begin anew.
    private static readonly string Instance = Guid.NewGuid().ToString();

    private MeterProvider? meters;
    private TracerProvider? traces;

    /// <summary>Which process of which cluster speaks; <c>OTEL_RESOURCE_ATTRIBUTES</c> and <c>OTEL_SERVICE_NAME</c> have the last word.</summary>
    public static ResourceBuilder ResourceOf(DataOptions data) => ResourceBuilder.CreateEmpty()
        .AddService("arcredit", data.Cluster, Assembly.GetEntryAssembly()?.GetName().Version?.ToString(), autoGenerateServiceInstanceId: false, Instance)
        .AddAttributes([new("host.name", Environment.MachineName), new("process.pid", (long)Environment.ProcessId)])
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceOf(data);
        meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("ArCredit.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime")
            .AddOtlpExporter()
            .Build();
        traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "Npgsql")
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Disposal sends what is still buffered.
    public void Dispose()
    {
        meters?.Dispose();
        traces?.Dispose();
    }
}
