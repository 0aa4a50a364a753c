using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>The floating-point types of decoder graphs, and float32 to and from them.</summary>
internal static class TensorElements
{
    /// <returns>Bytes of an element.</returns>
    /// <exception cref="InferenceException">Not a type that keys, values and logits come in.</exception>
    internal static int Size(TensorElementType type) => type switch
    {
        TensorElementType.Float => sizeof(float),
        TensorElementType.Float16 or TensorElementType.BFloat16 => sizeof(ushort),
        _ => throw new InferenceException($"The graph's cache or logits are of type {type}; the ort engine takes float32, float16 and bfloat16."),
    };

    /// <summary>Widens <paramref name="from"/>; exact for every value.</summary>
    internal static void ToSingle(TensorElementType type, ReadOnlySpan<byte> from, Span<float> to)
    {
        if (type == TensorElementType.Float)
        {
            MemoryMarshal.Cast<byte, float>(from).CopyTo(to);
            return;
        }

        var narrow = MemoryMarshal.Cast<byte, ushort>(from);
        if (type == TensorElementType.Float16)
        {
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<ushort, Half>(narrow), to);
            return;
        }

        for (var i = 0; i < narrow.Length; i++)
        {
            to[i] = BitConverter.UInt32BitsToSingle((uint)narrow[i] << 16);
        }
    }

    /// <summary>Narrows <paramref name="from"/>; exact for values that came out of <see cref="ToSingle"/>.</summary>
    internal static void FromSingle(TensorElementType type, ReadOnlySpan<float> from, Span<byte> to)
    {
        if (type == TensorElementType.Float)
        {
            from.CopyTo(MemoryMarshal.Cast<byte, float>(to));
            return;
        }

        var narrow = MemoryMarshal.Cast<byte, ushort>(to);
        if (type == TensorElementType.Float16)
        {
            TensorPrimitives.ConvertToHalf(from, MemoryMarshal.Cast<ushort, Half>(narrow));
            return;
        }

        for (var i = 0; i < from.Length; i++)
        {
            narrow[i] = (ushort)(BitConverter.SingleToUInt32Bits(from[i]) >> 16);
        }
    }
}
