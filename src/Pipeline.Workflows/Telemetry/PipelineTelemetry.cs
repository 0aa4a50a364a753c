using System.Diagnostics;
using System.Diagnostics.Metrics;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Pipeline.Workflows.Telemetry;

/// <summary>
/// Traces and metrics. Names of model calls follow the OpenTelemetry GenAI conventions. No text of a document, question or answer is
/// ever recorded.
/// </summary>
public static class PipelineTelemetry
{
    public const string Name = "Pipeline";

    /// <summary>Seconds. The advised GenAI buckets end at 82 s; reading a book takes longer.</summary>
    public static IReadOnlyList<double> DurationBuckets { get; } = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200];

    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    /// <summary>From the message's arrival in the queue to a worker taking it.</summary>
    public static Histogram<double> QueueWait { get; } = Duration("pipeline.queue.wait", "Time a message waited for a reader");

    /// <summary>One whole piece of work: extraction, or reading and answering.</summary>
    public static Histogram<double> WorkDuration { get; } = Duration("pipeline.work.duration", "Time a worker took for one piece of work");

    /// <summary>Model calls as a client sees them; required by the GenAI conventions.</summary>
    public static Histogram<double> OperationDuration { get; } = Duration("gen_ai.client.operation.duration", "GenAI operation duration");

    public static Histogram<double> TimeToFirstToken { get; } = Duration("gen_ai.server.time_to_first_token", "Time to generate the first token of an answer");

    public static Histogram<double> TimePerOutputToken { get; } = Duration("gen_ai.server.time_per_output_token", "Time per token after the first");

    public static Histogram<long> TokenUsage { get; } = Meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens used");

    /// <summary>Messages in a queue, as the service estimates.</summary>
    public static Gauge<long> QueueLength { get; } = Meter.CreateGauge<long>("pipeline.queue.length", "{message}", "Messages in a queue");

    /// <summary>Age of the message that waits longest.</summary>
    public static Gauge<double> QueueAge { get; } = Meter.CreateGauge<double>("pipeline.queue.age", "s", "Age of the oldest visible message");

    /// <summary>Attempts that ended, by state and cause.</summary>
    public static Counter<long> AnalysisFinished { get; } = Meter.CreateCounter<long>("pipeline.analysis.finished", "{analysis}", "Attempts that ended");

    /// <summary>Document tokens that are in the KV cache, computed or restored: a worker that reads is not stuck.</summary>
    public static Counter<long> TokensRead { get; } = Meter.CreateCounter<long>("pipeline.tokens.read", "{token}", "Document tokens read");

    /// <summary>Starts a span that continues the sender's trace.</summary>
    public static Activity? Start(string name, ActivityKind kind, string? traceParent)
        => ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent) ? Source.StartActivity(name, kind, parent) : Source.StartActivity(name, kind);

    /// <summary>
    /// Exports over OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set and to Azure Monitor where
    /// <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is.
    /// </summary>
    public static IServiceCollection AddPipelineTelemetry(this IServiceCollection services, IConfiguration configuration, string service)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var otlp = !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var monitor = configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"];
        if (!otlp && string.IsNullOrEmpty(monitor)) return services;

        services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService(service))
            // Not by the parent: that is ASP.NET Core's own activity around a request, which nobody records, and with it every span of ours would go.
            .WithTracing(t => AddExporters(t.AddSource(Name).SetSampler(new AlwaysOnSampler()), otlp, monitor, Identity(configuration)))
            .WithMetrics(m => AddExporters(m.AddMeter(Name).AddView(UseOwnBuckets), otlp, monitor, Identity(configuration)));
        return services;
    }

    internal static MetricStreamConfiguration? UseOwnBuckets(Instrument instrument)
        => instrument is Histogram<double> { Unit: "s" } ? new ExplicitBucketHistogramConfiguration { Boundaries = [.. DurationBuckets] } : null;

    /// <summary>Application Insights takes telemetry from identities only; without a user-assigned one the connection string has to do.</summary>
    private static ManagedIdentityCredential? Identity(IConfiguration configuration)
        => configuration["AZURE_CLIENT_ID"] is { Length: > 0 } id ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(id)) : null;

    private static void AddExporters(TracerProviderBuilder builder, bool otlp, string? monitor, ManagedIdentityCredential? identity)
    {
        if (otlp) builder.AddOtlpExporter();
        if (!string.IsNullOrEmpty(monitor)) builder.AddAzureMonitorTraceExporter(o => (o.ConnectionString, o.Credential) = (monitor, identity));
    }

    private static void AddExporters(MeterProviderBuilder builder, bool otlp, string? monitor, ManagedIdentityCredential? identity)
    {
        if (otlp) builder.AddOtlpExporter();
        if (!string.IsNullOrEmpty(monitor)) builder.AddAzureMonitorMetricExporter(o => (o.ConnectionString, o.Credential) = (monitor, identity));
    }

    private static Histogram<double> Duration(string name, string description) => Meter.CreateHistogram<double>(name, "s", description);
}
