using System.Security.Cryptography;
using System.Text;
using Pipeline.Inference.Evidence;
using Pipeline.Models;

namespace Pipeline.Worker.Models;

/// <summary>A model and what of it is needed again and again.</summary>
/// <param name="cacheElementBytes">Bytes of one number of its KV cache.</param>
internal sealed class KnownModel(ModelFolder folder, int cacheElementBytes)
{
    private readonly Lazy<DocumentPrompt> prompt = new(folder.LoadPrompt);
    private readonly Lazy<EvidenceCalibration?> calibration = new(() => EvidenceCalibration.Load(folder.Path));
    private readonly Lazy<string> revision = new(() => RevisionOf(folder));

    public ModelFolder Folder => folder;

    /// <summary>Which attention heads show evidence; null where the folder does not say.</summary>
    public EvidenceCalibration? Calibration => calibration.Value;

    /// <summary>Hash of the folder's files, those of more than 32 MiB by name and length only.</summary>
    public string Revision => revision.Value;

    /// <summary>Keys and values of all layers.</summary>
    public long BytesPerToken => 2L * cacheElementBytes * folder.Config.NumHiddenLayers * folder.Config.NumKeyValueHeads * folder.Config.HeadSize;

    public DocumentPrompt Prompt(string? instructions) => instructions is null ? prompt.Value : folder.LoadPrompt(instructions);

    private static string RevisionOf(ModelFolder folder)
    {
        const long Large = 32 * 1024 * 1024;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in new DirectoryInfo(folder.Path).GetFiles().OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            if (file.Name.EndsWith(".md", StringComparison.OrdinalIgnoreCase)) continue;
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\n{file.Length}\n"));
            if (file.Length <= Large) hash.AppendData(File.ReadAllBytes(file.FullName));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
