using System.Text.Json;

namespace Pipeline.Inference.Tests.Oracle;

/// <summary>One prompt of an oracle.</summary>
/// <param name="Prompt">Token ids.</param>
/// <param name="Positions">Rows of the logits that <see cref="OrtLogits"/> holds.</param>
/// <param name="OrtLogits">[position][vocabulary index]: ONNX Runtime's own logits on the uncut graph.</param>
/// <param name="Argmax">Most likely token of each position from <paramref name="ArgmaxFrom"/> on.</param>
/// <param name="NearTies">Positions whose two best logits are too close to compare.</param>
/// <param name="Greedy">24 greedy tokens after the prompt, from GenAI; empty where there are none.</param>
internal sealed record OracleCase(
    IReadOnlyList<int> Prompt,
    IReadOnlyList<int> Positions,
    IReadOnlyList<IReadOnlyList<double>> OrtLogits,
    IReadOnlyList<int> Argmax,
    int ArgmaxFrom,
    IReadOnlySet<int> NearTies,
    IReadOnlyList<int> Greedy)
{
    internal static OracleCase Parse(JsonElement json) => new(
        json.GetProperty("prompt_ids") is { ValueKind: JsonValueKind.Array } ids ? Ints(ids) : Generate(json.GetProperty("prompt_lcg")),
        Ints(json.GetProperty("positions")),
        [.. json.GetProperty("ort_flash").EnumerateArray().Select(row => (IReadOnlyList<double>)[.. row.EnumerateArray().Select(v => v.GetDouble())])],
        Ints(json.GetProperty("argmax")),
        json.GetProperty("argmax_from").GetInt32(),
        Ints(json.GetProperty("near_ties")).ToHashSet(),
        json.TryGetProperty("greedy_genai", out var greedy) && greedy.ValueKind == JsonValueKind.Array ? Ints(greedy) : []);

    internal static int[] Ints(JsonElement json) => [.. json.EnumerateArray().Select(v => v.GetInt32())];

    private static int[] Generate(JsonElement lcg)
    {
        long x = lcg.GetProperty("seed").GetInt64();
        var ids = new int[lcg.GetProperty("count").GetInt32()];
        for (var i = 0; i < ids.Length; i++)
        {
            x = ((x * 1103515245) + 12345) & 0x7FFF_FFFF;
            ids[i] = 3 + (int)((x >> 8) % 509);
        }

        return ids;
    }
}
