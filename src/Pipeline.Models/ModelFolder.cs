namespace Pipeline.Models;

/// <summary>
/// A model folder in ONNX Runtime GenAI format: <c>genai_config.json</c>, the graph and its external data, <c>tokenizer.json</c>, the
/// chat template, and optionally <c>document-qa.json</c>. Opening checks that the parts are there and consistent; it loads no weights.
/// </summary>
public sealed class ModelFolder
{
    private const string TokenizerFileName = "tokenizer.json";

    private ModelFolder(string path, GenAiConfig config, DocumentQaTexts texts)
    {
        Path = path;
        Config = config;
        Texts = texts;
    }

    /// <summary>The folder's full path.</summary>
    public string Path { get; }

    /// <summary>The folder's own name, without the path.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    public GenAiConfig Config { get; }

    public string GraphPath => System.IO.Path.Combine(Path, Config.Decoder.FileName);

    public string TokenizerPath => System.IO.Path.Combine(Path, TokenizerFileName);

    /// <summary>The texts of <c>document-qa.json</c>, or the default ones.</summary>
    public DocumentQaTexts Texts { get; }

    /// <summary>Checks the folder and reads its configuration.</summary>
    /// <exception cref="ModelFolderException">Something is missing or wrong; the message says what and the way out.</exception>
    public static ModelFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (!Directory.Exists(full))
        {
            throw new ModelFolderException(
                File.Exists(full)
                    ? $"{path} is a file. A model is a folder in ONNX Runtime GenAI format; name the folder."
                    : $"There is no model folder {path}. Name an existing folder in ONNX Runtime GenAI format.");
        }

        var configPath = System.IO.Path.Combine(full, GenAiConfig.FileName);
        if (!File.Exists(configPath))
        {
            throw new ModelFolderException(
                $"{path} holds no {GenAiConfig.FileName}, so it is not a model folder in ONNX Runtime GenAI format. Export the model with the ONNX Runtime GenAI model builder.");
        }

        var folder = new ModelFolder(full, GenAiConfigReader.Read(configPath), DocumentQaTexts.Read(full));
        folder.Require(folder.GraphPath, $"the graph that {GenAiConfig.FileName} names");
        folder.Require(folder.TokenizerPath, "the tokeniser");
        return folder;
    }

    /// <summary>Loads <c>tokenizer.json</c>.</summary>
    /// <exception cref="ModelFolderException">The file is wrong, or asks for something that is not supported (named).</exception>
    public ModelTokenizer LoadTokenizer() => ModelTokenizer.Load(TokenizerPath);

    /// <summary>Loads the tokeniser and the chat template, and splits the rendered template into its parts.</summary>
    /// <exception cref="ModelFolderException">Tokeniser or template is missing, wrong, not supported, or can't be split.</exception>
    public DocumentPrompt LoadPrompt() => DocumentPrompt.Load(this, Texts);

    /// <summary>As <see cref="LoadPrompt()"/>, with another system text.</summary>
    /// <exception cref="ModelFolderException">As above.</exception>
    public DocumentPrompt LoadPrompt(string system) => DocumentPrompt.Load(this, Texts with { System = system });

    private void Require(string file, string what)
    {
        if (!File.Exists(file))
        {
            throw new ModelFolderException(
                $"{System.IO.Path.GetFileName(file)}, {what}, is missing in {Path}. Copy or export the model folder again, with all its files.");
        }
    }
}
