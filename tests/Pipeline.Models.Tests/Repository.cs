using System.Runtime.CompilerServices;

namespace Pipeline.Models.Tests;

/// <summary>Files of the repository that tests read where they lie.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    public static string DefaultModel { get; } = In("models", "smollm2-135m-docqa");

    public static string TestModels { get; } = In("tests", "models");

    public static string TinyModel(string name) => Path.Combine(TestModels, "tiny", name);

    public static string In(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var folder = Path.GetDirectoryName(thisFile);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Pipeline.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Pipeline.sln is not above " + thisFile);
    }
}
