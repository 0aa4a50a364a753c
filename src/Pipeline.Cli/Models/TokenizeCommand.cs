using System.CommandLine;
using System.Text.Json;
using Pipeline.Models;

namespace Pipeline.Cli.Models;

/// <summary><c>pipeline tokenize</c>: compares a folder's tokeniser with reference cases, id for id.</summary>
internal static class TokenizeCommand
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web);
    private static readonly Option<string?> Model = new("--model") { Description = "Model folder. Default: the model that comes with the project." };
    private static readonly Option<string> Cases = new("--cases") { Description = "File of reference cases.", Required = true };
    private static readonly Option<string?> Name = new("--name") { Description = "Name of the tokeniser in the file; by default the one with as many tokens." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    /// <summary>The command with its options.</summary>
    internal static Command Create()
    {
        var command = new Command("tokenize", "Compares a model folder's tokeniser with reference cases: ids, decoding and streaming. Exit code 1 on any difference.")
        {
            Model, Cases, Name, Json,
        };
        command.SetAction((arguments, _) => CommandAction.RunAsync(() => Task.FromResult(Run(arguments))));
        return command.WithExamples("pipeline tokenize --model tests/models/tiny/llama --cases tests/models/tokenizer-cases.json");
    }

    private static int Run(ParseResult arguments)
    {
        ModelTokenizer tokenizer = ModelLocation.Open(arguments.GetValue(Model)).LoadTokenizer();
        TokenizerCaseFile file = TokenizerCaseFile.Read(arguments.GetRequiredValue(Cases));
        TokenizerVerdict verdict = file.Verify(tokenizer, file.Find(tokenizer, arguments.GetValue(Name)));
        if (arguments.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(verdict, JsonOptions));
        }
        else
        {
            Console.WriteLine($"{verdict.Name}: {verdict.Cases - verdict.Failures.Select(f => f.Case).Distinct().Count()} of {verdict.Cases} cases equal.");
            foreach (TokenizerFailure failure in verdict.Failures.Take(10))
            {
                Console.WriteLine($"  case {failure.Case}, {failure.What}: expected {failure.Expected}, got {failure.Actual}");
            }
        }

        return verdict.Passed ? ExitCode.Success : ExitCode.Failure;
    }
}
