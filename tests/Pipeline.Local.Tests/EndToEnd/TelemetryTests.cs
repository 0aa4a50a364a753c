using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pipeline.Local.Processes;
using Pipeline.Local.Tests.Harness;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>What handler and worker send to a collector.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class TelemetryTests
{
    private const string InDocument = "quibbleflax";
    private const string InQuestion = "zorptangle";

    [Fact]
    public async Task Exported_telemetry_holds_no_text_of_documents_questions_or_answers()
    {
        var received = new ConcurrentBag<byte[]>();
        var port = FreePort.Take();
        await using var collector = Collector(port, received);
        await collector.StartAsync();
        await using (var setup = await PipelineSetup.CreateAsync(workers: 1, environment: new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        }))
        {
            var storage = setup.Storage;
            await BlobJson.WriteAsync(storage.QuestionSets, "words.json", new QuestionSet([new Question($"What is a {InQuestion}?", "what")]));
            await Documents.UploadAsync(storage, "words/a.md", $"A {InDocument} is a small wheel. " + Documents.Text(1, 20));
            setup.Run.Start();
            await Outcome.DoneAsync(storage, TimeSpan.FromSeconds(120));
            await PathTests.WaitAsync(() => Task.FromResult(Holds(received, "gen_ai.client.token.usage") && Holds(received, "chat llama-16k") && Holds(received, "pipeline.instance")));
            var request = Assert.Single(await Outcome.RequestsAsync(storage));
            var answer = Assert.Single((await BlobJson.ReadAsync<AnalysisResult>(storage.Analyses, AnalysisBlobs.Result(request.AnalysisId!)))!.Answers);
            Assert.True(answer.Text.Length > 5);
            Assert.False(Holds(received, answer.Text));
        }

        Assert.True(Holds(received, "pipeline-worker") && Holds(received, "pipeline-functions"));
        Assert.False(Holds(received, InDocument));
        Assert.False(Holds(received, InQuestion));
    }

    private static bool Holds(IEnumerable<byte[]> bodies, string text) => bodies.Any(b => b.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    private static WebApplication Collector(int port, ConcurrentBag<byte[]> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Add(body.ToArray());
            context.Response.ContentType = "application/x-protobuf";
        });
        return app;
    }
}
