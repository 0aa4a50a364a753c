using System.CommandLine;
using System.Text.Json;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Evidence;
using Pipeline.Models;

namespace Pipeline.Cli.Evidence;

/// <summary><c>pipeline evaluate</c>: evidence and answers against questions whose answers are known.</summary>
internal static class EvaluateCommand
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly Option<string[]> Questions = new("--questions")
    {
        Description = "JSON file of documents with questions, accepted answers and evidence; may be given several times.",
        Required = true,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Write the result as JSON." };
    private static readonly KnownQuestionOptions Shared = new();

    /// <summary>The command with its options.</summary>
    internal static Command Create()
    {
        var command = new Command("evaluate", "Measures evidence, answers and unanswered questions against known ones, beside BM25 over the same sentences.") { Questions, Json };
        Shared.AddTo(command);
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => RunAsync(arguments, cancellation)));
        return command.WithExamples("pipeline evaluate --questions tests/corpus/paraphrased/questions.json --split test");
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        ModelFolder model = Shared.Model(arguments);
        KnownDocument[] documents = [.. arguments.GetRequiredValue(Questions).SelectMany(f => Shared.Documents(arguments, f, split: null))];
        EvidenceCalibration? calibration = EvidenceCalibration.Load(model.Path);
        using IDocumentEngine engine = Shared.Load(arguments, model);
        KnownQuestionRun run = Shared.Run(arguments, model, engine, calibration?.AttentionHeads ?? [], calibration?.Distance ?? 0);
        var evaluation = new Evaluation(calibration);
        foreach (KnownDocument document in documents)
        {
            await Console.Error.WriteLineAsync($"{Path.GetFileName(document.File)}: {document.Questions.Count} questions");
            evaluation.Add([.. run.Ask(await KnownText.ReadAsync(document, cancellation), cancellation)]);
        }

        EvaluationResult result = evaluation.Result(run.Beyond, run.Answering);
        if (arguments.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
        }
        else
        {
            EvaluationTable.Write(result, Console.Out);
        }

        return ExitCode.Success;
    }
}
