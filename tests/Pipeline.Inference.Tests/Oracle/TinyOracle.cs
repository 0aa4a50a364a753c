using System.Text.Json;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.Oracle;

/// <summary>A folder of tests/models/tiny and what its oracle.json says (the README there describes it).</summary>
internal sealed record TinyOracle(ModelFolder Folder, IReadOnlyList<int> VocabIndices, IReadOnlyList<OracleCase> Cases)
{
    /// <summary>The repository's root: the folder that holds Pipeline.sln.</summary>
    internal static string RepositoryRoot { get; } = FindRoot();

    /// <summary>All folders but the two whose contexts are long.</summary>
    internal static IReadOnlyList<string> ShortNames { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(RepositoryRoot, "tests", "models", "tiny"))
            .Select(d => Path.GetFileName(d)).Where(n => n is not ("llama-16k" or "nope-262k")).Order(StringComparer.Ordinal)];

    internal static TinyOracle Load(string name)
    {
        var folder = ModelFolder.Open(Path.Combine(RepositoryRoot, "tests", "models", "tiny", name));
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "oracle.json")));
        var cases = json.RootElement.GetProperty("cases").EnumerateArray().Select(OracleCase.Parse).ToArray();
        return new TinyOracle(folder, OracleCase.Ints(json.RootElement.GetProperty("vocab_indices")), cases);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Pipeline.sln is in no folder above the tests.");
    }
}
