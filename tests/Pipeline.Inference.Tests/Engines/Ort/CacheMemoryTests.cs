using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Pipeline.Inference.Engines.Ort;

namespace Pipeline.Inference.Tests.Engines.Ort;

/// <summary>Both kinds of memory do the same; the GPU's is run with the processor as its device, which takes the same way through the copying graphs.</summary>
public sealed class CacheMemoryTests
{
    [Theory]
    [InlineData(TensorElementType.Float, 4, false)]
    [InlineData(TensorElementType.Float16, 2, false)]
    [InlineData(TensorElementType.BFloat16, 2, false)]
    [InlineData(TensorElementType.Float, 4, true)]
    [InlineData(TensorElementType.Float16, 2, true)]
    [InlineData(TensorElementType.BFloat16, 2, true)]
    public void WhatIsWrittenIsCopiedAndReadInRows(TensorElementType type, int size, bool device)
    {
        const int Heads = 3, Capacity = 7, HeadSize = 4;
        using var session = new InferenceSession(CopyGraphs.Identity(type));
        using ICacheMemory memory = device
            ? new DeviceCacheMemory(session, type, new OrtOptions(), new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default))
            : new HostCacheMemory(type);
        using var document = memory.Allocate([1, Heads, Capacity, HeadSize]);
        using var batch = memory.Allocate([2, Heads, Capacity, HeadSize]);
        var written = new byte[Heads * Capacity * HeadSize * size];
        for (var i = 0; i < written.Length; i++)
        {
            written[i] = (byte)(i % 113);
        }

        memory.Write(written, document.Sequence(0));
        memory.Copy(document.Sequence(0), batch.Sequence(1));
        var rows = new byte[Heads * 3 * HeadSize * size];
        memory.ReadRows(batch.Sequence(1), 2, 3, rows);
        var untouched = new byte[written.Length];
        memory.ReadRows(batch.Sequence(0), 0, Capacity, untouched);

        var row = HeadSize * size;
        for (var head = 0; head < Heads; head++)
        {
            Assert.Equal(
                written.AsSpan(((head * Capacity) + 2) * row, 3 * row).ToArray(),
                rows.AsSpan(head * 3 * row, 3 * row).ToArray());
        }

        Assert.All(untouched, b => Assert.Equal(0, b));
        Assert.Equal(written, batch.Whole.GetTensorMutableRawData()[written.Length..].ToArray());
    }

    [Theory]
    [InlineData(TensorElementType.Float)]
    [InlineData(TensorElementType.Float16)]
    [InlineData(TensorElementType.BFloat16)]
    public void WideningAndNarrowingKeepsEveryValue(TensorElementType type)
    {
        float[] values = [0f, -0f, 1f, -2.5f, 0.0009765625f, 65280f, float.PositiveInfinity, 5.9604645e-8f];
        if (type == TensorElementType.BFloat16)
        {
            values[^1] = 1.1754944e-38f;
        }

        var narrow = new byte[values.Length * TensorElements.Size(type)];
        TensorElements.FromSingle(type, values, narrow);
        var wide = new float[values.Length];
        TensorElements.ToSingle(type, narrow, wide);

        Assert.Equal(values.Select(BitConverter.SingleToInt32Bits), wide.Select(BitConverter.SingleToInt32Bits));
    }
}
