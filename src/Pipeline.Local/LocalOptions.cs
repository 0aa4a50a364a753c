using Pipeline.Local.Processes;

namespace Pipeline.Local;

/// <summary>What the command line says.</summary>
internal sealed record LocalOptions
{
    /// <value>Folder for storage, workflow history, logs and results. Default: .pipeline in the working folder.</value>
    public string DataFolder { get; init; } = Path.GetFullPath(".pipeline");

    /// <value>Folder whose files are put into the inbox; null for none. Default: samples of the source tree.</value>
    public string? SamplesFolder { get; init; } = Directory.Exists(Path.Combine(ProjectLayout.Root, "samples")) ? Path.Combine(ProjectLayout.Root, "samples") : null;

    /// <value>Folder of model folders. Default: models of the source tree.</value>
    public string ModelsFolder { get; init; } = Path.Combine(ProjectLayout.Root, "models");

    /// <value>Model folder that answers. Default: smollm2-135m-docqa.</value>
    public string Model { get; init; } = "smollm2-135m-docqa";

    /// <value>Worker processes, 0 to 64. Default: 1.</value>
    public int Workers { get; init; } = 1;

    /// <value>Whether to end when all documents are done. Default: false.</value>
    public bool Once { get; init; }

    /// <value>Fires timer functions at this interval instead of their schedule; null for the schedule. For tests and for the impatient.</value>
    public TimeSpan? TimerPeriod { get; init; }

    /// <value>A storage account instead of the emulator; null for the emulator.</value>
    public string? ConnectionString { get; init; }
}
