using Microsoft.ML.OnnxRuntime;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>Memory where the provider keeps keys and values, and copies from and to it. All tensors are [sequences, heads, capacity, head size].</summary>
internal interface ICacheMemory : IDisposable
{
    /// <summary>A tensor of zeros, or of whatever the memory held; owned by the caller.</summary>
    ICacheTensor Allocate(long[] shape);

    /// <summary>Copies one sequence.</summary>
    /// <param name="from">[1, heads, capacity, head size].</param>
    /// <param name="to">The same shape, other memory.</param>
    void Copy(OrtValue from, OrtValue to);

    /// <summary>Copies rows of one sequence to the processor.</summary>
    /// <param name="from">[1, heads, capacity, head size].</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="to">[heads, count, head size], in the tensor's element type.</param>
    void ReadRows(OrtValue from, int first, int count, Span<byte> to);

    /// <summary>Writes a whole sequence from the processor.</summary>
    /// <param name="from">[heads, capacity, head size], in the tensor's element type.</param>
    /// <param name="to">[1, heads, capacity, head size].</param>
    void Write(ReadOnlySpan<byte> from, OrtValue to);
}

/// <summary>Keys or values of some sequences in one layer.</summary>
internal interface ICacheTensor : IDisposable
{
    /// <summary>All sequences: [sequences, heads, capacity, head size].</summary>
    OrtValue Whole { get; }

    /// <summary>The same memory, one sequence of it: [1, heads, capacity, head size].</summary>
    OrtValue Sequence(int index);
}
