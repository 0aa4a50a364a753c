using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>The processor's memory.</summary>
internal sealed unsafe class HostCacheMemory(TensorElementType type) : ICacheMemory
{
    private readonly int elementSize = TensorElements.Size(type);

    public ICacheTensor Allocate(long[] shape)
    {
        // Zeroed memory of this size comes from the system page by page as it is used: capacity that is never used costs nothing.
        var bytes = checked(shape.Aggregate(1L, (a, b) => a * b) * elementSize);
        var address = NativeMemory.AllocZeroed((nuint)bytes);
        return new CacheTensor(OrtMemoryInfo.DefaultInstance, type, shape, (nint)address, bytes, () => NativeMemory.Free(address));
    }

    public void Copy(OrtValue from, OrtValue to) => from.GetTensorMutableRawData().CopyTo(to.GetTensorMutableRawData());

    public void ReadRows(OrtValue from, int first, int count, Span<byte> to)
    {
        var shape = from.GetTensorTypeAndShape().Shape;
        var source = from.GetTensorMutableRawData();
        var row = (int)shape[3] * elementSize;
        var head = (int)shape[2] * row;
        for (var h = 0; h < shape[1]; h++)
        {
            source.Slice((h * head) + (first * row), count * row).CopyTo(to.Slice(h * count * row, count * row));
        }
    }

    public void Write(ReadOnlySpan<byte> from, OrtValue to) => from.CopyTo(to.GetTensorMutableRawData());

    public void Dispose()
    {
    }
}
