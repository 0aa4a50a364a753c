using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Models;

namespace Pipeline.Cli.Bench;

/// <summary>What to measure.</summary>
/// <param name="Folder">The model.</param>
/// <param name="Tokens">Document lengths, ascending.</param>
/// <param name="Engines">Names of engines.</param>
/// <param name="Questions">Questions asked together.</param>
/// <param name="AnswerTokens">Tokens of each of their answers.</param>
/// <param name="Threads">Threads; 0 for one a core.</param>
/// <param name="Provider">Where the peers run.</param>
/// <param name="GenAiLibrary">The GenAI library's file; null for the usual places.</param>
/// <param name="Repeats">Timed repetitions; null for 5, and 3 for documents above <see cref="LongTokens"/>.</param>
internal sealed record BenchPlan(
    ModelFolder Folder,
    IReadOnlyList<int> Tokens,
    IReadOnlyList<string> Engines,
    int Questions,
    int AnswerTokens,
    int Threads,
    ExecutionProvider Provider,
    string? GenAiLibrary,
    int? Repeats)
{
    private const int LongTokens = 4096;

    /// <summary>Tokens a question, and the longest answer of the bench, take behind the document.</summary>
    private const int Room = 128;

    internal int RepeatsOf(int tokens) => Repeats ?? (tokens > LongTokens ? 3 : 5);

    /// <exception cref="InferenceException">Names what can't be measured.</exception>
    internal void Check()
    {
        if (Engines.Except(DocumentEngines.Names, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new InferenceException($"There is no engine {unknown}; --engines takes {string.Join(", ", DocumentEngines.Names)}.");
        }

        if (Tokens.Count == 0 || Tokens[0] < 16)
        {
            throw new InferenceException("--tokens takes document lengths of 16 tokens and more, such as 512,2048,8000.");
        }

        var room = Math.Max(Room, BenchTokens.QuestionTokens + AnswerTokens);
        if (Tokens[^1] + room > Folder.Config.ContextLength)
        {
            throw new InferenceException(
                $"{Tokens[^1]:N0} tokens with a question and its answer do not fit {Folder.Name}, which holds {Folder.Config.ContextLength:N0}; up to {Folder.Config.ContextLength - room:N0} do.");
        }
    }

    /// <param name="spinning">Whether GenAI's idle threads spin.</param>
    internal EngineSelection Engine(string name, bool spinning) => new()
    {
        Name = name,
        Provider = name is "native" ? ExecutionProvider.Cpu : Provider,
        Threads = Threads,
        GenAiLibrary = GenAiLibrary,
        Spinning = spinning,
        IgnoreEndOfText = true, // Every engine makes as many tokens.
    };

    /// <summary>Arguments that make this program a worker for <paramref name="engine"/>; null for the matrix product.</summary>
    internal IEnumerable<string> WorkerArguments(EngineSelection? engine)
    {
        List<string> arguments =
        [
            "bench", BenchCommand.WorkerOption, engine?.Name ?? BenchOrder.MatMul, "--model", Folder.Path,
            "--threads", Threads.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "--provider", Provider == ExecutionProvider.Cuda ? "cuda" : "cpu",
        ];
        if (engine is not null)
        {
            arguments.AddRange([BenchCommand.SpinningOption, engine.Spinning is true ? "true" : "false"]);
        }

        if (GenAiLibrary is not null)
        {
            arguments.AddRange(["--genai-library", GenAiLibrary]);
        }

        return arguments;
    }
}
