using Pipeline.Attention;
using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// Moves a document's keys and values between ONNX Runtime's cache, <c>[kvHeads, tokens, headSize]</c>, and KV blocks, keys <c>[kvHeads, headSize, 64]</c> and values
/// <c>[kvHeads, 64, stride]</c> in float32. Half-precision values widen, and come back as they were.
/// </summary>
internal sealed class KvBlockRows
{
    private const int BlockTokens = KvLayout.BlockTokens;
    private readonly OrtModel model;
    private readonly int heads;
    private readonly int headSize;

    internal KvBlockRows(OrtModel model)
    {
        this.model = model;
        heads = model.Config.NumKeyValueHeads;
        headSize = model.Config.HeadSize;
        var layouts = new List<KvLayout>();
        for (var layer = 0; layer < model.Config.NumHiddenLayers; layer++)
        {
            layouts.Add(new KvLayout(heads, headSize, layer == 0 ? 0 : layouts[^1].Offset + layouts[^1].Floats));
        }

        Pool = new KvBlockPool(layouts);
    }

    /// <summary>Blocks of this model.</summary>
    internal KvBlockPool Pool { get; }

    /// <summary>Copies the rows that <paramref name="sequence"/> lacks, up to <paramref name="length"/>.</summary>
    internal void CopyOut(OrtKvCache cache, KvSequence sequence, int length)
    {
        int first = sequence.Length, count = length - first;
        sequence.Reserve(count);
        var (raw, keys, values) = Buffers(count);
        for (var layer = 0; layer < Pool.Layers.Count; layer++)
        {
            cache.ReadRows(layer, first, count, raw.Keys, raw.Values);
            TensorElements.ToSingle(model.CacheType, raw.Keys, keys);
            TensorElements.ToSingle(model.CacheType, raw.Values, values);
            for (var row = 0; row < count; row++)
            {
                var floats = sequence.Blocks[(first + row) / BlockTokens].Layer(Pool.Layers[layer]);
                ToBlock(floats, Pool.Layers[layer], (first + row) % BlockTokens, keys, values, row, count);
            }
        }

        sequence.Advance(count);
    }

    /// <summary>Writes all rows of <paramref name="sequence"/> into the empty <paramref name="cache"/>.</summary>
    internal void CopyIn(KvSequence sequence, OrtKvCache cache)
    {
        var (raw, keys, values) = Buffers(cache.Capacity);
        for (var layer = 0; layer < Pool.Layers.Count; layer++)
        {
            for (var row = 0; row < sequence.Length; row++)
            {
                var floats = sequence.Blocks[row / BlockTokens].Layer(Pool.Layers[layer]);
                FromBlock(floats, Pool.Layers[layer], row % BlockTokens, keys, values, row, cache.Capacity);
            }

            TensorElements.FromSingle(model.CacheType, keys, raw.Keys);
            TensorElements.FromSingle(model.CacheType, values, raw.Values);
            cache.Write(layer, raw.Keys, raw.Values);
        }
    }

    private void ToBlock(Span<float> block, KvLayout layout, int slot, float[] keys, float[] values, int row, int rows)
    {
        for (var head = 0; head < heads; head++)
        {
            var from = ((head * rows) + row) * headSize;
            var blockKeys = block[(int)(layout.Keys(head) - layout.Offset)..];
            for (var d = 0; d < headSize; d++)
            {
                blockKeys[(d * BlockTokens) + slot] = keys[from + d];
            }

            values.AsSpan(from, headSize).CopyTo(block[(int)(layout.Values(head) - layout.Offset + (slot * layout.ValueStride))..]);
        }
    }

    private void FromBlock(Span<float> block, KvLayout layout, int slot, float[] keys, float[] values, int row, int rows)
    {
        for (var head = 0; head < heads; head++)
        {
            var to = ((head * rows) + row) * headSize;
            var blockKeys = block[(int)(layout.Keys(head) - layout.Offset)..];
            for (var d = 0; d < headSize; d++)
            {
                keys[to + d] = blockKeys[(d * BlockTokens) + slot];
            }

            block.Slice((int)(layout.Values(head) - layout.Offset + (slot * layout.ValueStride)), headSize).CopyTo(values.AsSpan(to));
        }
    }

    private ((byte[] Keys, byte[] Values) Raw, float[] Keys, float[] Values) Buffers(int rows)
    {
        var floats = checked(heads * rows * headSize);
        var bytes = checked(floats * TensorElements.Size(model.CacheType));
        return ((new byte[bytes], new byte[bytes]), new float[floats], new float[floats]);
    }
}
