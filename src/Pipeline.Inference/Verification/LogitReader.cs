using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Verification;

/// <summary>Reads a prompt and yields the logits of chosen positions; chunks without any compute none.</summary>
internal static class LogitReader
{
    internal static IEnumerable<(int Position, float[] Logits)> Read(
        NativeEngine engine, IReadOnlyList<int> tokens, Func<int, bool> wanted, CancellationToken cancellation, int chunkTokens = 512)
    {
        using var sequence = new KvSequence(engine.Pool);
        int regime = engine.RopeRegime(tokens.Count);
        while (sequence.Length < tokens.Count)
        {
            int first = sequence.Length, count = Math.Min(chunkTokens, tokens.Count - first);
            bool any = Enumerable.Range(first, count).Any(wanted);
            var input = new PassInput(sequence, new TokenSlice(tokens, first, count), any ? count : 0);
            Logits logits = engine.Pass.Run([input], regime, oneRowKernel: false, cancellation);
            for (int i = 0; any && i < count; i++)
            {
                if (wanted(first + i))
                {
                    yield return (first + i, logits.Row(i).ToArray());
                }
            }
        }
    }
}
