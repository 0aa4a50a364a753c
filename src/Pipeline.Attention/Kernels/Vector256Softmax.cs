using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pipeline.Attention.Kernels;

/// <summary>Online softmax of a block with AVX2.</summary>
internal static unsafe class Vector256Softmax
{
    /// <summary>See <see cref="IBlockKernel.Softmax"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Step(float* scores, float* max, float* sum, float* alpha, int rows)
    {
        float* blockMax = stackalloc float[16];
        for (int row = 0; row < rows; row++)
        {
            float* s = scores + (row * KvLayout.BlockTokens);
            var highest = Vector256.Load(s);
            for (int key = 8; key < KvLayout.BlockTokens; key += 8)
            {
                highest = Vector256.Max(highest, Vector256.Load(s + key));
            }

            blockMax[row] = Highest(highest);
        }

        for (int row = 0; row < rows; row += 8)
        {
            var before = Vector256.Load(max + row);
            var after = Vector256.Max(before, Vector256.Load(blockMax + row));

            // A row that has seen nothing yet keeps -inf; subtracting 0 instead of -inf keeps its weights exactly 0 and its factor out of NaN.
            var finite = Vector256.ConditionalSelect(Vector256.Equals(after, Vector256.Create(float.NegativeInfinity)), Vector256<float>.Zero, after);
            after.Store(max + row);
            finite.Store(blockMax + row);
            Vector256.ConditionalSelect(Vector256.Equals(before, after), Vector256<float>.One, Exp(before - finite)).Store(alpha + row);
        }

        for (int row = 0; row < rows; row++)
        {
            float* s = scores + (row * KvLayout.BlockTokens);
            var shift = Vector256.Create(blockMax[row]);
            var total = Vector256<float>.Zero;
            for (int key = 0; key < KvLayout.BlockTokens; key += 8)
            {
                var weight = Exp(Vector256.Load(s + key) - shift);
                weight.Store(s + key);
                total += weight;
            }

            sum[row] = MathF.FusedMultiplyAdd(sum[row], alpha[row], Vector256.Sum(total));
        }
    }

    /// <summary>e^x for x of at most 0, within 2 units in the last place; below -87.3 exactly 0. Polynomial: Cephes expf (Moshier), range reduction after Cody and Waite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Exp(Vector256<float> x)
    {
        var visible = Vector256.GreaterThan(x, Vector256.Create(Exponential.Lowest));
        x = Vector256.Max(x, Vector256.Create(Exponential.Lowest));
        var n = Avx.RoundToNearestInteger(x * Exponential.Log2E);
        var r = Fma.MultiplyAdd(n, Vector256.Create(-Exponential.Ln2High), x);
        r = Fma.MultiplyAdd(n, Vector256.Create(-Exponential.Ln2Low), r);
        var p = Vector256.Create(Exponential.C0);
        p = Fma.MultiplyAdd(p, r, Vector256.Create(Exponential.C1));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(Exponential.C2));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(Exponential.C3));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(Exponential.C4));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(Exponential.C5));
        p = Fma.MultiplyAdd(p, r * r, r) + Vector256<float>.One;
        var power = Vector256.ShiftLeft(Vector256.ConvertToInt32(n) + Vector256.Create(127), 23).AsSingle();
        return Vector256.ConditionalSelect(visible, p * power, Vector256<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Highest(Vector256<float> x)
    {
        var half = Vector128.Max(x.GetLower(), x.GetUpper());
        half = Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(half, Vector128.Shuffle(half, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
