namespace Pipeline.Attention.Tests;

public sealed unsafe class KeyAttentionTests
{
    // Sums of at most 40 probabilities, each within 1e-5 relative of the double-precision one: errors stay well below 1e-4, a wrong head, mask or rotation moves them by 0.01 and more.
    private const double Tolerance = 1e-4;

    /// <summary>In the middle of a block.</summary>
    private const int FirstKey = 21;

    private static readonly AttentionParameters Plain = new() { QueryHeads = 6, KvHeads = 2, HeadSize = 64 };

    public static TheoryData<AttentionParameters, bool, int, bool> Layers => new()
    {
        { Plain, false, 0, false },
        { Plain, true, 0, false },
        { Plain, true, 80, false },
        { Plain with { Softcap = 3 }, true, 130, false },
        { Plain with { WindowTokens = 150, HeadSize = 48 }, true, 0, false },
        { Plain with { Scale = 0.2f, KvHeads = 6 }, true, 100, true },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Is_the_probability_of_the_formula(AttentionParameters parameters, bool rotary, int distance, bool sinks)
    {
        using var attention = new AttentionCase(parameters, 240, seed: 3, rotary: rotary, sinks: sinks);
        foreach (KernelChoice kernel in Enum.GetValues<KernelChoice>().Where(KernelChoices.IsSupported))
        {
            foreach (int head in new[] { 0, 5 })
            {
                float[] mass = ReadOut(attention, document: 203, [37], head, threads: 2, kernel, distance: distance);
                double[] expected = new double[203 - FirstKey];
                for (int row = 203; row < 240; row++)
                {
                    double[] own = attention.Probabilities(row, head, FirstKey, 203, distance);
                    for (int key = 0; key < expected.Length; key++)
                    {
                        expected[key] += own[key];
                    }
                }

                for (int key = 0; key < expected.Length; key++)
                {
                    Assert.True(Math.Abs(expected[key] - mass[key]) < Tolerance, $"{kernel}, head {head}, key {key}: {mass[key]} instead of {expected[key]}");
                }
            }
        }
    }

    [Fact]
    public void Same_bits_for_every_thread_count_and_for_questions_cut_over_passes()
    {
        using var attention = new AttentionCase(Plain, 1500, seed: 9, rotary: true);
        float[] expected = ReadOut(attention, document: 1450, [50], head: 4, threads: 1);
        int[] oneByOne = [.. Enumerable.Repeat(1, 50)];
        foreach ((int[] passes, int threads) in new (int[], int)[] { ([50], 3), ([1, 49], 2), ([13, 13, 24], 1), (oneByOne, 2) })
        {
            Assert.True(expected.AsSpan().SequenceEqual(ReadOut(attention, 1450, passes, head: 4, threads)), $"{string.Join('+', passes)}, {threads} threads");
        }
    }

    [Fact]
    public void Same_bits_alone_and_among_other_sequences()
    {
        using var attention = new AttentionCase(Plain, 330, seed: 11, rotary: true);
        float[] alone = ReadOut(attention, document: 300, [30], head: 1, threads: 2);
        float[] among = ReadOut(attention, document: 300, [30], head: 1, threads: 2, others: 3);
        Assert.True(alone.AsSpan().SequenceEqual(among));
    }

    [Fact]
    public void Refuses_keys_that_are_not_older_than_the_rows()
    {
        using var attention = new AttentionCase(Plain, 20, seed: 1);
        var layer = new AttentionLayer(Plain, attention.Layout, null, []);
        using var workspace = new AttentionWorkspace();
        var batch = new AttentionBatch([new SequenceRows(0, 20, AttentionCase.NewBlocks(attention, 20))], 20);
        float* output = attention.Allocate(20L * attention.QueryFloats);
        layer.Run(batch, attention.Tensors(0, output), workspace, SerialParallel.Instance);
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyAttention.Add(layer, batch, attention.Tensors(0, output), workspace, 0, 0, 0, 0, new float[1], SerialParallel.Instance));
    }

    /// <summary>Reads the document, then the rest in passes, each of them with <paramref name="others"/> sequences of the same document before it.</summary>
    private static float[] ReadOut(AttentionCase attention, int document, int[] passes, int head, int threads, KernelChoice kernel = KernelChoice.Best, int others = 0, int distance = 200)
    {
        var layer = new AttentionLayer(attention.Parameters, attention.Layout, attention.Rotary, attention.Sinks, kernel);
        using var workspace = new AttentionWorkspace();
        var parallel = new TestParallel(threads);
        nint[] blocks = AttentionCase.NewBlocks(attention, attention.Tokens);
        float* output = attention.Allocate((long)attention.Tokens * attention.QueryFloats);
        layer.Run(new AttentionBatch([new SequenceRows(0, document, blocks)], document), attention.Tensors(0, output), workspace, parallel);

        float[] mass = new float[document - FirstKey];
        int first = document;
        foreach (int count in passes)
        {
            // The others repeat the rows before ours: their blocks are copies, so that they store the same keys again.
            var sequences = new List<SequenceRows>();
            for (int i = 0; i < others; i++)
            {
                nint[] copies = AttentionCase.NewBlocks(attention, attention.Tokens);
                for (int b = 0; b < blocks.Length; b++)
                {
                    new ReadOnlySpan<float>((float*)blocks[b], (int)(attention.Layout.Offset + attention.Layout.Floats)).CopyTo(
                        new Span<float>((float*)copies[b], (int)(attention.Layout.Offset + attention.Layout.Floats)));
                }

                sequences.Add(new SequenceRows(first - count, count, copies));
            }

            sequences.Add(new SequenceRows(first, count, blocks));
            AttentionTensors tensors = others == 0 ? attention.Tensors(first, output) : attention.Repeated(first - count, count, others);
            var batch = new AttentionBatch(sequences, (others + 1) * count);
            layer.Run(batch, tensors, workspace, parallel);
            KeyAttention.Add(layer, batch, tensors, workspace, others, head, FirstKey, distance, mass, parallel);
            first += count;
        }

        return mass;
    }
}
