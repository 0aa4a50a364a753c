using Pipeline.Models;

namespace Pipeline.Cli;

/// <summary>Finds the model: what the user names, or the default model that comes with the project.</summary>
internal static class ModelLocation
{
    internal const string DefaultName = "smollm2-135m-docqa";

    private const string Variable = "PIPELINE_MODEL";

    /// <exception cref="CommandFailure">No model was named and the default model is not there.</exception>
    internal static ModelFolder Open(string? path)
    {
        path ??= Environment.GetEnvironmentVariable(Variable);
        return ModelFolder.Open(string.IsNullOrEmpty(path) ? FindDefault() : path);
    }

    private static string FindDefault()
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (string? folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                string candidate = Path.Combine(folder, "models", DefaultName);
                if (Directory.Exists(candidate))
                {
                    return candidate;
                }
            }
        }

        throw new CommandFailure($"The default model (models/{DefaultName}) was not found. Name a model folder with --model or in {Variable}.");
    }
}
