using System.CommandLine;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Evidence;
using Pipeline.Models;

namespace Pipeline.Cli.Evidence;

/// <summary>Options that <c>evaluate</c> and <c>calibrate</c> share.</summary>
internal sealed class KnownQuestionOptions
{
    private readonly Option<string?> model = new("--model") { Description = "Model folder. Default: the model that comes with the project." };
    private readonly Option<string?> split = new("--split") { Description = "Only documents of this split: choose or test." };
    private readonly Option<string?> language = new("--language") { Description = "Only documents of this language, such as en." };
    private readonly Option<int> documentTokens = new("--document-tokens") { Description = "Read the first N tokens of each document, and ask what they answer; 0 for all.", DefaultValueFactory = _ => 0 };
    private readonly Option<int> maxTokens = new("--max-tokens") { Description = "Longest answer in tokens.", DefaultValueFactory = _ => 64 };
    private readonly Option<int> threads = new("--threads") { Description = "Threads; 0 for one a core.", DefaultValueFactory = _ => 0 };
    private readonly Option<string> engine = new("--engine") { Description = "native or ort.", DefaultValueFactory = _ => "native" };

    internal void AddTo(Command command, bool withEngine = true)
    {
        foreach (Option option in new Option[] { model, language, documentTokens, maxTokens, threads })
        {
            command.Options.Add(option);
        }

        if (withEngine)
        {
            command.Options.Add(engine);
            command.Options.Add(split);
        }
    }

    internal ModelFolder Model(ParseResult arguments) => ModelLocation.Open(arguments.GetValue(model));

    internal IReadOnlyList<KnownDocument> Documents(ParseResult arguments, string file, string? split)
        => QuestionFile.Read(file, split ?? arguments.GetValue(this.split), arguments.GetValue(language));

    /// <exception cref="InferenceException">The engine does not load; the message says why.</exception>
    internal IDocumentEngine Load(ParseResult arguments, ModelFolder folder)
        => DocumentEngines.Load(folder, new EngineSelection { Name = arguments.GetValue(engine) ?? "native", Threads = arguments.GetValue(threads) });

    internal KnownQuestionRun Run(ParseResult arguments, ModelFolder folder, IDocumentEngine engine, IReadOnlyList<AttentionHead> heads, int distance, int? answerTokens = null)
        => new(folder, engine, heads, distance)
    {
        DocumentTokens = arguments.GetValue(documentTokens) is var tokens and > 0 ? tokens : int.MaxValue,
        AnswerTokens = answerTokens ?? arguments.GetValue(maxTokens),
    };
}
