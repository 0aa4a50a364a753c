using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Models;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Worker;

/// <summary>The model folders this worker has: their limits and their tokenisers, loaded once. No weights.</summary>
internal sealed class ModelCatalog(WorkerOptions options)
{
    private readonly ConcurrentDictionary<string, Lazy<KnownModel>> models = new(StringComparer.Ordinal);

    /// <exception cref="PermanentProblemException">There is no such folder, or it can't be used.</exception>
    public KnownModel Get(string name)
    {
        if (!Workflows.Intake.QuestionRules.IsName(name)) throw new PermanentProblemException(ProblemTypes.UnknownModel, $"'{name}' can't name a model.");
        try
        {
            return models.GetOrAdd(name, n => new Lazy<KnownModel>(() => new KnownModel(ModelFolder.Open(Path.Combine(options.ModelsFolder, n)), options.CacheElementBytes))).Value;
        }
        catch (ModelFolderException e)
        {
            models.TryRemove(name, out _);
            throw new PermanentProblemException(ProblemTypes.Create(ProblemTypes.UnknownModel, $"The worker can't use the model '{name}': {e.Message}"), e);
        }
    }
}

internal sealed class KnownModel(ModelFolder folder, int cacheElementBytes)
{
    private readonly Lazy<DocumentPrompt> prompt = new(folder.LoadPrompt);
    private readonly Lazy<string> revision = new(() => RevisionOf(folder));

    public ModelFolder Folder => folder;

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
