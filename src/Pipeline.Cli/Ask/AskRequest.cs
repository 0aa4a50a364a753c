using Pipeline.Documents;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Models;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Cli.Ask;

/// <summary>What to read and what to ask.</summary>
internal sealed record AskRequest
{
    public required string File { get; init; }

    /// <summary>With ids and trimmed texts, at least one.</summary>
    public required IReadOnlyList<Question> Questions { get; init; }

    public required ModelFolder Model { get; init; }

    public required EngineSelection Engine { get; init; }

    public required ReadOptions Read { get; init; }

    public required GenerationOptions Generation { get; init; }

    public string? Password { get; init; }

    /// <summary>How scanned pages are read.</summary>
    public OcrOptions Ocr { get; init; } = new();

    /// <summary>Where KV caches are kept.</summary>
    public string? KvDirectory { get; init; }

    /// <summary>False where nothing is to be restored or kept.</summary>
    public bool KeepsKv { get; init; } = true;

    /// <summary>Most passages of an answer.</summary>
    public required int Passages { get; init; }

    /// <summary>Where the HTML report goes; null for none.</summary>
    public string? Report { get; init; }
}
