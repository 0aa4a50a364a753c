using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Cli.Bench;

/// <summary>What <c>pipeline bench --json</c> prints.</summary>
/// <param name="Model">Folder name of the model.</param>
/// <param name="Device">Processor or GPU, and threads.</param>
/// <param name="SgemmGflops">Median rate of ONNX Runtime's own float32 matrix product, measured between the runs.</param>
/// <param name="Runs">One for each engine and document length.</param>
/// <param name="Growth">One for each engine, where at least three lengths were measured.</param>
internal sealed record BenchReport(string Model, string Device, double SgemmGflops, IReadOnlyList<BenchResult> Runs, IReadOnlyList<BenchGrowth> Growth)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    internal string ToJson() => JsonSerializer.Serialize(this, Format);
}

/// <summary>Medians of one engine at one document length.</summary>
/// <param name="Engine">native, ort or genai.</param>
/// <param name="Settings">The settings that were used, chosen by measurement for the peers.</param>
/// <param name="Tokens">Tokens of the document.</param>
/// <param name="PrefillTokensPerSecond">Document tokens a second while it is read, from an empty cache.</param>
/// <param name="DecodeTokensPerSecond">Tokens a second of one answer, its first token and the question's reading left out.</param>
/// <param name="Questions">Questions asked together.</param>
/// <param name="QuestionTokensPerSecond">Answer tokens a second over all of them, the questions' reading included.</param>
/// <param name="PeakMemoryBytes">Most memory of the process while it read, minus its memory after load and warm-up; null where the system does not tell.</param>
/// <param name="PercentOfSgemm">Necessary operations of reading a second, as a percentage of the matrix product's rate; null where they can't be counted.</param>
/// <param name="MedianOf">Repetitions.</param>
internal sealed record BenchResult(
    string Engine,
    string Settings,
    int Tokens,
    double PrefillTokensPerSecond,
    double DecodeTokensPerSecond,
    int Questions,
    double QuestionTokensPerSecond,
    long? PeakMemoryBytes,
    double? PercentOfSgemm,
    int MedianOf);
