using System.Runtime.InteropServices;

namespace Pipeline.Attention.Tests;

/// <summary>Random queries, keys and values of one sequence, and ways to run them through a layer.</summary>
internal sealed unsafe class AttentionCase : IDisposable
{
    private readonly List<nint> owned = [];

    public AttentionCase(AttentionParameters parameters, int tokens, int seed, bool rotary = false, bool interleaved = false, int rotaryPairs = 0, bool sinks = false)
    {
        Parameters = parameters;
        Tokens = tokens;
        var random = new Random(seed);
        Queries = Fill(random, (long)tokens * parameters.QueryHeads * parameters.HeadSize, 2);
        Keys = Fill(random, (long)tokens * parameters.KvHeads * parameters.HeadSize, 2);
        Values = Fill(random, (long)tokens * parameters.KvHeads * parameters.HeadSize, 1);
        Layout = new KvLayout(parameters.KvHeads, parameters.HeadSize, offset: 32);
        if (sinks)
        {
            Sinks = [.. Enumerable.Range(0, parameters.QueryHeads).Select(_ => (float)((random.NextDouble() * 4) - 2))];
        }

        if (rotary)
        {
            int pairs = rotaryPairs == 0 ? parameters.HeadSize / 2 : rotaryPairs;
            Cos = Allocate((long)tokens * pairs);
            Sin = Allocate((long)tokens * pairs);
            for (int p = 0; p < tokens; p++)
            {
                for (int i = 0; i < pairs; i++)
                {
                    double angle = p * Math.Pow(10000, -(double)i / pairs);
                    Cos[((long)p * pairs) + i] = (float)Math.Cos(angle);
                    Sin[((long)p * pairs) + i] = (float)Math.Sin(angle);
                }
            }

            Rotary = new RotaryEmbedding(Cos, Sin, tokens, pairs, interleaved);
        }
    }

    public AttentionParameters Parameters { get; }

    public KvLayout Layout { get; }

    public int Tokens { get; }

    public float* Queries { get; }

    public float* Keys { get; }

    public float* Values { get; }

    public float[] Sinks { get; } = [];

    public RotaryEmbedding? Rotary { get; }

    private float* Cos { get; }

    private float* Sin { get; }

