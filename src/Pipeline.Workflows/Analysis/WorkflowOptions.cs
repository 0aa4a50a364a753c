using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Pipeline.Workflows.Analysis;

/// <summary>Settings of the workflow; environment variables <c>Pipeline__{name}</c>.</summary>
public sealed class WorkflowOptions
{
    public const string Section = "Pipeline";

    /// <value>Model folder that answers where a message names none. Default: smollm2-135m-docqa.</value>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public string DefaultModel { get; set; } = "smollm2-135m-docqa";

    /// <value>Largest document, in bytes. Default: 512 MiB.</value>
    [Range(1, 5L * 1024 * 1024 * 1024)]
    public long MaxDocumentBytes { get; set; } = 512L * 1024 * 1024;

    /// <value>First wait before a worker's progress is looked at, in seconds; doubled each time up to five minutes. Default: 60.</value>
    [Range(1, 3600)]
    public double CheckSeconds { get; set; } = 60;

    /// <value>A working worker that gave no sign of life for so many seconds is lost. Default: 180.</value>
    [Range(1, 86400)]
    public double HeartbeatLimitSeconds { get; set; } = 180;

    /// <value>Longest wait for a worker to take a message, in seconds. Default: 6 hours.</value>
    [Range(1, 7 * 86400)]
    public double QueueLimitSeconds { get; set; } = 6 * 3600;

    /// <value>How often one piece of work is sent before it fails. Default: 4.</value>
    [Range(1, 100)]
    public int MaxDispatches { get; set; } = 4;

    /// <value>How often a workflow that the infrastructure failed is set going again. Default: 20.</value>
    [Range(0, 1000)]
    public int MaxRewinds { get; set; } = 20;

    /// <value>Days after which a finished workflow's history is removed. Default: 14.</value>
    [Range(1, 3650)]
    public int HistoryDays { get; set; } = 14;

    /// <summary>Reads and checks the settings.</summary>
    public static WorkflowOptions From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(Section).Get<WorkflowOptions>() ?? new WorkflowOptions();
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        return options;
    }
}
