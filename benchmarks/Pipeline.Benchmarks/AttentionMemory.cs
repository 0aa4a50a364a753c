using System.Runtime.InteropServices;
using Pipeline.Attention;

namespace Pipeline.Benchmarks;

/// <summary>Tensors and KV blocks of one layer, filled with numbers of the size that decoders produce.</summary>
internal sealed unsafe class AttentionMemory : IDisposable
{
    private readonly List<nint> allocated = [];
    private uint state = 1;

    internal AttentionMemory(AttentionParameters parameters, int past, int rows, int sequences)
    {
        Layout = new KvLayout(parameters.KvHeads, parameters.HeadSize, 0);
        int queryWidth = parameters.QueryHeads * parameters.HeadSize, keyWidth = parameters.KvHeads * parameters.HeadSize;
        Tensors = new AttentionTensors
        {
            Queries = Take((long)rows * sequences * queryWidth),
            QueryStride = queryWidth,
            Keys = Take((long)rows * sequences * keyWidth),
            KeyStride = keyWidth,
            Values = Take((long)rows * sequences * keyWidth),
            ValueStride = keyWidth,
            Output = Take((long)rows * sequences * queryWidth),
            OutputStride = queryWidth,
        };

        // Sequences share the blocks of their past and own those of their new rows, as questions share a document.
        var shared = Enumerable.Range(0, past / KvLayout.BlockTokens).Select(_ => (nint)Take(Layout.Floats)).ToArray();
        Batch = new AttentionBatch(
            [.. Enumerable.Range(0, sequences).Select(_ => new SequenceRows(
                past, rows, [.. shared, .. Enumerable.Range(0, (rows / KvLayout.BlockTokens) + 1).Select(_ => (nint)Take(Layout.Floats))]))],
            rows * sequences);
    }

    internal KvLayout Layout { get; }

    internal AttentionTensors Tensors { get; }

    internal AttentionBatch Batch { get; }

    public void Dispose() => allocated.ForEach(a => NativeMemory.AlignedFree((void*)a));

    private float* Take(long floats)
    {
        var address = (float*)NativeMemory.AlignedAlloc((nuint)(floats * sizeof(float)), 64);
        allocated.Add((nint)address);
        for (long i = 0; i < floats; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            address[i] = ((int)(state >> 8) - (1 << 23)) / (float)(1 << 23);
        }

        return address;
    }
}
