using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Evidence;
using Pipeline.Models;

namespace Pipeline.Cli.Evidence;

/// <summary><c>pipeline calibrate</c>: finds the attention heads of a model that point at evidence, and writes them into its folder.</summary>
internal static class CalibrateCommand
{
    private const string ChooseSplit = "choose";
    private const string TestSplit = "test";

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly Option<string[]> Questions = new("--questions")
    {
        Description = "JSON file of documents with questions and evidence, of the splits choose and test; may be given several times.",
        Required = true,
    };

    private static readonly Option<int> Heads = new("--heads") { Description = "How many heads to use, the best by mean reciprocal rank, 1 to 64.", DefaultValueFactory = _ => 8 };
    private static readonly Option<string?> Use = new("--use") { Description = "Use these heads instead of searching, such as 14:3,21:8." };
    private static readonly Option<int> Distance = new("--distance") { Description = "Tokens back beyond which a document is seen no farther by the heads; 0 for as far as it is.", DefaultValueFactory = _ => 1024 };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show what would be written, and write nothing." };
    private static readonly KnownQuestionOptions Shared = new();

    /// <summary>The command with its options.</summary>
    internal static Command Create()
    {
        var command = new Command("calibrate", "Finds the attention heads that point from a question to its evidence, on the split choose, and writes evidence.json with its scores on the split test into the model folder.") { Questions, Heads, Use, Distance, DryRun };
        Shared.AddTo(command, withEngine: false);
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => RunAsync(arguments, cancellation)));
        return command.WithExamples(
            "pipeline calibrate --model models/my-model --questions tests/corpus/qa/questions.json --questions tests/corpus/paraphrased/questions.json");
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        ModelFolder model = Shared.Model(arguments);
        string[] files = arguments.GetRequiredValue(Questions);
        if (arguments.GetValue(Heads) is not (>= 1 and <= EvidenceCalibration.MaxHeads) || arguments.GetValue(Use) is { Length: 0 })
        {
            throw new CommandFailure($"--heads takes 1 to {EvidenceCalibration.MaxHeads}.");
        }

        if (arguments.GetValue(Distance) < 0)
        {
            throw new CommandFailure("--distance takes a number of tokens, or 0 for none.");
        }

        using var engine = (NativeEngine)Shared.Load(arguments, model);
        int distance = arguments.GetValue(Distance);
        IReadOnlyList<AttentionHead>? use = arguments.GetValue(Use)?.Split(',').Select(AttentionHead.Parse).ToList();
        IReadOnlyList<AttentionHead> tried = use ?? engine.AttentionHeads;
        var search = new HeadSearch(tried);
        KnownText[] texts = await ReadAsync(files.SelectMany(f => Shared.Documents(arguments, f, ChooseSplit)), cancellation);
        Choose(search, Shared.Run(arguments, model, engine, tried, distance), texts, cancellation);
        if (use is null)
        {
            ChooseJoined(search, Shared.Run(arguments, model, engine, tried, distance, answerTokens: 1), texts, cancellation);
            foreach ((AttentionHead head, RankQuality alone, RankQuality joined) in search.Single().Take(arguments.GetValue(Heads)))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"head {head,-6} by itself on {ChooseSplit}: MRR {alone.Mrr:F3} in single documents, {joined.Mrr:F3} in joined ones"));
            }
        }

        EvidenceCalibration best = search.Best(arguments.GetValue(Heads), use) with { Distance = distance };
        var measured = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (string file in files)
        {
            measured[Name(file)] = await TestAsync(arguments, file, model, engine, best, cancellation);
        }

        best = best with { Measured = JsonSerializer.SerializeToElement(new { split = TestSplit, sets = measured }, JsonOptions) };
        Console.WriteLine(best.ToJson());
        if (!arguments.GetValue(DryRun))
        {
            Save(best, model.Path);
        }

        return ExitCode.Success;
    }

    private static async Task<KnownText[]> ReadAsync(IEnumerable<KnownDocument> documents, CancellationToken cancellation)
    {
        var texts = new List<KnownText>();
        foreach (KnownDocument document in documents)
        {
            texts.Add(await KnownText.ReadAsync(document, cancellation));
        }

        return [.. texts];
    }

    private static void Choose(HeadSearch search, KnownQuestionRun run, KnownText[] texts, CancellationToken cancellation)
    {
        foreach (KnownText text in texts)
        {
            Console.Error.WriteLine($"{ChooseSplit} {text.Name}");
            foreach (AskedKnownQuestion question in run.Ask(text, cancellation))
            {
                search.Add(question.Document, question.Attention!, question.Right, question.Text);
            }
        }
    }

    /// <summary>Asks again where the documents stand one after another; what is answered there is not looked at.</summary>
    private static void ChooseJoined(HeadSearch search, KnownQuestionRun run, KnownText[] texts, CancellationToken cancellation)
    {
        foreach (KnownText text in KnownText.Joined(texts, run.Count, run.MostTokens))
        {
            Console.Error.WriteLine($"{ChooseSplit} {text.Name}, joined");
            foreach (AskedKnownQuestion question in run.Ask(text, cancellation))
            {
                search.AddJoined(question.Document, question.Attention!, question.Right);
            }
        }
    }

    private static async Task<object> TestAsync(
        ParseResult arguments, string file, ModelFolder model, NativeEngine engine, EvidenceCalibration calibration, CancellationToken cancellation)
    {
        KnownQuestionRun run = Shared.Run(arguments, model, engine, calibration.AttentionHeads, calibration.Distance);
        var evaluation = new Evaluation(calibration);
        foreach (KnownDocument document in Shared.Documents(arguments, file, TestSplit))
        {
            await Console.Error.WriteLineAsync($"test {Path.GetFileName(document.File)}");
            evaluation.Add([.. run.Ask(await KnownText.ReadAsync(document, cancellation), cancellation)]);
        }

        EvaluationResult result = evaluation.Result(run.Beyond, run.Answering);
        return new { result.Questions, evidence = Rounded(result.Evidence!), bm25 = Rounded(result.Bm25), answers = Math.Round(result.Answers.Accuracy, 3) };
    }

    private static RankQuality Rounded(RankQuality quality)
        => quality with { Top1 = Math.Round(quality.Top1, 3), Top3 = Math.Round(quality.Top3, 3), Mrr = Math.Round(quality.Mrr, 3) };

    /// <summary>A set's name: its folder, such as <c>paraphrased</c>.</summary>
    private static string Name(string file) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)))!;

    private static void Save(EvidenceCalibration calibration, string folder)
    {
        try
        {
            calibration.Save(folder);
            Console.Error.WriteLine($"Written to {Path.Combine(folder, EvidenceCalibration.FileName)}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"{EvidenceCalibration.FileName} cannot be written into {folder}: {e.Message}");
        }
    }
}
