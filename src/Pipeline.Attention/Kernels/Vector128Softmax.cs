using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Attention.Kernels;

/// <summary>Online softmax of a block with 128-bit vectors.</summary>
internal static unsafe class Vector128Softmax
{
    /// <summary>See <see cref="IBlockKernel.Softmax"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Step(float* scores, float* max, float* sum, float* alpha, int rows)
    {
        float* blockMax = stackalloc float[16];
        for (int row = 0; row < rows; row++)
        {
            float* s = scores + (row * KvLayout.BlockTokens);
            var highest = Vector128.Load(s);
            for (int key = 4; key < KvLayout.BlockTokens; key += 4)
            {
                highest = Vector128.Max(highest, Vector128.Load(s + key));
            }

            blockMax[row] = Highest(highest);
        }

        for (int row = 0; row < rows; row += 4)
        {
            var before = Vector128.Load(max + row);
            var after = Vector128.Max(before, Vector128.Load(blockMax + row));

            // A row that has seen nothing yet keeps -inf; subtracting 0 instead of -inf keeps its weights exactly 0 and its factor out of NaN.
            var finite = Vector128.ConditionalSelect(Vector128.Equals(after, Vector128.Create(float.NegativeInfinity)), Vector128<float>.Zero, after);
            after.Store(max + row);
            finite.Store(blockMax + row);
            Vector128.ConditionalSelect(Vector128.Equals(before, after), Vector128<float>.One, Exp(before - finite)).Store(alpha + row);
        }

        for (int row = 0; row < rows; row++)
        {
            float* s = scores + (row * KvLayout.BlockTokens);
            var shift = Vector128.Create(blockMax[row]);
            var total = Vector128<float>.Zero;
            for (int key = 0; key < KvLayout.BlockTokens; key += 4)
            {
                var weight = Exp(Vector128.Load(s + key) - shift);
                weight.Store(s + key);
                total += weight;
            }

            sum[row] = MathF.FusedMultiplyAdd(sum[row], alpha[row], Vector128.Sum(total));
        }
    }

    /// <summary>e^x for x of at most 0, within 2 units in the last place; below -87.3 exactly 0. Polynomial: Cephes expf (Moshier), range reduction after Cody and Waite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> Exp(Vector128<float> x)
    {
        var visible = Vector128.GreaterThan(x, Vector128.Create(Exponential.Lowest));
        x = Vector128.Max(x, Vector128.Create(Exponential.Lowest));
        var n = Vector128.Round(x * Exponential.Log2E, MidpointRounding.ToEven);
        var r = Vector128.FusedMultiplyAdd(n, Vector128.Create(-Exponential.Ln2High), x);
        r = Vector128.FusedMultiplyAdd(n, Vector128.Create(-Exponential.Ln2Low), r);
        var p = Vector128.Create(Exponential.C0);
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Exponential.C1));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Exponential.C2));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Exponential.C3));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Exponential.C4));
        p = Vector128.FusedMultiplyAdd(p, r, Vector128.Create(Exponential.C5));
        p = Vector128.FusedMultiplyAdd(p, r * r, r) + Vector128<float>.One;
        var power = Vector128.ShiftLeft(Vector128.ConvertToInt32(n) + Vector128.Create(127), 23).AsSingle();
        return Vector128.ConditionalSelect(visible, p * power, Vector128<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Highest(Vector128<float> x)
    {
        x = Vector128.Max(x, Vector128.Shuffle(x, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(x, Vector128.Shuffle(x, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
