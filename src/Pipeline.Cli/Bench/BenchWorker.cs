using System.Diagnostics;
using System.Text.Json;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Measurement;
using Pipeline.Models;

namespace Pipeline.Cli.Bench;

/// <summary>One engine in a process of its own: takes orders from standard input, measures, and answers on standard output, one JSON object a line.</summary>
internal sealed class BenchWorker : IDisposable
{
    private const int WarmUpTokens = 64;
    private const int DecodeTokens = 65;

    private static readonly GenerationOptions NoStop = new() { StopTokens = [] };

    private readonly IDocumentEngine? engine;
    private readonly MatMulRate? matMul;
    private readonly int vocabulary;
    private readonly long? baseline;

    /// <param name="folder">The model.</param>
    /// <param name="engine">What to measure; null measures the matrix product.</param>
    /// <param name="threads">Threads of the matrix product.</param>
    internal BenchWorker(ModelFolder folder, EngineSelection? engine, int threads)
    {
        vocabulary = folder.Config.VocabSize;
        if (engine is null)
        {
            matMul = new MatMulRate(threads);
            return;
        }

        this.engine = DocumentEngines.Load(folder, engine);
        Measure(new BenchOrder(BenchOrder.Read, WarmUpTokens, WarmUpTokens, Questions: 2, AnswerTokens: 2));
        GC.Collect();
        baseline = ProcessMemory.Resident();
    }

    /// <summary>Serves until standard input ends.</summary>
    internal static void Serve(Func<BenchWorker> create)
    {
        BenchWorker? worker = null;
        try
        {
            BenchMeasurement ready;
            try
            {
                worker = create();
                ready = new BenchMeasurement();
            }
            catch (Exception e) when (e is InferenceException or ModelFolderException)
            {
                ready = new BenchMeasurement(e.Message);
            }

            Console.WriteLine(JsonSerializer.Serialize(ready));
            while (worker is not null && Console.ReadLine() is { } line)
            {
                Console.WriteLine(JsonSerializer.Serialize(worker.Obey(JsonSerializer.Deserialize<BenchOrder>(line)!)));
            }
        }
        finally
        {
            worker?.Dispose();
        }
    }

    public void Dispose()
    {
        matMul?.Dispose();
        engine?.Dispose();
    }

    private BenchMeasurement Obey(BenchOrder order)
    {
        try
        {
            return matMul is null ? Measure(order) : new BenchMeasurement(Gflops: matMul.MeasureGflops());
        }
        catch (InferenceException e)
        {
            return new BenchMeasurement(e.Message);
        }
    }

    private BenchMeasurement Measure(BenchOrder order)
    {
        var questions = Math.Max(order.Questions, 1);
        var document = BenchTokens.Document(order.Tokens, vocabulary);
        QuestionTokens[] asked = [.. Enumerable.Range(0, questions).Select(i => new QuestionTokens(BenchTokens.Question(i, vocabulary)))];
        var reserve = asked[0].Tokens.Count + Math.Max(DecodeTokens, order.AnswerTokens);
        var read = new ReadOptions { ChunkTokens = order.ChunkTokens, ReserveTokens = reserve };

        ProcessMemory.ResetPeak();
        var started = Stopwatch.GetTimestamp();
        using var session = engine!.Read(document, read, null, default);
        var readSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var peak = ProcessMemory.Peak() - baseline;

        var one = session.Answer(asked[..1], NoStop with { MaxTokens = DecodeTokens }, null, default)[0].Usage;
        if (order.Questions == 0)
        {
            return new BenchMeasurement(null, 0, readSeconds, one.OutputTokens - 1, one.DecodeMs / 1000, 0, 0, peak);
        }

        started = Stopwatch.GetTimestamp();
        var answers = session.Answer(asked, NoStop with { MaxTokens = order.AnswerTokens }, null, default);
        var answerSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new BenchMeasurement(
            null, 0, readSeconds, one.OutputTokens - 1, one.DecodeMs / 1000, answers.Sum(a => a.Usage.OutputTokens), answerSeconds, peak);
    }
}
