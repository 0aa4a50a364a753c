using System.ComponentModel.DataAnnotations;
using Pipeline.Documents;

namespace Pipeline.Worker;

/// <summary>Settings of the worker; environment variables <c>Worker__{name}</c>, or the same as command-line options.</summary>
public sealed class WorkerOptions
{
    public const string Section = "Worker";

    /// <value>What this worker does: extract, analyze or both, separated by commas. Default: extract,analyze.</value>
    [RegularExpression("^(extract|analyze)(,(extract|analyze))?$", ErrorMessage = "Roles is extract, analyze, or extract,analyze.")]
    public string Roles { get; set; } = "extract,analyze";

    /// <value>Folder of model folders. Default: models beside the program.</value>
    [Required]
    public string ModelsFolder { get; set; } = Path.Combine(AppContext.BaseDirectory, "models");

    /// <value>Where models go that are fetched from the container models; empty to fetch none. Default: pipeline-models in the temporary folder.</value>
    public string FetchedModelsFolder { get; set; } = Path.Combine(Path.GetTempPath(), "pipeline-models");

    /// <value>Folder of the KV cache's local tier; empty for none. Default: kv in the temporary folder.</value>
    public string CacheFolder { get; set; } = Path.Combine(Path.GetTempPath(), "pipeline-kv");

    /// <value>Bytes the local tier may hold. Default: 16 GiB.</value>
    [Range(1 << 20, long.MaxValue)]
    public long CacheBytes { get; set; } = 16L << 30;

    /// <value>Whether KV blocks also go to, and come from, the blob container kv-cache. Default: true.</value>
    public bool RemoteCache { get; set; } = true;

    /// <value>Separates the KV caches of tenants that share a storage account: it goes into every block's key. Default: empty.</value>
    [StringLength(64)]
    public string Tenant { get; set; } = "";

    /// <value>Bytes a document's KV cache may take in memory; 0 for half of what the process may use. Default: 0.</value>
    [Range(0, long.MaxValue)]
    public long MemoryBytes { get; set; }

    /// <value>Threads of the model; 0 for all processors. Default: 0.</value>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <value>Engine that reads documents: native, ort or genai. Default: native.</value>
    [RegularExpression("^(native|ort|genai)$", ErrorMessage = "Engine is native, ort or genai.")]
    public string Engine { get; set; } = "native";

    /// <value>Where ort and genai run: cpu or cuda. Workers that only extract are told the same, since it decides a token's bytes. Default: cpu.</value>
    [RegularExpression("^(cpu|cuda)$", ErrorMessage = "Provider is cpu or cuda.")]
    public string Provider { get; set; } = "cpu";

    /// <value>File of the ONNX Runtime GenAI library for genai; empty for PIPELINE_GENAI_LIBRARY, the program's folder and the loader's search path. Default: empty.</value>
    public string GenAiLibrary { get; set; } = "";

    /// <value>Bytes for copies of the document's KV cache while ort answers questions together. Default: 2 GiB.</value>
    [Range(0, long.MaxValue)]
    public long BatchBytes { get; set; } = 2L << 30;

    /// <value>Tokens read at once: the work that a cancel or a stop waits for. Default: 512.</value>
    [Range(16, 8192)]
    public int ChunkTokens { get; set; } = 512;

    /// <value>Longest answer in tokens. Default: 128.</value>
    [Range(1, 65536)]
    public int MaxAnswerTokens { get; set; } = 128;

    /// <value>Languages of scanned pages, as tesseract names them, joined by +. Default: eng.</value>
    [RegularExpression("^[A-Za-z0-9_-]{1,40}([+][A-Za-z0-9_-]{1,40}){0,19}$", ErrorMessage = "OcrLanguages is names such as eng, or deu+eng.")]
    public string OcrLanguages { get; set; } = "eng";

    /// <value>Documents extracted at the same time. Default: 2.</value>
    [Range(1, 64)]
    public int ExtractConcurrency { get; set; } = 2;

    /// <value>Seconds a taken message stays invisible unless renewed. Default: 60.</value>
    [Range(2, 3600)]
    public double VisibilitySeconds { get; set; } = 60;

    /// <value>Seconds of the lease that makes one worker the only one at an analysis; 15 to 60, as Azure Storage has it. Default: 30.</value>
    [Range(15, 60)]
    public int LeaseSeconds { get; set; } = 30;

    /// <value>Deliveries after which a message counts as poison. Default: 6.</value>
    [Range(1, 100)]
    public int MaxDeliveries { get; set; } = 6;

    /// <value>First pause before a failed piece of work is tried again, in seconds; doubled each time. Default: 5.</value>
    [Range(0.01, 3600)]
    public double RetrySeconds { get; set; } = 5;

    /// <value>Longest pause between two looks at an empty queue, in seconds. Default: 2.</value>
    [Range(0.05, 60)]
    public double PollSeconds { get; set; } = 2;

    /// <value>Seconds without work after which the process ends; 0 for never. Default: 0.</value>
    [Range(0, 86400)]
    public double IdleExitSeconds { get; set; }

    /// <value>Port of /health and /ready; 0 for a free one on loopback. Default: 8080.</value>
    [Range(0, 65535)]
    public int HealthPort { get; set; } = 8080;

    public bool Has(string role) => Roles.Split(',').Contains(role, StringComparer.Ordinal);

    /// <summary>Bytes of one number of a KV cache: float32 on the processor, float16 or bfloat16 on a GPU.</summary>
    internal int CacheElementBytes => Provider == "cuda" ? 2 : sizeof(float);

    internal ExtractionOptions Extraction() => new() { Ocr = new OcrOptions { Languages = OcrLanguages.Split('+') } };

    /// <summary>Reads and checks the settings; <c>--idle-exit</c> and <c>--roles</c> are short forms on the command line.</summary>
    public static WorkerOptions From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(Section).Get<WorkerOptions>() ?? new WorkerOptions();
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        if (options is { Engine: "native", Provider: "cuda" })
        {
            throw new ValidationException("The engine native runs on the processor. Set Worker__Engine to ort or genai for a GPU, or Worker__Provider to cpu.");
        }

        if (options.MemoryBytes == 0) options.MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        return options;
    }
}
