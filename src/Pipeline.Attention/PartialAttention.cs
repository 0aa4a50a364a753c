using System.Runtime.Intrinsics;
using Pipeline.Attention.Kernels;

namespace Pipeline.Attention;

/// <summary>
/// Partial attention results (max, sum of exponentials, unnormalised output) and their merge: softmax over a union of keys
/// from the parts' results, exact up to rounding (FlashInfer's recursive attention; FlashDecoding's split-KV).
/// </summary>
internal static unsafe class PartialAttention
{
    /// <summary>Folds a part into the total, row by row.</summary>
    /// <param name="totalMax"><c>[rows]</c>; negative infinity for a row that has seen no key.</param>
    /// <param name="totalSum"><c>[rows]</c>.</param>
    /// <param name="totalOutput"><c>[rows, stride]</c>.</param>
    /// <param name="partMax"><c>[rows]</c>; a row without keys leaves the total as it is, bit for bit.</param>
    /// <param name="partSum"><c>[rows]</c>.</param>
    /// <param name="partOutput"><c>[rows, stride]</c>.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="stride">Floats per output row, a multiple of 16.</param>
    internal static void Fold(
        float* totalMax, float* totalSum, float* totalOutput, float* partMax, float* partSum, float* partOutput, int rows, int stride)
    {
        for (int r = 0; r < rows; r++)
        {
            if (float.IsNegativeInfinity(partMax[r]))
            {
                continue;
            }

            float* total = totalOutput + ((long)r * stride);
            float* part = partOutput + ((long)r * stride);
            if (float.IsNegativeInfinity(totalMax[r]))
            {
                totalMax[r] = partMax[r];
                totalSum[r] = partSum[r];
                new ReadOnlySpan<float>(part, stride).CopyTo(new Span<float>(total, stride));
                continue;
            }

            float highest = MathF.Max(totalMax[r], partMax[r]);
            float keep = Exponential.Exp(totalMax[r] - highest), add = Exponential.Exp(partMax[r] - highest);
            totalMax[r] = highest;
            totalSum[r] = MathF.FusedMultiplyAdd(totalSum[r], keep, partSum[r] * add);
            for (int d = 0; d < stride; d += 8)
            {
                Vector256.FusedMultiplyAdd(Vector256.Load(total + d), Vector256.Create(keep), Vector256.Load(part + d) * add).Store(total + d);
            }
        }
    }
}
