namespace Pipeline.Inference.Generation;

/// <summary>Chooses the next token of one answer. Draws depend on the seed and the question's number alone.</summary>
internal sealed class Sampler(GenerationOptions options, int question)
{
    private ulong state = options.Seed ^ (0x9E3779B97F4A7C15UL * ((ulong)question + 1));

    /// <summary>The next token from its logits, <c>[vocabulary]</c>: the largest, the first of equals; or a draw.</summary>
    internal int Choose(ReadOnlySpan<float> logits) => options.Temperature == 0 ? ArgMax(logits) : Draw(logits);

    internal static int ArgMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
            {
                best = i;
            }
        }

        return best;
    }

    private int Draw(ReadOnlySpan<float> logits)
    {
        double highest = logits[ArgMax(logits)];
        double[] weights = new double[logits.Length];
        int[] order = new int[logits.Length];
        double total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            weights[i] = Math.Exp((logits[i] - highest) / options.Temperature);
            order[i] = i;
            total += weights[i];
        }

        // The nucleus: the most likely tokens whose probabilities reach top-p together (Holtzman et al., arXiv 1904.09751).
        Array.Sort(order, (a, b) => weights[b] != weights[a] ? weights[b].CompareTo(weights[a]) : a.CompareTo(b));
        double nucleus = 0;
        int count = 0;
        while (count < order.Length && nucleus < options.TopP * total)
        {
            nucleus += weights[order[count++]];
        }

        double target = NextDouble() * nucleus;
        for (int i = 0; i < count; i++)
        {
            target -= weights[order[i]];
            if (target < 0)
            {
                return order[i];
            }
        }

        return order[count - 1];
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers on every platform and .NET version.</summary>
    private double NextDouble()
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
