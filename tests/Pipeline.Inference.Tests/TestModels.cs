using Pipeline.Models;

namespace Pipeline.Inference.Tests;

/// <summary>Where the tests' models lie.</summary>
internal static class TestModels
{
    public static readonly string Root = FindRoot();

    public static string Tiny(string name) => Path.Combine(Root, "tests", "models", "tiny", name);

    public static string Default => Path.Combine(Root, "models", "smollm2-135m-docqa");

    public static bool LongTests => Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";

    public static string Sample(string name) => Path.Combine(Root, "samples", name);

    public static ModelFolder OpenTiny(string name) => ModelFolder.Open(Tiny(name));

    public static IEnumerable<string> AllTiny => Directory.EnumerateDirectories(Path.Combine(Root, "tests", "models", "tiny")).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Pipeline.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Pipeline.sln was not found above the test binaries.");
    }
}
