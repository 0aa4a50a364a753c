using System.Globalization;
using System.Text.Json;

namespace Pipeline.Infrastructure.Tests;

/// <summary>The models that the deployment names fit the machines they are named for.</summary>
public sealed class GpuModelTests
{
    private const long CudaContextBytes = 600_000_000;

    public static TheoryData<string> Choices => ["none", "t4", "a100"];

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_document_as_long_as_the_context_fits(string choice)
    {
        using var file = JsonDocument.Parse(SourceTree.Read("infra", "gpu-models.json"));
        var model = file.RootElement.GetProperty(choice);
        var cache = Number(model, "contextTokens") * BytesPerToken(model);
        var needed = Number(model, "weightBytes") + Number(model, "workspaceBytes") + cache + (model.GetProperty("provider").GetString() == "cuda" ? CudaContextBytes : 0);
        Assert.True(needed <= Number(model, "cardBytes"), $"{needed:N0} of {Number(model, "cardBytes"):N0} bytes");
        // What PlanAnalysis compares with: the context must bind, not the memory.
        Assert.True(cache <= Number(model, "cardBytes") - Number(model, "weightBytes") - Number(model, "workspaceBytes") - Number(model, "batchBytes"));
    }

    [Theory]
    [InlineData("t4")]
    [InlineData("a100")]
    public void The_page_about_them_has_the_same_numbers(string choice)
    {
        using var file = JsonDocument.Parse(SourceTree.Read("infra", "gpu-models.json"));
        var model = file.RootElement.GetProperty(choice);
        var page = SourceTree.Read("docs", "azure", "gpu-models.md");
        Assert.Contains(model.GetProperty("name").GetString()!, page, StringComparison.Ordinal);
        Assert.Contains(Shown(Number(model, "contextTokens")), page, StringComparison.Ordinal);
        Assert.Contains(Shown(BytesPerToken(model)), page, StringComparison.Ordinal);
        Assert.Contains(Shown(Number(model, "contextTokens") * BytesPerToken(model)), page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_without_a_gpu_is_the_default_model()
    {
        using var file = JsonDocument.Parse(SourceTree.Read("infra", "gpu-models.json"));
        using var config = JsonDocument.Parse(SourceTree.Read("models", "smollm2-135m-docqa", "genai_config.json"));
        var (ours, decoder) = (file.RootElement.GetProperty("none"), config.RootElement.GetProperty("model").GetProperty("decoder"));
        Assert.Equal(Number(decoder, "num_hidden_layers"), Number(ours, "layers"));
        Assert.Equal(Number(decoder, "num_key_value_heads"), Number(ours, "kvHeads"));
        Assert.Equal(Number(decoder, "head_size"), Number(ours, "headSize"));
        Assert.Equal(Number(config.RootElement.GetProperty("model"), "context_length"), Number(ours, "contextTokens"));
    }

    private static long BytesPerToken(JsonElement model) => 2 * Number(model, "layers") * Number(model, "kvHeads") * Number(model, "headSize") * Number(model, "elementBytes");

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static string Shown(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
