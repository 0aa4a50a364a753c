namespace Pipeline.Attention;

/// <summary>Addresses and row strides (in floats) of one layer's tensors; rows as in <see cref="AttentionBatch"/>.</summary>
public readonly unsafe struct AttentionTensors
{
    /// <summary>Queries before rotary, row r at <c>Queries + r * QueryStride</c>, <c>[queryHeads, headSize]</c>.</summary>
    public required float* Queries { get; init; }

    /// <summary>Floats from one row of queries to the next.</summary>
    public required long QueryStride { get; init; }

    /// <summary>Keys before rotary, <c>[kvHeads, headSize]</c> a row.</summary>
    public required float* Keys { get; init; }

    /// <summary>Floats from one row of keys to the next.</summary>
    public required long KeyStride { get; init; }

    /// <summary>Values, <c>[kvHeads, headSize]</c> a row.</summary>
    public required float* Values { get; init; }

    /// <summary>Floats from one row of values to the next.</summary>
    public required long ValueStride { get; init; }

    /// <summary>Output, <c>[queryHeads, headSize]</c> a row.</summary>
    public required float* Output { get; init; }

    /// <summary>Floats from one row of output to the next.</summary>
    public required long OutputStride { get; init; }

    /// <summary>The graph computes in float16: queries and keys are rounded to it after rotary, as its own operator does.</summary>
    public bool HalfPrecision { get; init; }

    internal float Round(float value) => HalfPrecision ? (float)(Half)value : value;
}
