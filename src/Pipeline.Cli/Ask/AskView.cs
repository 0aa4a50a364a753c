using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Cli.Evidence;
using Pipeline.Documents;
using Pipeline.Inference.Engines;
using Pipeline.Models;
using Spectre.Console;

namespace Pipeline.Cli.Ask;

/// <summary>
/// What a person sees. Answers go to standard output as they finish; with <c>--json</c> only the result does. Progress goes to standard error:
/// a bar on a terminal, a line every two seconds elsewhere.
/// </summary>
internal sealed class AskView
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly bool json;
    private readonly IAnsiConsole error;
    private readonly long start = Stopwatch.GetTimestamp();
    private TimeSpan lastLine;

    internal AskView(bool json)
    {
        this.json = json;
        error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    }

    private static bool IsTerminal => !Console.IsErrorRedirected;

    /// <summary>Before reading starts: how long it is and that it fits.</summary>
    internal static void Fits(ExtractedDocument document, int tokens, ModelFolder model)
    {
        int context = model.Config.ContextLength;
        string pages = document.Pages.Count > 1 ? $"{document.Pages.Count:N0} pages, " : string.Empty;
        Console.Error.WriteLine($"{document.Name}: {pages}{document.Text.Length:N0} characters, {tokens:N0} tokens; fits {model.Name} ({context:N0}), {context - tokens:N0} left for question and answer.");
        foreach (string warning in document.Warnings)
        {
            Console.Error.WriteLine($"Note: {warning}");
        }
    }

    /// <summary>Shows tokens per second and time left while <paramref name="read"/> runs.</summary>
    internal IDocumentSession WhileReading(Func<Action<ReadProgress>, IDocumentSession> read)
    {
        if (!IsTerminal)
        {
            return read(Line);
        }

        return error.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("Reading");
                return read(progress =>
                {
                    task.MaxValue = progress.TokensTotal;
                    task.Value = progress.TokensRead;
                    task.Description = Markup.Escape($"Reading {Words(progress)}");
                });
            });
    }

    internal void Answered(AskedAnswer answer, int finished, int total)
    {
        if (json)
        {
            Console.Error.WriteLine($"Answered {finished} of {total}.");
            return;
        }

        Console.WriteLine();
        Console.WriteLine($"Q  {answer.Question}");
        Console.WriteLine($"A  {Visible(answer.Text)}{(answer.FinishReason == "length" ? " … (cut by --max-tokens)" : string.Empty)}");
        foreach (AskedCitation citation in answer.Citations)
        {
            Console.WriteLine($"   {100 * citation.Score,3:F0} %  page {citation.Page}: \"{Visible(string.Join(' ', citation.Quote.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))}\"");
        }

        if (answer.Unsupported.Count > 0)
        {
            Console.WriteLine($"   Not in these passages: {Visible(string.Join(", ", answer.Unsupported.Select(u => u.Text).Distinct(StringComparer.Ordinal)))}. Check before use.");
        }

        if (answer.NoAnswer)
        {
            Console.WriteLine("   The document seems not to answer this question.");
        }
    }

    internal void Finish(AskResult result)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(result, JsonOptions));
        }

        double readSeconds = result.Timings.ReadMs / 1000, answerSeconds = result.Timings.AnswerMs / 1000;
        long output = result.Answers.Sum(a => (long)a.Usage.OutputTokens);
        string cache = result.Cache.State switch
        {
            CacheState.Hit => $"document restored from the KV store ({result.Cache.TokensReused:N0} tokens) in {readSeconds:F1} s",
            CacheState.Partial => $"document read in {readSeconds:F1} s ({result.Cache.TokensReused:N0} tokens restored, {result.Cache.TokensComputed:N0} computed)",
            _ => $"document read in {readSeconds:F1} s ({result.Cache.TokensComputed / Math.Max(readSeconds, 1e-3):F0} tokens/s)",
        };
        if (EvidenceWords.WhyNone(result.Answers[0].Evidence) is { } why)
        {
            Console.Error.WriteLine(why);
        }

        Console.Error.WriteLine();
        Console.Error.WriteLine(
            $"{Count(result.Answers.Count, "answer")}, {Count(output, "token")} in {answerSeconds:F1} s ({output / Math.Max(answerSeconds, 1e-3):F0} tokens/s); {cache}; " +
            $"model loaded in {result.Timings.LoadMs / 1000:F1} s; {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s in all.");
    }

    /// <summary>An answer can hold what the document held: control characters must not reach the terminal.</summary>
    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? '\uFFFD' : c));

    private static string Count(long number, string noun) => $"{number:N0} {noun}{(number == 1 ? string.Empty : "s")}";

    private static string Words(ReadProgress progress)
    {
        int computed = progress.TokensRead - progress.TokensReused;
        if (computed <= 0 || progress.Elapsed <= TimeSpan.Zero)
        {
            return $"{progress.TokensRead:N0} of {progress.TokensTotal:N0} tokens";
        }

        // Later tokens see more keys, so what is left takes longer than the average so far; the estimate grows with it.
        double rate = computed / progress.Elapsed.TotalSeconds;
        double left = (progress.TokensTotal - progress.TokensRead) / rate;
        return $"{progress.TokensRead:N0} of {progress.TokensTotal:N0} tokens, {rate:F0} tokens/s, {left:F0} s left";
    }

    private void Line(ReadProgress progress)
    {
        TimeSpan now = Stopwatch.GetElapsedTime(start);
        if (now - lastLine >= TimeSpan.FromSeconds(2))
        {
            lastLine = now;
            Console.Error.WriteLine($"Reading: {Words(progress)}");
        }
    }
}
