namespace Pipeline.Inference.Engines.GenAi;

/// <summary>How the <c>genai</c> engine runs.</summary>
public sealed record GenAiOptions
{
    /// <summary>File of the GenAI library; null takes the environment variable PIPELINE_GENAI_LIBRARY, then the application's folder and the loader's search path.</summary>
    /// <value>null.</value>
    public string? Library { get; init; }

    /// <summary>Processor or GPU.</summary>
    /// <value><see cref="ExecutionProvider.Cpu"/>.</value>
    public ExecutionProvider Provider { get; init; }

    /// <summary>Threads of an operator; 0 leaves the number to ONNX Runtime (one a core).</summary>
    /// <value>0; 0 to 1,024.</value>
    public int Threads
    {
        get;
        init => field = value is >= 0 and <= 1024
            ? value
            : throw new InferenceException($"{value} threads are out of range; use 0 (one a core) to 1024.");
    }

    /// <summary>Whether idle threads spin while they wait for work; null leaves it to GenAI.</summary>
    /// <value>null.</value>
    public bool? Spinning { get; init; }

    /// <summary>Keeps GenAI from ending an answer at the model's end-of-text token, so that answers are as long as allowed; for measuring.</summary>
    /// <value>Off.</value>
    public bool IgnoreEndOfText { get; init; }
}
