using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Pipeline.Inference;
using Pipeline.Local.Processes;
using Pipeline.Models;
using Pipeline.Worker.Analyze;
using Pipeline.Worker.Models;

namespace Pipeline.Worker.Tests.Analyze;

/// <summary>The engine is the one that configuration names.</summary>
public sealed class EngineHolderTests
{
    private static KnownModel Model => new(ModelFolder.Open(Path.Combine(ProjectLayout.Root, "tests", "models", "tiny", "llama-16k")), sizeof(float));

    [Theory]
    [InlineData("native")]
    [InlineData("ort")]
    public void The_engine_is_loaded_once_for_a_model(string name)
    {
        using var holder = new EngineHolder(new WorkerOptions { Engine = name, Threads = 1, CacheFolder = "" });
        var model = Model;
        var engine = holder.For(model, new("00", "a"));
        Assert.Equal(name, engine.Name);
        Assert.Same(engine, holder.For(model, new("01", "b")));
    }

    [Fact]
    public void A_missing_genai_library_is_named_with_the_way_out()
    {
        using var holder = new EngineHolder(new WorkerOptions { Engine = "genai", GenAiLibrary = "/not/there.so", CacheFolder = "" });
        var error = Assert.Throws<InferenceException>(() => holder.For(Model, new("00", "a")));
        Assert.Contains("/not/there.so", error.Message, StringComparison.Ordinal);
        Assert.Contains("PIPELINE_GENAI_LIBRARY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gpu_that_this_onnx_runtime_can_not_use_is_named_with_the_way_out()
    {
        using var holder = new EngineHolder(new WorkerOptions { Engine = "ort", Provider = "cuda", CacheFolder = "" });
        var error = Assert.Throws<InferenceException>(() => holder.For(Model, new("00", "a")));
        Assert.Contains("provider cpu", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Worker:Engine", "llama", "Engine")]
    [InlineData("Worker:Provider", "rocm", "Provider")]
    [InlineData("Worker:Provider", "cuda", "native runs on the processor")]
    public void A_wrong_choice_is_refused_at_start(string key, string value, string named)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(key, (string?)value)]).Build();
        Assert.Contains(named, Assert.Throws<ValidationException>(() => WorkerOptions.From(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_takes_half_the_bytes_on_a_gpu()
    {
        var folder = Model.Folder;
        Assert.Equal(new KnownModel(folder, sizeof(float)).BytesPerToken, 2 * new KnownModel(folder, new WorkerOptions { Engine = "ort", Provider = "cuda" }.CacheElementBytes).BytesPerToken);
    }
}
