using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Inference.Verification;

/// <summary>
/// <c>oracle.json</c> beside a model: prompts with logits and continuations that others computed: the original framework in float64, ONNX Runtime on the uncut graph, GenAI.
/// </summary>
public sealed record ModelOracle
{
    /// <summary>File name in the model folder.</summary>
    public const string FileName = "oracle.json";

    /// <summary>Vocabulary entries whose logits are stored.</summary>
    [JsonPropertyName("vocab_indices")]
    public required int[] VocabularyIndices { get; init; }

    /// <summary>Largest logit difference allowed, or null for the default of 1e-3.</summary>
    [JsonPropertyName("tolerance")]
    public double? Tolerance { get; init; }

    /// <summary>The prompts.</summary>
    [JsonPropertyName("cases")]
    public required OracleCase[] Cases { get; init; }

    /// <summary>Reads the file of a model folder; null where there is none.</summary>
    /// <exception cref="InferenceException">The file is not what it should be.</exception>
    public static ModelOracle? Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize<ModelOracle>(file) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new InferenceException($"{path} is not a valid oracle: {e.Message}", e);
        }
    }
}

/// <summary>One prompt of an oracle.</summary>
public sealed record OracleCase
{
    /// <summary>Tokens of the prompt.</summary>
    [JsonPropertyName("length")]
    public required int Length { get; init; }

    /// <summary>The prompt's ids, where stored.</summary>
    [JsonPropertyName("prompt_ids")]
    public int[]? PromptIds { get; init; }

    /// <summary>How to generate the ids otherwise.</summary>
    [JsonPropertyName("prompt_lcg")]
    public OracleGenerator? Generator { get; init; }

    /// <summary>Positions whose logits are stored.</summary>
    [JsonPropertyName("positions")]
    public required int[] Positions { get; init; }

    /// <summary>Logits in float64, <c>[positions, vocabulary indices]</c>.</summary>
    [JsonPropertyName("reference_hf_fp64")]
    public double[][]? Reference { get; init; }

    /// <summary>Logits of ONNX Runtime's uncut graph.</summary>
    [JsonPropertyName("ort_flash")]
    public double[][]? OnnxRuntime { get; init; }

    /// <summary>Arg max of every position from <see cref="ArgMaxFrom"/> on.</summary>
    [JsonPropertyName("argmax")]
    public int[]? ArgMax { get; init; }

    /// <summary>Position of the first entry of <see cref="ArgMax"/>.</summary>
    [JsonPropertyName("argmax_from")]
    public int ArgMaxFrom { get; init; }

    /// <summary>Positions where the two best logits are too close to compare.</summary>
    [JsonPropertyName("near_ties")]
    public int[]? NearTies { get; init; }

    /// <summary>Differences between the references themselves: the yardstick for graphs that amplify rounding.</summary>
    [JsonPropertyName("max_abs_difference")]
    public IReadOnlyDictionary<string, double?>? Differences { get; init; }

    /// <summary>Greedy continuation by GenAI.</summary>
    [JsonPropertyName("greedy_genai")]
    public int[]? Greedy { get; init; }

    /// <summary>The prompt's token ids.</summary>
    public int[] Prompt() => PromptIds ?? Generator?.Generate() ?? throw new InferenceException($"A case of {Length} tokens in {ModelOracle.FileName} has neither prompt_ids nor prompt_lcg.");

    /// <summary>A named difference between references, 0 where it was not measured.</summary>
    internal double Difference(string name) => Differences?.GetValueOrDefault(name) ?? 0;
}

/// <summary>Generator of prompts too long to store: x = x * 1103515245 + 12345 mod 2^31; id = 3 + (x >> 8) mod 509.</summary>
/// <param name="Seed">First x.</param>
/// <param name="Count">Ids to make.</param>
public sealed record OracleGenerator([property: JsonPropertyName("seed")] long Seed, [property: JsonPropertyName("count")] int Count)
{
    internal int[] Generate()
    {
        int[] ids = new int[Count];
        long x = Seed;
        for (int i = 0; i < Count; i++)
        {
            x = ((x * 1103515245) + 12345) % (1L << 31);
            ids[i] = 3 + (int)((x >> 8) % 509);
        }

        return ids;
    }
}
