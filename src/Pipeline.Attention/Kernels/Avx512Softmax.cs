using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pipeline.Attention.Kernels;

/// <summary>Online softmax of a block with AVX-512.</summary>
internal static unsafe class Avx512Softmax
{
    /// <summary>See <see cref="IBlockKernel.Softmax"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Step(float* scores, float* max, float* sum, float* alpha, int rows)
    {
        float* blockMax = stackalloc float[16];
        for (int row = 0; row < rows; row++)
        {
            float* s = scores + (row * KvLayout.BlockTokens);
            var highest = Vector512.Load(s);
            for (int key = 16; key < KvLayout.BlockTokens; key += 16)
            {
                highest = Vector512.Max(highest, Vector512.Load(s + key));
            }

            blockMax[row] = Highest(highest);
        }

        for (int row = 0; row < rows; row += 16)
        {
            var before = Vector512.Load(max + row);
            var after = Vector512.Max(before, Vector512.Load(blockMax + row));

            // A row that has seen nothing yet keeps -inf; subtracting 0 instead of -inf keeps its weights exactly 0 and its factor out of NaN.
            var finite = Vector512.ConditionalSelect(Vector512.Equals(after, Vector512.Create(float.NegativeInfinity)), Vector512<float>.Zero, after);
            after.Store(max + row);
            finite.Store(blockMax + row);
            Vector512.ConditionalSelect(Vector512.Equals(before, after), Vector512<float>.One, Exp(before - finite)).Store(alpha + row);
        }

        for (int row = 0; row < rows; row++)
        {
            float* s = scores + (row * KvLayout.BlockTokens);
            var shift = Vector512.Create(blockMax[row]);
            var total = Vector512<float>.Zero;
            for (int key = 0; key < KvLayout.BlockTokens; key += 16)
            {
                var weight = Exp(Vector512.Load(s + key) - shift);
                weight.Store(s + key);
                total += weight;
            }

            sum[row] = MathF.FusedMultiplyAdd(sum[row], alpha[row], Vector512.Sum(total));
        }
    }

    /// <summary>e^x for x of at most 0, within 2 units in the last place; below -87.3 exactly 0. Polynomial: Cephes expf (Moshier), range reduction after Cody and Waite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Exp(Vector512<float> x)
    {
        var visible = Vector512.GreaterThan(x, Vector512.Create(Exponential.Lowest));
        x = Vector512.Max(x, Vector512.Create(Exponential.Lowest));
        var n = Avx512F.RoundScale(x * Exponential.Log2E, 8);
        var r = Avx512F.FusedMultiplyAdd(n, Vector512.Create(-Exponential.Ln2High), x);
        r = Avx512F.FusedMultiplyAdd(n, Vector512.Create(-Exponential.Ln2Low), r);
        var p = Vector512.Create(Exponential.C0);
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(Exponential.C1));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(Exponential.C2));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(Exponential.C3));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(Exponential.C4));
        p = Avx512F.FusedMultiplyAdd(p, r, Vector512.Create(Exponential.C5));
        p = Avx512F.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;
        return Vector512.ConditionalSelect(visible, Avx512F.Scale(p, n), Vector512<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Highest(Vector512<float> x)
    {
        var quarter = Vector256.Max(x.GetLower(), x.GetUpper());
        var half = Vector128.Max(quarter.GetLower(), quarter.GetUpper());
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
