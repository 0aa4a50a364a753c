using Microsoft.Extensions.Configuration;
using Pipeline.Workflows.Storage;

namespace Pipeline.Cli.Doctor;

/// <summary>The deployment that azd made, or any storage account set up the same way.</summary>
/// <param name="Model">The model it answers with where a message names none.</param>
internal sealed record Deployment(PipelineStorage Storage, string Model)
{
    /// <exception cref="CommandFailure">Nothing was deployed from this folder.</exception>
    public static Deployment Open(string folder)
    {
        var settings = AzdEnvironment.Read(folder);
        if (!settings.GetSection(PipelineStorage.ConnectionName).Exists())
        {
            throw new CommandFailure($"No deployment is known here: {PipelineStorage.ConnectionName}__accountName is neither in the environment nor in .azure/. Run 'azd up' in this folder, or 'azd env select' the environment you mean.");
        }

        return new Deployment(PipelineStorage.FromConfiguration(settings, PipelineStorage.ConnectionName), settings["PIPELINE_DEFAULT_MODEL"] ?? ModelLocation.DefaultName);
    }
}
