using System.CommandLine;
using Pipeline.Cli.Extract;
using Pipeline.Cli.Kv;
using Pipeline.Documents;
using Pipeline.Inference;
using Pipeline.Inference.Engines;

namespace Pipeline.Cli.Ask;

/// <summary><c>pipeline ask</c>: questions about one document, answered from exact attention over all of it.</summary>
internal static class AskCommand
{
    private static readonly Argument<string> File = new("file") { Description = "The document: text, Markdown, CSV, PDF, Word, PowerPoint, Excel, HTML, e-mail, EPUB, or a ZIP of them." };
    private static readonly Option<string[]> Question = new("--question", "-q") { Description = "A question; may be given several times. All are answered together." };
    private static readonly Option<string?> Questions = new("--questions") { Description = "A JSON file with a question set: {\"questions\":[{\"id\":\"…\",\"text\":\"…\"}]}." };
    private static readonly Option<string?> Model = new("--model") { Description = "Model folder in ONNX Runtime GenAI format. Default: the model that comes with the project." };
    private static readonly Option<string> Engine = new("--engine") { Description = "native (our attention), ort (ONNX Runtime's), or genai (ONNX Runtime GenAI).", DefaultValueFactory = _ => "native" };
    private static readonly Option<string> Provider = new("--provider") { Description = "Where ort and genai run: cpu or cuda.", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<string?> GenAiLibrary = new("--genai-library") { Description = "File of the ONNX Runtime GenAI library, for --engine genai." };
    private static readonly Option<int> MaxTokens = new("--max-tokens") { Description = "Longest answer in tokens, 1 to 65,536.", DefaultValueFactory = _ => 128 };
    private static readonly Option<double> Temperature = new("--temperature") { Description = "0 for the most likely tokens (greedy); up to 10.", DefaultValueFactory = _ => 0 };
    private static readonly Option<double> TopP = new("--top-p") { Description = "Nucleus of the tokens drawn from, above 0 to 1; with a temperature.", DefaultValueFactory = _ => 1 };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of the draws; the same seed gives the same answers." };
    private static readonly Option<string?> Password = new("--password") { Description = "Password of an encrypted PDF." };
    private static readonly Option<string> Languages = OcrLanguages.Option();
    private static readonly Option<int> Threads = new("--threads") { Description = "Threads; 0 for one a core.", DefaultValueFactory = _ => 0 };
    private static readonly Option<int> Chunk = new("--chunk") { Description = "Tokens read at once, 16 to 8,192. Changes speed, never the result.", DefaultValueFactory = _ => 512 };
    private static readonly Option<string?> Kv = KvLocation.Option();
    private static readonly Option<bool> NoKv = new("--no-kv") { Description = "Neither restore the document's KV cache nor keep it." };
    private static readonly Option<int> Passages = new("--passages") { Description = "Most passages shown for an answer, 1 to 20.", DefaultValueFactory = _ => 3 };
    private static readonly Option<string?> Report = new("--report") { Description = "Write an HTML page with answers, passages and the document's text." };
    private static readonly Option<bool> Json = new("--json") { Description = "Write the result as JSON on standard output; all else goes to standard error." };

    /// <summary>The command with its options.</summary>
    internal static Command Create()
    {
        var command = new Command("ask", "Answers questions about a document. The whole document is read, once; nothing is cut.")
        {
            File, Question, Questions, Model, Engine, Provider, GenAiLibrary, MaxTokens, Temperature, TopP, Seed, Password, Languages, Threads, Chunk, Kv, NoKv, Passages, Report, Json,
        };
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => RunAsync(arguments, cancellation)));
        return command.WithExamples(
            "pipeline ask samples/lease.md --question \"How much is the monthly rent?\"",
            "pipeline ask report.pdf --questions samples/questions/annual-report.json --json > answers.json",
            "pipeline ask samples/lease.md -q \"May the tenant keep a dog?\" --report lease.html",
            "pipeline ask contract.docx -q \"Who are the parties?\" -q \"When does it end?\" --max-tokens 60");
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var request = new AskRequest
        {
            File = arguments.GetRequiredValue(File),
            Questions = QuestionList.Read(arguments.GetValue(Question) ?? [], arguments.GetValue(Questions)),
            Model = ModelLocation.Open(arguments.GetValue(Model)),
            Engine = new EngineSelection
            {
                Name = EngineName(arguments.GetValue(Engine)!),
                Provider = ProviderOf(arguments.GetValue(Provider)!),
                Threads = Range(arguments.GetValue(Threads), "--threads", 0, 1024),
                GenAiLibrary = arguments.GetValue(GenAiLibrary),
            },
            Read = new ReadOptions { ChunkTokens = arguments.GetValue(Chunk) },
            Generation = new GenerationOptions
            {
                MaxTokens = arguments.GetValue(MaxTokens),
                Temperature = arguments.GetValue(Temperature),
                TopP = arguments.GetValue(TopP),
                Seed = arguments.GetValue(Seed),
            },
            Password = arguments.GetValue(Password),
            Ocr = new OcrOptions { Languages = OcrLanguages.Of(arguments.GetValue(Languages)!) },
            KvDirectory = arguments.GetValue(Kv),
            KeepsKv = !arguments.GetValue(NoKv),
            Passages = Range(arguments.GetValue(Passages), "--passages", 1, 20),
            Report = arguments.GetValue(Report),
        };
        var view = new AskView(arguments.GetValue(Json));
        AskResult result = await new AskRun(request, view).RunAsync(cancellation);
        view.Finish(result);
        return ExitCode.Success;
    }

    private static string EngineName(string name) => DocumentEngines.Names.Contains(name, StringComparer.Ordinal)
        ? name
        : throw new CommandFailure($"There is no engine {name}; --engine takes {string.Join(", ", DocumentEngines.Names)}.");

    private static ExecutionProvider ProviderOf(string name) => name switch
    {
        "cpu" => ExecutionProvider.Cpu,
        "cuda" => ExecutionProvider.Cuda,
        _ => throw new CommandFailure($"--provider {name} is not known; use cpu or cuda."),
    };

    private static int Range(int value, string option, int lowest, int highest)
        => value >= lowest && value <= highest ? value : throw new CommandFailure($"{option} {value} is out of range; use {lowest} to {highest}.");
}
