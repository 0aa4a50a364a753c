namespace Pipeline.Attention;

/// <summary>What one attention layer computes; the semantics of ONNX Runtime's <c>com.microsoft.GroupQueryAttention</c>.</summary>
public sealed record AttentionParameters
{
    /// <summary>Query heads; a multiple of the KV heads.</summary>
    public required int QueryHeads { get; init; }

    /// <summary>Key/value heads.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Floats per head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Factor on every score; 0 means 1/sqrt(<see cref="HeadSize"/>).</summary>
    public float Scale { get; init; }

    /// <summary>Keys a query sees, its own included; 0 means all.</summary>
    public int WindowTokens { get; init; }

    /// <summary>Scores become <c>c * tanh(score / c)</c>; 0 means off (Gemma 2).</summary>
    public float Softcap { get; init; }

    /// <summary>Query heads that share a KV head.</summary>
    public int GroupSize => QueryHeads / KvHeads;

    /// <summary><see cref="Scale"/> with its default applied.</summary>
    public float EffectiveScale => Scale == 0 ? 1f / MathF.Sqrt(HeadSize) : Scale;

    /// <summary>Refuses what the kernels cannot do.</summary>
    /// <exception cref="NotSupportedException">Names the value and what is supported.</exception>
    public void Validate()
    {
        if (QueryHeads <= 0 || KvHeads <= 0 || QueryHeads % KvHeads != 0)
        {
            throw new NotSupportedException($"{QueryHeads} query heads over {KvHeads} KV heads: query heads must be a multiple of KV heads.");
        }

        if (HeadSize is <= 0 or > 512)
        {
            throw new NotSupportedException($"Head size {HeadSize} is not supported; 1 to 512 are.");
        }

        if (WindowTokens < 0 || Softcap < 0 || !float.IsFinite(Scale))
        {
            throw new NotSupportedException($"Window {WindowTokens}, softcap {Softcap}, scale {Scale}: a window or softcap must not be negative, a scale must be finite.");
        }
    }
}
