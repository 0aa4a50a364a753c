using Pipeline.Inference.Engines.GenAi;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.Engines.GenAi;

internal static class GenAiUnderTest
{
    /// <summary>The engine over <paramref name="folder"/>, or a skipped test where the library is not at hand.</summary>
    internal static GenAiEngine Open(ModelFolder folder) => new(folder, new GenAiOptions { Library = Library(), Threads = 2 });

    private static string Library()
    {
        var named = Environment.GetEnvironmentVariable("PIPELINE_GENAI_LIBRARY");
        var file = string.IsNullOrEmpty(named)
            ? Path.Combine(TestModels.Root, "..", "shared", "native", "linux-x64", "libonnxruntime-genai.so")
            : named;
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists(file),
            "Needs the ONNX Runtime GenAI library for Linux x64: set PIPELINE_GENAI_LIBRARY to its file.");
        return Path.GetFullPath(file);
    }
}
