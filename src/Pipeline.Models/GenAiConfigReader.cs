namespace Pipeline.Models;

/// <summary>Reads and checks <c>genai_config.json</c>.</summary>
internal static class GenAiConfigReader
{
    public static GenAiConfig Read(string path)
    {
        using var document = JsonFile.ReadObject(path);
        var root = new JsonSection(path, "", document.RootElement);
        var model = root.RequiredSection("model");
        var decoder = model.RequiredSection("decoder");
        var config = new GenAiConfig
        {
            Type = model.String("type") ?? throw model.Missing("type"),
            ContextLength = model.RequiredInt("context_length", 1),
            VocabSize = model.RequiredInt("vocab_size", 1),
            EosTokenIds = model.IntOrList("eos_token_id"),
            BosTokenId = model.Int("bos_token_id", -1) is { } bos and >= 0 ? bos : null,
            PadTokenId = model.Int("pad_token_id", -1) is { } pad and >= 0 ? pad : null,
            Decoder = ReadDecoder(decoder),
            Search = ReadSearch(root.Section("search")),
        };
        foreach (var id in config.EosTokenIds)
        {
            if (id < 0 || id >= config.VocabSize)
            {
                throw model.Wrong("eos_token_id", $"token ids from 0 to {config.VocabSize - 1}; it holds {id}");
            }
        }

        return config;
    }

    private static DecoderConfig ReadDecoder(JsonSection decoder)
    {
        var inputs = decoder.Section("inputs");
        var outputs = decoder.Section("outputs");
        var heads = decoder.RequiredInt("num_attention_heads", 1);
        var keyValueHeads = decoder.Int("num_key_value_heads", 1) ?? heads;
        if (heads % keyValueHeads != 0)
        {
            throw decoder.Wrong("num_key_value_heads", $"a divisor of num_attention_heads ({heads}); it is {keyValueHeads}");
        }

        var fileName = decoder.String("filename") ?? throw decoder.Missing("filename");
        if (!IsPlainFileName(fileName))
        {
            throw decoder.Wrong("filename", "a file name without folders");
        }

        return new DecoderConfig
        {
            FileName = fileName,
            HeadSize = decoder.RequiredInt("head_size", 1),
            HiddenSize = decoder.RequiredInt("hidden_size", 1),
            NumAttentionHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            NumHiddenLayers = decoder.RequiredInt("num_hidden_layers", 1),
            Inputs = new DecoderInputs(
                inputs.String("input_ids") ?? "input_ids",
                inputs.String("attention_mask"),
                inputs.String("position_ids"),
                inputs.String("past_key_names") ?? "past_key_values.%d.key",
                inputs.String("past_value_names") ?? "past_key_values.%d.value"),
            Outputs = new DecoderOutputs(
                outputs.String("logits") ?? "logits",
                outputs.String("present_key_names") ?? "present.%d.key",
                outputs.String("present_value_names") ?? "present.%d.value"),
            SlidingWindow = ReadSlidingWindow(decoder.Section("sliding_window")),
        };
    }

    private static SlidingWindowConfig? ReadSlidingWindow(JsonSection window) =>
        window.Exists && window.Int("window_size", 1) is { } size ? new SlidingWindowConfig(size, window.IntOrList("layers")) : null;

    private static SearchDefaults ReadSearch(JsonSection search)
    {
        var defaults = new SearchDefaults();
        return new SearchDefaults
        {
            DoSample = search.Bool("do_sample") ?? defaults.DoSample,
            Temperature = search.Double("temperature") ?? defaults.Temperature,
            TopK = search.Int("top_k") ?? defaults.TopK,
            TopP = search.Double("top_p") ?? defaults.TopP,
            RepetitionPenalty = search.Double("repetition_penalty") ?? defaults.RepetitionPenalty,
            MaxLength = search.Int("max_length", 1),
        };
    }

    // The folder may come from anybody: it must not make this program open files elsewhere.
    private static bool IsPlainFileName(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0;
}
