namespace Pipeline.Attention.Kernels;

/// <summary>Constants of the exponential function that all kernels share, and its scalar form.</summary>
internal static class Exponential
{
    internal const float Log2E = 1.44269504088896341f;
    internal const float Ln2High = 0.693359375f;
    internal const float Ln2Low = -2.12194440e-4f;

    /// <summary>Below this the result counts as 0: the next smaller results are subnormal, which some processors multiply a hundred times slower.</summary>
    internal const float Lowest = -87.3f;

    internal const float C0 = 1.9875691500e-4f;
    internal const float C1 = 1.3981999507e-3f;
    internal const float C2 = 8.3334519073e-3f;
    internal const float C3 = 4.1665795894e-2f;
    internal const float C4 = 1.6666665459e-1f;
    internal const float C5 = 5.0000001201e-1f;

    /// <summary>e^x for x of at most 0, by the same steps as the vector forms.</summary>
    internal static float Exp(float x)
    {
        if (!(x > Lowest))
        {
            return 0;
        }

        float n = MathF.Round(x * Log2E, MidpointRounding.ToEven);
        float r = MathF.FusedMultiplyAdd(n, -Ln2High, x);
        r = MathF.FusedMultiplyAdd(n, -Ln2Low, r);
        float p = C0;
        p = MathF.FusedMultiplyAdd(p, r, C1);
        p = MathF.FusedMultiplyAdd(p, r, C2);
        p = MathF.FusedMultiplyAdd(p, r, C3);
        p = MathF.FusedMultiplyAdd(p, r, C4);
        p = MathF.FusedMultiplyAdd(p, r, C5);
        p = MathF.FusedMultiplyAdd(p, r * r, r) + 1;
        return MathF.ScaleB(p, (int)n);
    }
}
