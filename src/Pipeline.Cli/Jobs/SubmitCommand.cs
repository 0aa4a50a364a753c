using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Jobs;

namespace Pipeline.Cli.Jobs;

/// <summary><c>pipeline submit</c>: documents into the pipeline.</summary>
internal static class SubmitCommand
{
    private static readonly Argument<string[]> Paths = new("FILE|FOLDER") { Description = "Files, or folders whose files are taken.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Set = new("--set") { Description = "Name of a question set in the account." };
    private static readonly Option<string[]> Question = new("--question", "-q") { Description = "A question; may be given several times." };
    private static readonly Option<string?> Model = new("--model") { Description = "Name of a model folder of the workers." };
    private static readonly Option<string?> Instructions = new("--instructions") { Description = "Replaces the model's system text." };
    private static readonly Option<bool> Force = new("--force") { Description = "Analyse again even where a result exists." };
    private static readonly Option<bool> Wait = new("--wait") { Description = "Wait for the results; exit code 1 if one is not a success." };

    public static Command Create() => JobCommand.Create(
        "submit", "Uploads documents and starts their analysis. Prints one job id a line.", [Paths, Set, Question, Model, Instructions, Force, Wait], RunAsync)
        .WithExamples("pipeline submit samples/lease.md --set lease --wait", "pipeline submit contracts/ -q \"Who are the parties?\" -q \"When does it end?\"");

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var client = new JobClient(StorageChoice.Open(arguments), TimeProvider.System);
        var questions = arguments.GetValue(Question) is { Length: > 0 } texts ? texts.Select(t => new Question(t)).ToList() : null;
        if (questions is not null && arguments.GetValue(Set) is not null) throw new CommandFailure("--set and --question exclude each other.");
        var ids = new List<string>();
        foreach (var file in Expand(arguments.GetValue(Paths)!))
        {
            await using var content = File.OpenRead(file);
            var request = new JobRequest(
                Path.GetFileName(file), await RequestIdAsync(content, arguments, cancellation), arguments.GetValue(Set), questions, arguments.GetValue(Model), arguments.GetValue(Instructions), arguments.GetValue(Force));
            content.Position = 0;
            var id = await client.SubmitAsync(request, content, cancellation);
            Console.WriteLine($"{id}  {file}");
            ids.Add(id);
        }

        return arguments.GetValue(Wait) ? await JobWait.RunAsync(client, ids, cancellation) : ExitCode.Success;
    }

    private static IEnumerable<string> Expand(string[] paths)
    {
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                foreach (var file in Directory.GetFiles(path).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)) yield return file;
            }
            else if (File.Exists(path)) yield return path;
            else throw new CommandFailure($"There is no file or folder {path}.");
        }
    }

    /// <summary>The same content and request give the same id, so a command that is repeated after a broken connection starts nothing twice; --force always starts anew.</summary>
    private static async Task<string> RequestIdAsync(Stream content, ParseResult arguments, CancellationToken cancellation)
    {
        if (arguments.GetValue(Force)) return Guid.NewGuid().ToString("N");
        var asked = string.Join('\n', [arguments.GetValue(Set), arguments.GetValue(Model), arguments.GetValue(Instructions), .. arguments.GetValue(Question) ?? []]);
        var hash = await SHA256.HashDataAsync(content, cancellation);
        return Convert.ToHexStringLower(SHA256.HashData([.. hash, .. Encoding.UTF8.GetBytes(asked)]))[..32];
    }
}
