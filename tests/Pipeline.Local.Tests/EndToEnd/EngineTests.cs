using Pipeline.Local.Processes;
using Pipeline.Local.Tests.Harness;
using Pipeline.Workflows;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>Workers with the engines that run on GPUs, here on the processor.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class EngineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData("ort")]
    [InlineData("genai")]
    public async Task A_worker_answers_and_refuses_what_is_too_long(string engine)
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1, environment: Settings(engine));
        await Documents.UploadAsync(setup.Storage, "short.md", Documents.Text(1, 20));
        await Documents.UploadAsync(setup.Storage, "long.md", Documents.Text(7, 600));
        setup.Run.Start();

        await Outcome.DoneAsync(setup.Storage, Limit);
        var ends = await PathTests.EndsAsync(setup.Storage);
        Assert.Equal(("Succeeded", "Failed over-context"), (ends["inbox/short.md"], ends["inbox/long.md"]));
        var result = await ResultAsync(setup.Storage, "inbox/short.md");
        Assert.Equal(Documents.Questions.Questions.Count, result.Answers.Count);
        Assert.All(result.Answers, a => Assert.True(a is { Status: AnswerStatus.Answered, Usage.OutputTokens: > 0 }));
    }

    [Theory]
    [InlineData("ort")]
    [InlineData("genai")]
    public async Task Cancel_stops_a_worker_in_the_middle(string engine)
    {
        var settings = Settings(engine);
        settings["Worker__ChunkTokens"] = "16";
        settings["Worker__MaxAnswerTokens"] = "4000";
        await using var setup = await PipelineSetup.CreateAsync(workers: 1, environment: settings);
        await Documents.UploadAsync(setup.Storage, "a.md", Documents.Text(1, 120));
        setup.Run.Start();
        RequestRecord? request = null;
        await PathTests.WaitAsync(async () => (request = (await Outcome.RequestsAsync(setup.Storage)).FirstOrDefault(r => r.AnalysisId is not null)) is not null
            && (await BlobJson.ReadAsync<AnalysisStatus>(setup.Storage.Analyses, AnalysisBlobs.Status(request.AnalysisId!)))!.State is AnalysisState.Reading or AnalysisState.Answering);
        await new Sender(setup.Storage).SendAsync(new WorkflowEventMessage(request!.InstanceId, WorkflowEvents.Cancel));

        await Outcome.DoneAsync(setup.Storage, Limit);
        Assert.Equal("Cancelled", (await PathTests.EndsAsync(setup.Storage))["inbox/a.md"]);
    }

    [Fact]
    public async Task A_missing_library_ends_the_analysis_with_the_way_out()
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1, environment: new Dictionary<string, string> { ["Worker__Engine"] = "genai", ["Worker__GenAiLibrary"] = "/nowhere/libonnxruntime-genai.so" });
        await Documents.UploadAsync(setup.Storage, "a.md", Documents.Text(1, 20));
        setup.Run.Start();

        await Outcome.DoneAsync(setup.Storage, Limit);
        var request = Assert.Single(await Outcome.RequestsAsync(setup.Storage));
        var error = (await BlobJson.ReadAsync<AnalysisStatus>(setup.Storage.Analyses, AnalysisBlobs.Status(request.AnalysisId!)))!.Error!;
        Assert.Equal(ProblemTypes.Prefix + ProblemTypes.WorkerFailing, error.Type);
        Assert.Contains("/nowhere/libonnxruntime-genai.so does not exist", error.Detail, StringComparison.Ordinal);
        Assert.Contains("PIPELINE_GENAI_LIBRARY", error.Detail, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Settings(string engine)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Worker__Engine"] = engine };
        if (engine != "genai") return settings;
        var file = Environment.GetEnvironmentVariable("PIPELINE_GENAI_LIBRARY") is { Length: > 0 } named
            ? named
            : Path.Combine(ProjectLayout.Root, "..", "shared", "native", "linux-x64", "libonnxruntime-genai.so");
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(file), "Needs the ONNX Runtime GenAI library for Linux x64: set PIPELINE_GENAI_LIBRARY to its file.");
        settings["Worker__GenAiLibrary"] = Path.GetFullPath(file);
        return settings;
    }

    private static async Task<AnalysisResult> ResultAsync(PipelineStorage storage, string blob)
    {
        var request = (await Outcome.RequestsAsync(storage)).Single(r => r.Message.Blob == blob);
        return (await BlobJson.ReadAsync<AnalysisResult>(storage.Analyses, AnalysisBlobs.Result(request.AnalysisId!)))!;
    }
}
