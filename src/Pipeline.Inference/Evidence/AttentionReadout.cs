using System.Diagnostics;
using Pipeline.Attention;
using Pipeline.Inference.Operator;

namespace Pipeline.Inference.Evidence;

/// <summary>Adds up, while questions are read, how much attention the chosen heads pay to each token of the document.</summary>
internal sealed class AttentionReadout(AttentionRequest request, int documentTokens)
{
    private readonly IReadOnlyList<AttentionHead> heads = request.Heads;
    private readonly Dictionary<int, float[][]> sums = []; // by question: [heads][documentTokens], 0 before the document
    private readonly Dictionary<int, long> ticks = []; // by question

    /// <summary>An observer of one pass over these questions' rows, in the order of the pass's sequences.</summary>
    internal AttentionObserver Observe(IReadOnlyList<int> questions)
    {
        foreach (int question in questions)
        {
            sums.TryAdd(question, [.. heads.Select(_ => new float[documentTokens])]);
        }

        return (int layerNumber, AttentionLayer layer, AttentionBatch batch, in AttentionTensors tensors, AttentionWorkspace workspace, IParallel parallel) =>
        {
            for (int h = 0; h < heads.Count; h++)
            {
                if (heads[h].Layer != layerNumber)
                {
                    continue;
                }

                for (int sequence = 0; sequence < questions.Count; sequence++)
                {
                    long start = Stopwatch.GetTimestamp();
                    Memory<float> document = sums[questions[sequence]][h].AsMemory(request.FirstToken);
                    KeyAttention.Add(layer, batch, tensors, workspace, sequence, heads[h].Head, request.FirstToken, request.Distance, document, parallel);
                    ticks[questions[sequence]] = ticks.GetValueOrDefault(questions[sequence]) + Stopwatch.GetTimestamp() - start;
                }
            }
        };
    }

    /// <summary>A question's attention, averaged over its <paramref name="rows"/> tokens. It is handed out once.</summary>
    internal QuestionAttention Take(int question, int rows)
    {
        sums.Remove(question, out float[][]? taken);
        foreach (float[] head in taken!)
        {
            for (int token = 0; token < head.Length; token++)
            {
                head[token] /= rows;
            }
        }

        return new QuestionAttention(heads, taken, Stopwatch.GetElapsedTime(0, ticks.GetValueOrDefault(question)));
    }
}
