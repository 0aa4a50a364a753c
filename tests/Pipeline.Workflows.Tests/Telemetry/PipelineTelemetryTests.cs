using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Pipeline.Workflows.Telemetry;

namespace Pipeline.Workflows.Tests.Telemetry;

public sealed class PipelineTelemetryTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void A_span_goes_on_with_the_senders_trace()
    {
        var spans = new List<Activity>();
        using (var provider = Sdk.CreateTracerProviderBuilder().AddSource(PipelineTelemetry.Name).AddInMemoryExporter(spans).Build())
        {
            using (PipelineTelemetry.Start("extract", ActivityKind.Consumer, Parent))
            {
            }

            using (PipelineTelemetry.Start("extract", ActivityKind.Consumer, "not a trace"))
            {
            }
        }

        var span = Assert.Single(spans, s => s.TraceId.ToHexString() == "0af7651916cd43dd8448eb211c80319c");
        Assert.Equal(("b7ad6b7169203331", ActivityKind.Consumer), (span.ParentSpanId.ToHexString(), span.Kind));
        Assert.Equal(2, spans.Count(s => s.DisplayName == "extract"));
    }

    [Fact]
    public void Durations_have_buckets_that_reach_two_hours()
    {
        var metrics = new List<Metric>();
        using (var provider = Sdk.CreateMeterProviderBuilder().AddMeter(PipelineTelemetry.Name).AddView(PipelineTelemetry.UseOwnBuckets).AddInMemoryExporter(metrics).Build())
        {
            PipelineTelemetry.OperationDuration.Record(4000);
            provider.ForceFlush();
        }

        // Flushing exports it, and disposing may once more.
        var duration = metrics.First(m => m.Name == "gen_ai.client.operation.duration");
        foreach (ref readonly var point in duration.GetMetricPoints())
        {
            var bounds = new List<double>();
            foreach (var bucket in point.GetHistogramBuckets()) bounds.Add(bucket.ExplicitBound);
            Assert.Equal([.. PipelineTelemetry.DurationBuckets, double.PositiveInfinity], bounds);
        }

        Assert.Equal("s", duration.Unit);
    }
}
