namespace Pipeline.Models.Tests;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public static TheoryData<string> TinyModels => [.. Directory.EnumerateDirectories(Path.Combine(Repository.TestModels, "tiny")).Select(folder => Path.GetFileName(folder))];

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void The_default_model_says_what_it_is()
    {
        var folder = ModelFolder.Open(Repository.DefaultModel + "/");

        Assert.Equal("smollm2-135m-docqa", folder.Name);
        Assert.Equal(("llama", 8192, 49152), (folder.Config.Type, folder.Config.ContextLength, folder.Config.VocabSize));
        Assert.Equal((30, 9, 3, 64, 576), (folder.Config.NumHiddenLayers, folder.Config.NumAttentionHeads, folder.Config.NumKeyValueHeads, folder.Config.HeadSize, folder.Config.HiddenSize));
        Assert.Equal([2], folder.Config.EosTokenIds);
        Assert.Equal((1, 2), (folder.Config.BosTokenId, folder.Config.PadTokenId));
        Assert.Equal("past_key_values.7.key", folder.Config.Decoder.Inputs.PastKey(7));
        Assert.Equal("present.29.value", folder.Config.Decoder.Outputs.PresentValue(29));
        Assert.True(File.Exists(folder.GraphPath));
        Assert.Equal("Question: ", folder.Texts.QuestionPrefix);
        Assert.Equal(DocumentQaTexts.Default, folder.Texts);
    }

    [Theory]
    [MemberData(nameof(TinyModels))]
    public void Every_exported_folder_opens_with_tokeniser_and_prompt(string name)
    {
        var prompt = ModelFolder.Open(Repository.TinyModel(name)).LoadPrompt();

        Assert.Equal([2], prompt.StopTokens);
        Assert.Equal(512, prompt.Tokenizer.VocabSize);
    }

    [Fact]
    public void A_list_of_end_tokens_and_unknown_keys_are_read()
    {
        var path = temporary.Copy(Repository.TinyModel("llama"), "m");
        Edit(path, GenAiConfig.FileName, "\"eos_token_id\": 2,", "\"eos_token_id\": [2, 5], \"engine\": {\"dynamic_batching\": {}}, \"new\": [1],");
        Edit(path, GenAiConfig.FileName, "\"head_size\"", "\"sliding_window\": {\"window_size\": 32, \"layers\": [0]}, \"head_size\"");

        var config = ModelFolder.Open(path).Config;

        Assert.Equal([2, 5], config.EosTokenIds);
        Assert.Equal(32, config.Decoder.SlidingWindow?.WindowSize);
        Assert.Equal([0], config.Decoder.SlidingWindow?.Layers);
    }

    [Fact]
    public void The_folders_own_texts_are_used()
    {
        var path = temporary.Copy(Repository.TinyModel("llama"), "m");
        File.WriteAllText(Path.Combine(path, DocumentQaTexts.FileName), """{"system": "", "questionPrefix": "Q: "}""");

        var prompt = ModelFolder.Open(path).LoadPrompt();

        Assert.Equal("Q: x<|im_end|>\n<|im_start|>assistant\n", prompt.Tokenizer.Decode(prompt.EncodeQuestion("x"), skipSpecial: false));
        Assert.StartsWith("<|im_start|>user\nDocument:\n", prompt.Tokenizer.Decode(prompt.EncodeDocument("x").Tokens, skipSpecial: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_folder_is_named() => Refused(temporary.In("nowhere"), "There is no model folder");

    [Fact]
    public void A_file_is_no_folder() => Refused(temporary.Write("file", ""), "is a file. A model is a folder");

    [Fact]
    public void A_folder_without_configuration_is_no_model() => Refused(temporary.Path, "holds no genai_config.json");

    [Theory]
    [InlineData("model.onnx", "model.onnx, the graph that genai_config.json names, is missing")]
    [InlineData("tokenizer.json", "tokenizer.json, the tokeniser, is missing")]
    public void A_missing_file_is_named(string file, string message)
    {
        var path = temporary.Copy(Repository.TinyModel("llama"), "m");
        File.Delete(Path.Combine(path, file));

        Refused(path, message);
    }

    [Theory]
    [InlineData("\"vocab_size\": 512", "\"vocab_size\": 512,,", "genai_config.json is not valid JSON: line 31,")]
    [InlineData("\"vocab_size\": 512", "\"vocab_size\": 0", "\"model.vocab_size\" must be a whole number from 1")]
    [InlineData("\"vocab_size\": 512", "\"x\": 512", "\"model.vocab_size\" is missing")]
    [InlineData("\"vocab_size\": 512", "\"vocab_size\": \"512\"", "\"model.vocab_size\" must be a whole number from 1")]
    [InlineData("\"eos_token_id\": 2", "\"eos_token_id\": 512", "\"model.eos_token_id\" must be token ids from 0 to 511; it holds 512")]
    [InlineData("\"eos_token_id\": 2", "\"eos_token_id\": [\"a\"]", "\"model.eos_token_id\" must be a whole number or a list of them")]
    [InlineData("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3", "must be a divisor of num_attention_heads (4); it is 3")]
    [InlineData("\"filename\": \"model.onnx\"", "\"filename\": \"../model.onnx\"", "must be a file name without folders")]
    [InlineData("\"decoder\"", "\"encoder\"", "\"model.decoder\" is missing")]
    public void A_wrong_configuration_is_named_by_key(string text, string replacement, string message)
    {
        var path = temporary.Copy(Repository.TinyModel("llama"), "m");
        Edit(path, GenAiConfig.FileName, text, replacement);

        Refused(path, message);
    }

    [Fact]
    public void A_folder_without_chat_template_is_refused_with_the_way_out()
    {
        var path = temporary.Copy(Repository.TinyModel("llama"), "m");
        File.Delete(Path.Combine(path, "chat_template.jinja"));

        var error = Assert.Throws<ModelFolderException>(() => ModelFolder.Open(path).LoadPrompt());

        Assert.Contains("has no chat template: neither chat_template.jinja nor \"chat_template\" in tokenizer_config.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"<u>{% for m in messages %}{{ m.content }}{% endfor %}</u>\"")]
    [InlineData("[{\"name\": \"tool_use\", \"template\": \"x\"}, {\"name\": \"default\", \"template\": \"<u>{% for m in messages %}{{ m.content }}{% endfor %}</u>\"}]")]
    public void A_chat_template_in_the_tokenisers_configuration_is_found(string template)
    {
        var path = temporary.Copy(Repository.TinyModel("llama"), "m");
        File.Delete(Path.Combine(path, "chat_template.jinja"));
        Edit(path, "tokenizer_config.json", "\"backend\"", "\"chat_template\": " + template + ", \"backend\"");

        var prompt = ModelFolder.Open(path).LoadPrompt();

        Assert.Equal("Question: x</u>", prompt.Tokenizer.Decode(prompt.EncodeQuestion("x")));
    }

    [Fact]
    public void A_template_token_without_the_special_flag_is_still_out_of_a_documents_reach()
    {
        var path = temporary.Copy(Repository.TinyModel("llama"), "m");
        Edit(path, "tokenizer.json", "\"special\": true\n    }\n  ],", "\"special\": true\n    },\n    {\"id\": 510, \"content\": \"<think>\", \"special\": false}, {\"id\": 511, \"content\": \"<table>\", \"special\": false}\n  ],");
        File.AppendAllText(Path.Combine(path, "chat_template.jinja"), "{% if add_generation_prompt %}<think>{% endif %}");

        var prompt = ModelFolder.Open(path).LoadPrompt();
        var document = prompt.EncodeDocument("a <think> b <table>");

        Assert.DoesNotContain(510, document.Tokens);
        Assert.Contains(511, document.Tokens);
        Assert.Equal(510, prompt.EncodeQuestion("<think>")[^1]);
        Assert.Single(prompt.EncodeQuestion("<think>"), 510);
    }

    private static void Refused(string path, string message)
    {
        var error = Assert.Throws<ModelFolderException>(() => ModelFolder.Open(path));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static void Edit(string folder, string file, string text, string replacement)
    {
        var path = Path.Combine(folder, file);
        var content = File.ReadAllText(path);
        Assert.Contains(text, content, StringComparison.Ordinal);
        File.WriteAllText(path, content.Replace(text, replacement, StringComparison.Ordinal));
    }
}
