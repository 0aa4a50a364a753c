using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Engines.Ort;
using Pipeline.Inference.Generation;
using Pipeline.Models;

namespace Pipeline.Inference.Verification;

/// <summary>
/// Compares the native engine with ONNX Runtime's own attention on the uncut graph, over generated tokens: the check for model folders that bring no oracle.
/// </summary>
public static class UncutGraphComparison
{
    /// <summary>Margins below this are near ties: rounding decides them.</summary>
    private const double NearTie = 1e-3;

    private const int GreedyTokens = 24;

    /// <summary>Tokens compared: past the block and window sizes in use, short enough for every context.</summary>
    private const int Tokens = 300;

    /// <summary>Runs both engines. Set ORT_GQA_DISABLE_FLASH_ATTENTION=1 before the process starts to compare with the other of ONNX Runtime's two paths.</summary>
    /// <exception cref="InferenceException">One of the engines cannot run the folder.</exception>
    public static VerificationReport Run(ModelFolder folder, int threads, CancellationToken cancellation)
    {
        int count = Math.Min(Tokens, (folder.Config.ContextLength / 2) - GreedyTokens);
        int vocabulary = folder.Config.VocabSize;
        int[] prompt = [.. new OracleGenerator(4711, count).Generate().Select(id => id % vocabulary)];
        using NativeEngine native = NativeEngine.Load(folder, new NativeEngineOptions { Threads = threads });
        float[][] ours = [.. LogitReader.Read(native, prompt, _ => true, cancellation).Select(r => r.Logits)];

        using var ort = new OrtEngine(folder, new OrtOptions { Threads = threads });
        double difference = 0;
        int same = 0;
        using (OrtDocumentSession session = ort.ReadDocument(prompt[..1], new ReadOptions { ReserveTokens = count }, progress: null, cancellation))
        {
            float[] theirs = session.Evaluate(prompt[1..], [.. Enumerable.Range(0, count - 1)], queryLimits: null, cancellation).Logits;
            for (int position = 1; position < count; position++)
            {
                ReadOnlySpan<float> expected = theirs.AsSpan((position - 1) * vocabulary, vocabulary), actual = ours[position];
                for (int i = 0; i < vocabulary; i++)
                {
                    difference = Math.Max(difference, Math.Abs(expected[i] - actual[i]));
                }

                same += actual[Sampler.ArgMax(actual)] - actual[Sampler.ArgMax(expected)] <= NearTie ? 1 : 0;
            }
        }

        bool greedy = Continue(native, prompt, cancellation).SequenceEqual(Continue(ort, prompt, cancellation));
        double agreement = (double)same / (count - 1);
        bool passed = difference <= ModelVerifier.DefaultTolerance && same == count - 1 && greedy;
        return new VerificationReport(folder.Name, 1, difference, ModelVerifier.DefaultTolerance, agreement, greedy, passed);
    }

    private static IReadOnlyList<int> Continue(IDocumentEngine engine, int[] prompt, CancellationToken cancellation)
    {
        using IDocumentSession session = engine.Read(prompt[..^1], new ReadOptions { ReserveTokens = GreedyTokens + 1 }, progress: null, cancellation);
        return session.Answer([new QuestionTokens(prompt[^1..])], new GenerationOptions { MaxTokens = GreedyTokens, StopTokens = [] }, observer: null, cancellation)[0].Tokens;
    }
}
