using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Documents.Tests.Corpora;

/// <summary>An entry of <c>tests/corpus/manifest.json</c>; its README says what the members mean.</summary>
internal sealed record ManifestEntry(string File, string MediaType, Expectation Expect)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.Strict };

    public static IReadOnlyList<ManifestEntry> All { get; } =
        JsonSerializer.Deserialize<List<ManifestEntry>>(Corpus.Bytes("manifest.json"), Options)!;

    public static ManifestEntry Of(string file) => All.Single(entry => entry.File == file);
}

/// <summary>What must come out of a file.</summary>
internal sealed record Expectation(
    string Outcome, IReadOnlyList<string>? Acceptable, int? Pages, IReadOnlyList<ExpectedText>? Contains, IReadOnlyList<string>? NotContains);

/// <summary>A string that must be found, on its page where one is named.</summary>
internal sealed record ExpectedText(string Text, int? Page, int? MaxCount);
