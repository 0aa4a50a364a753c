using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Inference.Evidence;

/// <summary>How a model's attention is turned into evidence: what <c>pipeline calibrate</c> found, kept as <c>evidence.json</c> in the model's folder.</summary>
public sealed record EvidenceCalibration
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "evidence.json";

    /// <summary>More heads cost time and add nothing (docs/evidence.md).</summary>
    public const int MaxHeads = 64;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private const int CurrentVersion = 2;

    /// <summary>Version of the file's form and of the ranking that its heads were chosen for (<see cref="SentenceScores"/>).</summary>
    public int SchemaVersion { get; init; } = CurrentVersion;

    /// <summary>Heads that point from a question to the sentence that answers it, as <c>layer:head</c>, the best first.</summary>
    public required IReadOnlyList<string> Heads { get; init; }

    /// <summary>Tokens back beyond which a document is seen no farther by these heads; 0 for as far as it is. See <see cref="Pipeline.Attention.KeyAttention"/>.</summary>
    public int Distance { get; init; }

    /// <summary>When a question counts as not answered by the document; null where that was not calibrated.</summary>
    public NoAnswerRule? NoAnswer { get; init; }

    /// <summary>What was measured when the file was written; for readers, not used.</summary>
    public JsonElement? Measured { get; init; }

    /// <summary><see cref="Heads"/> as numbers.</summary>
    [JsonIgnore]
    public IReadOnlyList<AttentionHead> AttentionHeads => [.. Heads.Select(AttentionHead.Parse)];

    /// <summary>Reads a model folder's calibration.</summary>
    /// <returns>The calibration, or null where the folder has none: evidence is off.</returns>
    /// <exception cref="InferenceException">The file is there but cannot be used; names the cause.</exception>
    public static EvidenceCalibration? Load(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            EvidenceCalibration calibration = JsonSerializer.Deserialize<EvidenceCalibration>(File.ReadAllBytes(path), Options) ?? throw new JsonException("the file holds null");
            calibration.Check();
            return calibration;
        }
        catch (Exception e) when (e is JsonException or InferenceException or IOException or UnauthorizedAccessException)
        {
            throw new InferenceException($"{path} cannot be used: {e.Message} Write it again with pipeline calibrate, or delete it to go without evidence.", e);
        }
    }

    /// <summary>Writes the calibration into a model folder.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string folder)
    {
        Check();
        File.WriteAllText(Path.Combine(folder, FileName), ToJson() + "\n");
    }

    /// <summary>The file's content.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);

    private void Check()
    {
        if (SchemaVersion != CurrentVersion)
        {
            throw new InferenceException($"Its schemaVersion is {SchemaVersion}; this version reads {CurrentVersion}.");
        }

        if (Heads is not { Count: >= 1 and <= MaxHeads } || AttentionHeads.Distinct().Count() != Heads.Count)
        {
            throw new InferenceException($"It must name 1 to {MaxHeads} different heads.");
        }

        if (Distance < 0)
        {
            throw new InferenceException($"Its distance is {Distance}; it is a number of tokens, or 0 for none.");
        }
    }
}
