using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.Worker;
using Pipeline.Workflows;
using Pipeline.Workflows.Analysis;

namespace Pipeline.Infrastructure.Tests.Bicep;

public sealed partial class WorkerTests(CompiledTemplate template)
{
    private JsonElement Worker => template.Resources("Microsoft.App/containerApps").First();

    [Fact]
    public void Workers_scale_from_none_by_the_length_of_their_queue_with_their_identity()
    {
        var scale = Worker.GetProperty("properties").GetProperty("template").GetProperty("scale");
        Assert.Equal(0, scale.GetProperty("minReplicas").GetInt32());
        Assert.Equal("[parameters('maxReplicas')]", scale.GetProperty("maxReplicas").GetString());
        var rule = Assert.Single(scale.GetProperty("rules").EnumerateArray()).GetProperty("azureQueue");
        Assert.Equal("[parameters('dataAccountName')]", rule.GetProperty("accountName").GetString());
        Assert.Equal("[parameters('queueName')]", rule.GetProperty("queueName").GetString());
        Assert.Equal("[parameters('identity').id]", rule.GetProperty("identity").GetString());
        Assert.False(rule.TryGetProperty("auth", out _));
    }

    [Theory]
    [InlineData("extract", StorageNames.ExtractionQueue, 2)]
    [InlineData("analyze", StorageNames.AnalysisQueue, 1)]
    public void Each_role_reads_its_queue(string role, string queue, int length)
    {
        var arguments = template.Arguments($"worker-{role}");
        Assert.Equal(role, arguments.GetProperty("role").GetProperty("value").GetString());
        Assert.Equal(queue, arguments.GetProperty("queueName").GetProperty("value").GetString());
        Assert.Equal(length, arguments.GetProperty("queueLength").GetProperty("value").GetInt32());
    }

    [Fact]
    public void A_document_in_work_has_time_to_be_put_down()
        => Assert.Equal(600, Worker.GetProperty("properties").GetProperty("template").GetProperty("terminationGracePeriodSeconds").GetInt32());

    [Fact]
    public void Without_a_gpu_the_environment_has_processors_only()
    {
        var profiles = template.Resources("Microsoft.App/managedEnvironments").Single().GetProperty("properties").GetProperty("workloadProfiles").GetString()!;
        Assert.StartsWith("[if(empty(parameters('gpuProfile')), createArray(variables('processors'))", profiles, StringComparison.Ordinal);
        Assert.Equal("none", template.Root.GetProperty("parameters").GetProperty("gpu").GetProperty("defaultValue").GetString());
    }

    [Fact]
    public void Settings_are_ones_the_programs_read()
    {
        var names = Setting().Matches(template.Text).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("Worker__Engine", names);
        foreach (var name in names)
        {
            var type = name.StartsWith("Worker__", StringComparison.Ordinal) ? typeof(WorkerOptions) : typeof(WorkflowOptions);
            Assert.NotNull(type.GetProperty(name[(name.IndexOf("__", StringComparison.Ordinal) + 2)..], BindingFlags.Public | BindingFlags.Instance));
        }
    }

    [Fact]
    public void The_functions_app_is_a_custom_handler_and_says_so_once()
    {
        var app = template.Resources("Microsoft.Web/sites").Single(s => s.GetProperty("properties").TryGetProperty("functionAppConfig", out _)).GetProperty("properties");
        Assert.Equal("custom", app.GetProperty("functionAppConfig").GetProperty("runtime").GetProperty("name").GetString());
        Assert.DoesNotContain("FUNCTIONS_WORKER_RUNTIME", template.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Alerts_ask_for_metrics_that_are_written()
    {
        var telemetry = SourceTree.Read("src", "Pipeline.Workflows", "Telemetry", "PipelineTelemetry.cs");
        var asked = Metric().Matches(template.Module("alerts").GetProperty("variables").ToString()).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(["pipeline.analysis.finished", "pipeline.queue.age", "pipeline.queue.length", "pipeline.tokens.read", "pipeline.work.duration"], asked.Order(StringComparer.Ordinal));
        Assert.All(asked, name => Assert.Contains($"\"{name}\"", telemetry, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\b(Worker|Pipeline)__\w+")]
    private static partial Regex Setting();

    // Tag names have one dot, metric names two.
    [GeneratedRegex(@"pipeline\.[a-z]+\.[a-z]+")]
    private static partial Regex Metric();
}
