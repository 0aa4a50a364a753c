using System.Runtime.Intrinsics;

namespace Pipeline.Attention;

/// <summary>
/// Rotary position embedding (Su et al., arXiv 2104.09864) from cosine and sine tables, full or partial, half-split or interleaved pairs.
/// </summary>
public sealed unsafe class RotaryEmbedding
{
    private readonly float* cos; // [positions, pairs]
    private readonly float* sin; // [positions, pairs]

    /// <summary>Uses tables that stay valid as long as this object.</summary>
    /// <param name="cos">Cosines, <c>[positions, pairs]</c>.</param>
    /// <param name="sin">Sines, <c>[positions, pairs]</c>.</param>
    /// <param name="positions">Rows of the tables.</param>
    /// <param name="pairs">Half the rotated floats of a head; the rest of a head passes through.</param>
    /// <param name="interleaved">Pairs are (0,1), (2,3)… instead of (0,pairs), (1,pairs+1)…</param>
    public RotaryEmbedding(float* cos, float* sin, long positions, int pairs, bool interleaved)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pairs);
        this.cos = cos;
        this.sin = sin;
        Positions = positions;
        Pairs = pairs;
        Interleaved = interleaved;
    }

    /// <summary>Positions the tables cover.</summary>
    public long Positions { get; }

    /// <summary>Half the rotated floats of a head.</summary>
    public int Pairs { get; }

    /// <summary>Whether pairs are neighbours.</summary>
    public bool Interleaved { get; }

    /// <summary>Rotates one head's vector to <paramref name="position"/>: <c>target[headSize] = R(position) source[headSize]</c>.</summary>
    internal void Rotate(float* source, float* target, int headSize, long position)
    {
        float* c = cos + (position * Pairs);
        float* s = sin + (position * Pairs);
        if (Interleaved)
        {
            for (int i = 0; i < Pairs; i++)
            {
                float a = source[2 * i], b = source[(2 * i) + 1];
                target[2 * i] = (a * c[i]) - (b * s[i]);
                target[(2 * i) + 1] = (a * s[i]) + (b * c[i]);
            }
        }
        else
        {
            // The vector form multiplies and adds as the scalar one does, without fusing, so both give the same bits.
            int i = 0;
            for (; i + Vector256<float>.Count <= Pairs; i += Vector256<float>.Count)
            {
                Vector256<float> a = Vector256.Load(source + i), b = Vector256.Load(source + i + Pairs);
                Vector256<float> cosine = Vector256.Load(c + i), sine = Vector256.Load(s + i);
                ((a * cosine) - (b * sine)).Store(target + i);
                ((a * sine) + (b * cosine)).Store(target + i + Pairs);
            }

            for (; i < Pairs; i++)
            {
                float a = source[i], b = source[i + Pairs];
                target[i] = (a * c[i]) - (b * s[i]);
                target[i + Pairs] = (a * s[i]) + (b * c[i]);
            }
        }

        for (int i = 2 * Pairs; i < headSize; i++)
        {
            target[i] = source[i];
        }
    }
}
