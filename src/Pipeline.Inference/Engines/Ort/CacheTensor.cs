using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>Views of memory that <paramref name="release"/> frees.</summary>
/// <param name="memory">Where the address is.</param>
/// <param name="type">Element type.</param>
/// <param name="shape">[sequences, heads, capacity, head size].</param>
/// <param name="address">First element; a device address for a GPU.</param>
/// <param name="bytes">Bytes of all sequences.</param>
/// <param name="release">Frees the memory.</param>
internal sealed class CacheTensor(OrtMemoryInfo memory, TensorElementType type, long[] shape, nint address, long bytes, Action release) : ICacheTensor
{
    private readonly OrtValue?[] sequences = new OrtValue?[shape[0]];

    public OrtValue Whole { get; } = OrtValue.CreateTensorValueWithData(memory, type, shape, address, bytes);

    public OrtValue Sequence(int index)
    {
        var size = bytes / shape[0];
        return sequences[index] ??= OrtValue.CreateTensorValueWithData(memory, type, [1, .. shape[1..]], address + (nint)(index * size), size);
    }

    public void Dispose()
    {
        foreach (var sequence in sequences)
        {
            sequence?.Dispose();
        }

        Whole.Dispose();
        release();
    }
}
