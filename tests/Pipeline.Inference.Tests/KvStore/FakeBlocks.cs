using System.IO.Hashing;
using System.Runtime.InteropServices;
using Pipeline.Inference.KvStore;

namespace Pipeline.Inference.Tests.KvStore;

/// <summary>Stand-in KV blocks whose bytes depend on all tokens up to them, as real ones do.</summary>
internal sealed class FakeBlocks
{
    public const int BlockTokens = 8;

    public static KvBlockLayout Layout { get; } = new(BlockTokens, [640, 64, 1280], "test");

    public static KvNamespace Space(string model = "model") => new() { ModelName = model, ModelFingerprint = model, NumericsClass = "test", Layout = Layout };

    /// <summary>Token ids of a document; documents of one seed begin alike.</summary>
    public static int[] Tokens(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(50_000))];
    }

    /// <summary>The blocks [first, end) of a document, the last one partial where the tokens end.</summary>
    public static List<IKvBlockSource> Of(int[] tokens, int first = 0, int end = int.MaxValue)
    {
        var blocks = new List<IKvBlockSource>();
        for (var block = first; block < end && block * BlockTokens < tokens.Length; block++)
        {
            blocks.Add(new Block(tokens, block * BlockTokens));
        }

        return blocks;
    }

    /// <summary>Reads a chain and compares every byte with what the tokens call for; returns the tokens that could be read.</summary>
    public static int AssertWhole(KvChain chain, int[] tokens)
    {
        for (var block = 0; block < chain.BlockCount; block++)
        {
            var expected = new Block(tokens, block * BlockTokens, chain.TokensOf(block).Length);
            Assert.Equal(expected.Tokens, chain.TokensOf(block));
            for (var layer = 0; layer < Layout.LayerBytes.Count; layer++)
            {
                var want = expected.Layer(layer).ToArray();
                var got = new byte[want.Length];
                if (!chain.TryReadLayer(block, layer, got))
                {
                    Assert.Equal(block, chain.BlockCount);
                    break;
                }

                Assert.Equal(want, got);
            }
        }

        return chain.TokenCount;
    }

    private sealed class Block(int[] tokens, int start, int count = BlockTokens) : IKvBlockSource
    {
        public ReadOnlySpan<int> Tokens => tokens.AsSpan(start, Math.Min(count, tokens.Length - start));

        public ReadOnlySpan<byte> Layer(int layer)
        {
            var slab = new byte[Layout.LayerBytes[layer]];
            var prefix = MemoryMarshal.AsBytes(tokens.AsSpan(0, start + Tokens.Length));
            new Random((int)XxHash3.HashToUInt64(prefix, layer)).NextBytes(slab);
            return slab;
        }
    }
}
