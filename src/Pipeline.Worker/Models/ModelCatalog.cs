using System.Collections.Concurrent;
using Pipeline.Models;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;

namespace Pipeline.Worker.Models;

/// <summary>The models this worker has, in its image or fetched: their limits and their tokenisers, loaded once. No weights.</summary>
internal sealed class ModelCatalog(WorkerOptions options, RemoteModels remote)
{
    private readonly ConcurrentDictionary<string, KnownModel> models = new(StringComparer.Ordinal);

    /// <exception cref="PermanentProblemException">There is no such model, or it can't be used.</exception>
    public async Task<KnownModel> GetAsync(string name, CancellationToken cancellation)
    {
        if (!QuestionRules.IsName(name)) throw new PermanentProblemException(ProblemTypes.UnknownModel, $"'{name}' can't name a model.");
        if (models.TryGetValue(name, out var known)) return known;
        try
        {
            var own = Path.Combine(options.ModelsFolder, name);
            var folder = Directory.Exists(own) ? ModelFolder.Open(own) : await remote.FetchAsync(name, cancellation) ?? ModelFolder.Open(own);
            return models.GetOrAdd(name, new KnownModel(folder, options.CacheElementBytes));
        }
        catch (Exception e) when (e is ModelFolderException or ModelStoreException)
        {
            throw new PermanentProblemException(ProblemTypes.Create(ProblemTypes.UnknownModel, $"The worker can't use the model '{name}': {e.Message}"), e);
        }
    }
}
