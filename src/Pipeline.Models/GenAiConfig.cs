namespace Pipeline.Models;

/// <summary>
/// <c>genai_config.json</c> of an ONNX Runtime GenAI model folder, as its exporter writes it (onnxruntime-genai, src/config.h).
/// Keys this program does not use are tolerated.
/// </summary>
public sealed record GenAiConfig
{
    public const string FileName = "genai_config.json";

    /// <summary>Architecture family as the exporter names it, such as <c>llama</c> or <c>phi3</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Tokens, document, question and answer together.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Rows of the language-model head; can exceed the tokeniser's vocabulary.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Ids that end a generation; the file holds one or a list.</summary>
    public required IReadOnlyList<int> EosTokenIds { get; init; }

    public int? BosTokenId { get; init; }

    public int? PadTokenId { get; init; }

    public required DecoderConfig Decoder { get; init; }

    public required SearchDefaults Search { get; init; }

    public int HeadSize => Decoder.HeadSize;

    public int HiddenSize => Decoder.HiddenSize;

    public int NumAttentionHeads => Decoder.NumAttentionHeads;

    public int NumKeyValueHeads => Decoder.NumKeyValueHeads;

    public int NumHiddenLayers => Decoder.NumHiddenLayers;
}

/// <summary><c>model.decoder</c> of <c>genai_config.json</c>.</summary>
public sealed record DecoderConfig
{
    /// <summary>The graph's file name in the model folder.</summary>
    public required string FileName { get; init; }

    /// <summary>Width of one attention head.</summary>
    public required int HeadSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int NumAttentionHeads { get; init; }

    public required int NumKeyValueHeads { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required DecoderInputs Inputs { get; init; }

    public required DecoderOutputs Outputs { get; init; }

    /// <summary>Null where the file names no sliding window (the graph's own attributes decide per layer).</summary>
    public SlidingWindowConfig? SlidingWindow { get; init; }
}

/// <summary>Names of the graph's inputs; null where the graph has none of that kind.</summary>
/// <param name="PastKeyNames">Pattern with <c>%d</c> for the layer.</param>
/// <param name="PastValueNames">Pattern with <c>%d</c> for the layer.</param>
public sealed record DecoderInputs(string InputIds, string? AttentionMask, string? PositionIds, string PastKeyNames, string PastValueNames)
{
    public string PastKey(int layer) => NamePattern.Apply(PastKeyNames, layer);

    public string PastValue(int layer) => NamePattern.Apply(PastValueNames, layer);
}

/// <summary>Names of the graph's outputs.</summary>
/// <param name="PresentKeyNames">Pattern with <c>%d</c> for the layer.</param>
/// <param name="PresentValueNames">Pattern with <c>%d</c> for the layer.</param>
public sealed record DecoderOutputs(string Logits, string PresentKeyNames, string PresentValueNames)
{
    public string PresentKey(int layer) => NamePattern.Apply(PresentKeyNames, layer);

    public string PresentValue(int layer) => NamePattern.Apply(PresentValueNames, layer);
}

/// <summary><c>model.decoder.sliding_window</c>.</summary>
/// <param name="WindowSize">Keys a query sees, its own included.</param>
/// <param name="Layers">The layers it holds for; empty means all.</param>
public sealed record SlidingWindowConfig(int WindowSize, IReadOnlyList<int> Layers);

/// <summary><c>search</c>: the exporter's defaults for generation. This program's own defaults are greedy; these are what the folder says.</summary>
public sealed record SearchDefaults
{
    public bool DoSample { get; init; }

    public double Temperature { get; init; } = 1;

    public int TopK { get; init; } = 50;

    public double TopP { get; init; } = 1;

    public double RepetitionPenalty { get; init; } = 1;

    public int? MaxLength { get; init; }
}

internal static class NamePattern
{
    public static string Apply(string pattern, int layer) =>
        pattern.Replace("%d", layer.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
