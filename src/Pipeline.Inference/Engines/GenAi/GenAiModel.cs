using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Models;

namespace Pipeline.Inference.Engines.GenAi;

/// <summary>A model that the GenAI library has loaded.</summary>
internal sealed class GenAiModel : IDisposable
{
    private readonly GenAiConfigHandle config;
    private readonly GenAiModelHandle model;
    private readonly bool ignoreEndOfText;

    /// <exception cref="InferenceException">GenAI refuses the folder, or the provider is missing.</exception>
    internal GenAiModel(ModelFolder folder, GenAiOptions options)
    {
        ignoreEndOfText = options.IgnoreEndOfText;
        GenAiStatus.Check(GenAiNative.OgaCreateConfig(folder.Path, out config), $"read {folder.Path}");
        try
        {
            GenAiStatus.Check(GenAiNative.OgaConfigClearProviders(config), "clear the providers");
            if (options.Provider == ExecutionProvider.Cuda)
            {
                GenAiStatus.Check(GenAiNative.OgaConfigAppendProvider(config, "cuda"), "choose the provider cuda");
            }

            GenAiStatus.Check(GenAiNative.OgaConfigOverlay(config, SessionOverlay(options)), "take the session's options");
            GenAiStatus.Check(
                GenAiNative.OgaCreateModelFromConfig(config, out model),
                $"load {folder.Path} for {(options.Provider == ExecutionProvider.Cuda ? "cuda" : "cpu")}");
        }
        catch
        {
            config.Dispose();
            throw;
        }
    }

    /// <summary>An empty sequence.</summary>
    /// <param name="maxLength">Tokens it can grow to; GenAI allocates its KV cache for all of them.</param>
    internal GenAiGeneratorHandle CreateGenerator(int maxLength)
    {
        GenAiStatus.Check(GenAiNative.OgaCreateGeneratorParams(model, out var parameters), "create a generator's parameters");
        using (parameters)
        {
            GenAiStatus.Check(GenAiNative.OgaGeneratorParamsSetSearchNumber(parameters, "max_length", maxLength), $"set max_length to {maxLength}");
            GenAiStatus.Check(GenAiNative.OgaGeneratorParamsSetSearchNumber(parameters, "min_length", ignoreEndOfText ? maxLength : 0), "set min_length");
            GenAiStatus.Check(GenAiNative.OgaGeneratorParamsSetSearchNumber(parameters, "batch_size", 1), "set batch_size");
            GenAiStatus.Check(GenAiNative.OgaGeneratorParamsSetSearchNumber(parameters, "num_beams", 1), "set num_beams");
            GenAiStatus.Check(GenAiNative.OgaGeneratorParamsSetSearchNumber(parameters, "repetition_penalty", 1), "set repetition_penalty");
            GenAiStatus.Check(GenAiNative.OgaGeneratorParamsSetSearchBool(parameters, "do_sample", false), "choose the most likely token");
            GenAiStatus.Check(GenAiNative.OgaCreateGenerator(model, parameters, out var generator), $"allocate a KV cache of {maxLength} tokens");
            return generator;
        }
    }

    public void Dispose()
    {
        model.Dispose();
        config.Dispose();
    }

    private static string SessionOverlay(GenAiOptions options)
    {
        var session = new JsonObject();
        if (options.Threads > 0)
        {
            session["intra_op_num_threads"] = options.Threads;
        }

        if (options.Spinning is { } spinning)
        {
            session["session.intra_op.allow_spinning"] = spinning ? "1" : "0";
        }

        var overlay = new JsonObject { ["model"] = new JsonObject { ["decoder"] = new JsonObject { ["session_options"] = session } } };
        return overlay.ToJsonString(JsonSerializerOptions.Default);
    }
}
