namespace Pipeline.Attention.Tests;

public sealed unsafe class AttentionLayerTests
{
    // float32 products of values below 2 summed over at most 128 terms, weights that sum to 1: errors stay near 1e-6; 1e-5 leaves room, a wrong mask or head moves results by 0.1.
    private const double Tolerance = 1e-5;

    public static TheoryData<int, int, int, int, int> Shapes => new()
    {
        // query heads, KV heads, head size, tokens, window
        { 9, 3, 64, 200, 0 },
        { 4, 4, 16, 65, 0 },
        { 4, 1, 32, 577, 32 },
        { 8, 2, 128, 130, 0 },
        { 7, 1, 48, 129, 0 },
        { 2, 1, 80, 64, 63 },
        { 14, 2, 20, 501, 0 },
        { 1, 1, 16, 1, 0 },
        { 3, 1, 96, 1100, 515 },
        { 16, 1, 256, 70, 64 },
    };

    public static TheoryData<KernelChoice> Kernels
    {
        get
        {
            var kernels = new TheoryData<KernelChoice>();
            foreach (KernelChoice choice in Enum.GetValues<KernelChoice>().Where(KernelChoices.IsSupported))
            {
                kernels.Add(choice);
            }

            return kernels;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Equals_the_formula_in_double_precision(int queryHeads, int kvHeads, int headSize, int tokens, int window)
    {
        var parameters = new AttentionParameters { QueryHeads = queryHeads, KvHeads = kvHeads, HeadSize = headSize, WindowTokens = window };
        using var attention = new AttentionCase(parameters, tokens, seed: tokens);
        foreach (KernelChoice kernel in Enum.GetValues<KernelChoice>().Where(KernelChoices.IsSupported))
        {
            AssertEqualsReference(attention, attention.RunChunks(chunk: 100, threads: 2, kernel));
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Knows_rotary_softcap_and_sinks(KernelChoice kernel)
    {
        var plain = new AttentionParameters { QueryHeads = 4, KvHeads = 2, HeadSize = 32, Scale = 0.3f };
        using var full = new AttentionCase(plain, 150, seed: 1, rotary: true);
        using var interleaved = new AttentionCase(plain, 150, seed: 2, rotary: true, interleaved: true);
        using var partial = new AttentionCase(plain, 150, seed: 3, rotary: true, rotaryPairs: 8);
        using var capped = new AttentionCase(plain with { Softcap = 3 }, 150, seed: 4);
        using var sinks = new AttentionCase(plain with { WindowTokens = 40 }, 150, seed: 5, sinks: true);
        foreach (AttentionCase attention in new[] { full, interleaved, partial, capped, sinks })
        {
            AssertEqualsReference(attention, attention.RunChunks(chunk: 64, threads: 1, kernel));
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Same_bits_for_every_chunk_size_and_thread_count(KernelChoice kernel)
    {
        var parameters = new AttentionParameters { QueryHeads = 6, KvHeads = 2, HeadSize = 64 };
        using var attention = new AttentionCase(parameters, 1300, seed: 7, rotary: true);
        float[] expected = attention.RunChunks(chunk: 1300, threads: 1, kernel);
        foreach ((int chunk, int threads) in new[] { (1, 2), (7, 3), (64, 1), (100, 2), (512, 4), (1000, 2) })
        {
            Assert.True(expected.AsSpan().SequenceEqual(attention.RunChunks(chunk, threads, kernel)), $"chunk {chunk}, {threads} threads");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Same_bits_alone_and_in_a_batch_over_shared_blocks(int threads)
    {
        // 8 questions continue one document of 1,000 tokens: its full blocks are shared, the last one is copied.
        const int document = 1000, questions = 8;
        var parameters = new AttentionParameters { QueryHeads = 6, KvHeads = 2, HeadSize = 32 };
        using var attention = new AttentionCase(parameters, document + (questions * 40), seed: 3);
        var layer = new AttentionLayer(parameters, attention.Layout, rotary: null, sinks: []);
        using var workspace = new AttentionWorkspace();
        var parallel = new TestParallel(threads);
        nint[] shared = AttentionCase.NewBlocks(attention, document);
        float* ignored = attention.Allocate((long)document * attention.QueryFloats);
        layer.Run(new AttentionBatch([new SequenceRows(0, document, shared)], document), attention.Tensors(0, ignored), workspace, parallel);

        nint[] Fork()
        {
            nint[] blocks = [.. shared, .. AttentionCase.NewBlocks(attention, 128)];
            nint copy = AttentionCase.NewBlocks(attention, 1)[0];
            long bytes = (attention.Layout.Offset + attention.Layout.Floats) * sizeof(float);
            Buffer.MemoryCopy((void*)blocks[document / 64], (void*)copy, bytes, bytes);
            blocks[document / 64] = copy;
            return blocks;
        }

        // Rows of question q: q + 3 tokens, taken from the case's rows after the document.
        int rows = Enumerable.Range(0, questions).Sum(q => q + 3);
        float* together = attention.Allocate((long)rows * attention.QueryFloats);
        layer.Run(
            new AttentionBatch([.. Enumerable.Range(0, questions).Select(q => new SequenceRows(document, q + 3, Fork()))], rows),
            attention.Tensors(document, together), workspace, parallel);

        float* alone = attention.Allocate((long)rows * attention.QueryFloats);
        int first = 0;
        for (int q = 0; q < questions; q++)
        {
            nint[] blocks = Fork();
            for (int t = 0; t < q + 3; t++, first++)
            {
                layer.Run(
                    new AttentionBatch([new SequenceRows(document + t, 1, blocks)], 1),
                    attention.Tensors(document + first, alone + ((long)first * attention.QueryFloats)), workspace, parallel);
            }
        }

        Assert.True(new ReadOnlySpan<float>(together, rows * attention.QueryFloats).SequenceEqual(new ReadOnlySpan<float>(alone, rows * attention.QueryFloats)));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(96, false)]
    public void A_run_allocates_nothing(int rows, bool splits)
    {
        // Splits over several threads, without their pool: what is asked for is that of two threads, what runs it is one.
        IParallel parallel = splits ? new TwoOnOne() : SerialParallel.Instance;
        var parameters = new AttentionParameters { QueryHeads = 9, KvHeads = 3, HeadSize = 64 };
        using var attention = new AttentionCase(parameters, 1200, seed: 6, rotary: true);
        var layer = new AttentionLayer(parameters, attention.Layout, attention.Rotary, []);
        using var workspace = new AttentionWorkspace();
        var batch = new AttentionBatch([new SequenceRows(1000, rows, AttentionCase.NewBlocks(attention, 1200))], rows);
        AttentionTensors tensors = attention.Tensors(1000, attention.Allocate((long)rows * attention.QueryFloats));
        for (int i = 0; i < 3; i++)
        {
            layer.Run(batch, tensors, workspace, parallel);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        layer.Run(batch, tensors, workspace, parallel);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Padding_rows_are_zero()
    {
        var parameters = new AttentionParameters { QueryHeads = 2, KvHeads = 1, HeadSize = 16 };
        using var attention = new AttentionCase(parameters, 8, seed: 1);
        var layer = new AttentionLayer(parameters, attention.Layout, null, []);
        using var workspace = new AttentionWorkspace();
        float* output = attention.Allocate(8 * attention.QueryFloats);
        new Span<float>(output, 8 * attention.QueryFloats).Fill(float.NaN);
        layer.Run(new AttentionBatch([new SequenceRows(0, 5, AttentionCase.NewBlocks(attention, 5))], 8), attention.Tensors(0, output), workspace, SerialParallel.Instance);
        var padding = new ReadOnlySpan<float>(output + (5 * attention.QueryFloats), 3 * attention.QueryFloats);
        Assert.False(padding.ContainsAnyExcept(0f));
    }

    [Fact]
    public void Log_sum_exp_is_that_of_the_formula()
    {
        var parameters = new AttentionParameters { QueryHeads = 4, KvHeads = 2, HeadSize = 16 };
        using var attention = new AttentionCase(parameters, 90, seed: 9);
        var layer = new AttentionLayer(parameters, attention.Layout, null, []);
        using var workspace = new AttentionWorkspace();
        float* output = attention.Allocate(90 * attention.QueryFloats);
        layer.Run(new AttentionBatch([new SequenceRows(0, 90, AttentionCase.NewBlocks(attention, 90))], 90), attention.Tensors(0, output), workspace, SerialParallel.Instance);
        for (int head = 0; head < 4; head++)
        {
            double[] query = [.. Enumerable.Range(0, 16).Select(d => (double)attention.Queries[(89 * attention.QueryFloats) + (head * 16) + d])];
            double[] keys = [.. Enumerable.Range(0, 90 * 16).Select(i => (double)attention.Keys[(i / 16 * attention.KvFloats) + (head / 2 * 16) + (i % 16)])];
            (_, double expected) = ReferenceAttention.Attend(query, keys, keys, parameters.EffectiveScale);
            Assert.Equal(expected, workspace.LogSumExp[(89 * 4) + head], 1e-5);
        }
    }

    [Fact]
    public void Refuses_a_position_beyond_the_rotary_tables()
    {
        var parameters = new AttentionParameters { QueryHeads = 2, KvHeads = 1, HeadSize = 16 };
        using var attention = new AttentionCase(parameters, 8, seed: 1, rotary: true);
        var layer = new AttentionLayer(parameters, attention.Layout, attention.Rotary, []);
        using var workspace = new AttentionWorkspace();
        nint[] blocks = AttentionCase.NewBlocks(attention, 64);
        var batch = new AttentionBatch([new SequenceRows(8, 1, blocks)], 1);
        AttentionTensors tensors = attention.Tensors(0, attention.Queries);
        var error = Assert.Throws<InvalidOperationException>(() => layer.Run(batch, tensors, workspace, SerialParallel.Instance));
        Assert.Contains("8 positions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_too_few_blocks()
        => Assert.Throws<ArgumentException>(() => new AttentionBatch([new SequenceRows(60, 10, new nint[1])], 10));

    [Theory]
    [InlineData(5, 2, 16)]
    [InlineData(4, 2, 0)]
    [InlineData(4, 2, 1024)]
    public void Refuses_shapes_it_cannot_do(int queryHeads, int kvHeads, int headSize)
        => Assert.Throws<NotSupportedException>(() => new AttentionParameters { QueryHeads = queryHeads, KvHeads = kvHeads, HeadSize = headSize }.Validate());

    private static void AssertEqualsReference(AttentionCase attention, float[] output)
    {
        AttentionParameters p = attention.Parameters;
        for (int token = 0; token < attention.Tokens; token += token < 70 || token > attention.Tokens - 5 ? 1 : 61)
        {
            for (int head = 0; head < p.QueryHeads; head++)
            {
                double[] expected = attention.Reference(token, head);
                for (int d = 0; d < p.HeadSize; d++)
                {
                    float actual = output[(((token * p.QueryHeads) + head) * p.HeadSize) + d];
                    Assert.True(Math.Abs(expected[d] - actual) < Tolerance, $"token {token}, head {head}, float {d}: {expected[d]} expected, {actual} computed");
                }
            }
        }
    }

    private sealed class TwoOnOne : IParallel
    {
        public int Threads => 2;

        public void For(int count, Action<int> body) => SerialParallel.Instance.For(count, body);
    }
}
