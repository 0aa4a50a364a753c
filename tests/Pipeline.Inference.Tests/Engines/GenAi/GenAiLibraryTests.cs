using Pipeline.Inference.Engines.GenAi;

namespace Pipeline.Inference.Tests.Engines.GenAi;

public sealed class GenAiLibraryTests
{
    [Fact]
    public void AMissingLibraryIsNamedWithTheWayOut()
    {
        var error = Assert.Throws<InferenceException>(
            () => new GenAiEngine(TestModels.OpenTiny("llama"), new GenAiOptions { Library = "/nowhere/libonnxruntime-genai.so" }));

        Assert.Contains("/nowhere/libonnxruntime-genai.so does not exist", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntimeGenAI", error.Message, StringComparison.Ordinal);
        Assert.Contains("--genai-library", error.Message, StringComparison.Ordinal);
        Assert.Contains("PIPELINE_GENAI_LIBRARY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheProcessHoldsOneOnnxRuntimeAndNoTelemetryStore()
    {
        using var engine = GenAiUnderTest.Open(TestModels.OpenTiny("llama"));

        var mapped = File.ReadLines("/proc/self/maps").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(f => f.Length > 5)
            .Select(f => Path.GetFileName(f[5])).Distinct(StringComparer.Ordinal).Where(n => n.Contains("onnxruntime", StringComparison.Ordinal));

        string[] expected = ["libonnxruntime-genai.so", "libonnxruntime.so"];
        Assert.Equal(expected, mapped.Order(StringComparer.Ordinal).ToArray());
    }
}
