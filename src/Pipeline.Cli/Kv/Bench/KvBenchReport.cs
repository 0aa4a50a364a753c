using System.Text.Json;
using Pipeline.Inference.Engines;

namespace Pipeline.Cli.Kv.Bench;

/// <summary>What <c>pipeline kv bench --json</c> prints.</summary>
/// <param name="Model">Folder name of the model.</param>
/// <param name="Device">Processor and threads.</param>
/// <param name="Tokens">Tokens of the document.</param>
/// <param name="MedianOf">Repetitions.</param>
/// <param name="MemoryBytesPerToken">Bytes of keys and values a token takes in memory.</param>
/// <param name="DiskBytesPerToken">Bytes a token takes in the store, headers and the partial last block included.</param>
/// <param name="CommitOverheadPercent">How much longer reading takes with a store, until all is committed, than right before or after it without; median of the rounds.</param>
/// <param name="Tiers">One for each place the document can come from.</param>
/// <param name="Notes">What was not measured, and why.</param>
internal sealed record KvBenchReport(
    string Model,
    string Device,
    int Tokens,
    int MedianOf,
    long MemoryBytesPerToken,
    double DiskBytesPerToken,
    double CommitOverheadPercent,
    IReadOnlyList<KvBenchTier> Tiers,
    IReadOnlyList<string> Notes)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal string ToJson() => JsonSerializer.Serialize(this, Format);
}

/// <summary>Medians for one place the document comes from, with the model loaded.</summary>
/// <param name="Tier">The place.</param>
/// <param name="TokensReused">Tokens restored.</param>
/// <param name="TokensComputed">Tokens of the document read by the model.</param>
/// <param name="DocumentSeconds">Until the document is there.</param>
/// <param name="FirstTokenSeconds">Until the first token of a new question, the document included.</param>
/// <param name="TimesFasterThanCold">Cold reading's time to the first token over this one.</param>
internal sealed record KvBenchTier(string Tier, int TokensReused, int TokensComputed, double DocumentSeconds, double FirstTokenSeconds, double TimesFasterThanCold)
{
    internal const string Cold = "cold, no store";
    internal const string Memory = "memory";
    internal const string DiskWarm = "disk, warm page cache";
    internal const string DiskDropped = "disk, page cache dropped";
    internal const string Resumed = "disk, half of it; the rest is read";

    internal static readonly IReadOnlyList<string> All = [Cold, Memory, DiskWarm, DiskDropped, Resumed];
}

/// <summary>One reading with its question.</summary>
internal readonly record struct KvBenchReading(CacheState Cache, int TokensReused, int TokensComputed, double DocumentSeconds, double FirstTokenSeconds);