    public static nint[] NewBlocks(AttentionCase owner, int tokens)
        => [.. Enumerable.Range(0, (tokens + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens).Select(_ => (nint)owner.Allocate(owner.Layout.Offset + owner.Layout.Floats))];

    public float* Allocate(long floats)
    {
        void* memory = NativeMemory.AlignedAlloc((nuint)(floats * sizeof(float)), 64);
        NativeMemory.Clear(memory, (nuint)(floats * sizeof(float)));
        owned.Add((nint)memory);
        return (float*)memory;
    }

    /// <summary>Runs tokens [first, first + count) of the sequence.</summary>
    public AttentionTensors Tensors(int first, float* output) => new()
    {
        Queries = Queries + ((long)first * QueryFloats),
        QueryStride = QueryFloats,
        Keys = Keys + ((long)first * KvFloats),
        KeyStride = KvFloats,
        Values = Values + ((long)first * KvFloats),
        ValueStride = KvFloats,
        Output = output,
        OutputStride = QueryFloats,
    };

    public int QueryFloats => Parameters.QueryHeads * Parameters.HeadSize;

    public int KvFloats => Parameters.KvHeads * Parameters.HeadSize;

    /// <summary>The whole sequence in chunks; output <c>[tokens, queryHeads, headSize]</c>.</summary>
    public float[] RunChunks(int chunk, int threads, KernelChoice kernel = KernelChoice.Best)
    {
        var layer = new AttentionLayer(Parameters, Layout, Rotary, Sinks, kernel);
        using var workspace = new AttentionWorkspace();
        var parallel = new TestParallel(threads);
        nint[] blocks = NewBlocks(this, Tokens);
        float* output = Allocate((long)Tokens * QueryFloats);
        for (int first = 0; first < Tokens; first += chunk)
        {
            int count = Math.Min(chunk, Tokens - first);
            var batch = new AttentionBatch([new SequenceRows(first, count, blocks)], count);
            layer.Run(batch, Tensors(first, output + ((long)first * QueryFloats)), workspace, parallel);
        }

        return new ReadOnlySpan<float>(output, Tokens * QueryFloats).ToArray();
    }

    /// <summary>Output of one token and head in double precision.</summary>
    public double[] Reference(int token, int head)
    {
        AttentionParameters p = Parameters;
        int kvHead = head / p.GroupSize;
        int start = p.WindowTokens == 0 ? 0 : Math.Max(0, token + 1 - p.WindowTokens);
        double[] query = Rotated(Queries + (((long)token * p.QueryHeads) + head) * p.HeadSize, token);
        double[] keys = new double[(token + 1 - start) * p.HeadSize];
        double[] values = new double[keys.Length];
        for (int t = start; t <= token; t++)
        {
            Rotated(Keys + ((((long)t * p.KvHeads) + kvHead) * p.HeadSize), t).CopyTo(keys, (t - start) * p.HeadSize);
            for (int d = 0; d < p.HeadSize; d++)
            {
                values[((t - start) * p.HeadSize) + d] = Values[((((long)t * p.KvHeads) + kvHead) * p.HeadSize) + d];
            }
        }

        return ReferenceAttention.Attend(query, keys, values, p.EffectiveScale, p.Softcap, Sinks.Length == 0 ? null : Sinks[head]).Output;
    }

    /// <summary>
    /// Attention probabilities of one token and head for the keys [first, end), in double precision; what these keys have in all is divided among them as if blocks that begin more than
    /// <paramref name="distance"/> back began just there.
    /// </summary>
    public double[] Probabilities(int token, int head, int first, int end, int distance)
    {
        double[] plain = Weights(token, head, distance: 0), seen = Weights(token, head, distance);
        double all = plain.Sum() + (Sinks.Length == 0 ? 0 : Math.Exp(Sinks[head])), part = plain[first..end].Sum() / all, sum = seen[first..end].Sum();
        return [.. seen[first..end].Select(w => sum > 0 ? w / sum * part : 0)];
    }

    /// <summary>Exponentials of the scores of a token with all up to its own.</summary>
    private double[] Weights(int token, int head, int distance)
    {
        AttentionParameters p = Parameters;
        int kvHead = head / p.GroupSize;
        double[] weights = new double[token + 1];
        for (int t = p.WindowTokens == 0 ? 0 : Math.Max(0, token + 1 - p.WindowTokens); t <= token; t++)
        {
            int position = distance == 0 ? token : Math.Min(token, (t / KvLayout.BlockTokens * KvLayout.BlockTokens) + distance);
            double[] query = Rotated(Queries + (((long)token * p.QueryHeads) + head) * p.HeadSize, position);
            double[] key = Rotated(Keys + ((((long)t * p.KvHeads) + kvHead) * p.HeadSize), t);
            double score = query.Zip(key, (a, b) => a * b).Sum() * p.EffectiveScale;
            weights[t] = Math.Exp(p.Softcap > 0 ? p.Softcap * Math.Tanh(score / p.Softcap) : score);
        }

        return weights;
    }

    /// <summary>Tensors in which rows [first, first + count) stand <paramref name="times"/> times before the <paramref name="count"/> rows that follow them.</summary>
    public AttentionTensors Repeated(int first, int count, int times)
    {
        float* Copy(float* source, int width)
        {
            float* copy = Allocate((long)(times + 1) * count * width);
            for (int i = 0; i <= times; i++)
            {
                long from = i < times ? first : first + count;
                new ReadOnlySpan<float>(source + (from * width), count * width).CopyTo(new Span<float>(copy + ((long)i * count * width), count * width));
            }

            return copy;
        }

        return new AttentionTensors
        {
            Queries = Copy(Queries, QueryFloats),
            QueryStride = QueryFloats,
            Keys = Copy(Keys, KvFloats),
            KeyStride = KvFloats,
            Values = Copy(Values, KvFloats),
            ValueStride = KvFloats,
            Output = Allocate((long)(times + 1) * count * QueryFloats),
            OutputStride = QueryFloats,
        };
    }

    public void Dispose()
    {
        foreach (nint memory in owned)
        {
            NativeMemory.AlignedFree((void*)memory);
        }

        owned.Clear();
    }

    private double[] Rotated(float* vector, int position)
    {
        int n = Parameters.HeadSize;
        double[] result = new double[n];
        for (int d = 0; d < n; d++)
        {
            result[d] = vector[d];
        }

        if (Rotary is null)
        {
            return result;
        }

        int pairs = Rotary.Pairs;
        for (int i = 0; i < pairs; i++)
        {
            (int a, int b) = Rotary.Interleaved ? (2 * i, (2 * i) + 1) : (i, i + pairs);
            double c = Cos[((long)position * pairs) + i], s = Sin[((long)position * pairs) + i];
            (result[a], result[b]) = ((vector[a] * c) - (vector[b] * s), (vector[a] * s) + (vector[b] * c));
        }

        return result;
    }

    private float* Fill(Random random, long count, double scale)
    {
        float* memory = Allocate(count);
        for (long i = 0; i < count; i++)
        {
            memory[i] = (float)(((random.NextDouble() * 2) - 1) * scale);
        }

        return memory;
    }
}

internal sealed class TestParallel(int threads) : IParallel
{
    public int Threads => threads;

    public void For(int count, Action<int> body) => Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
}
