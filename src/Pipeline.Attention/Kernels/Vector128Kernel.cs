using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Attention.Kernels;

/// <summary>
/// 128-bit vectors with fused multiply-add (Apple Silicon and other ARM64), 4 query rows: tiles of 4 rows x 16 keys and 4 rows x 16 floats.
/// Reference: <see cref="ScalarKernel"/>.
/// </summary>
/// <remarks>
/// 16 accumulators of 32 registers; the same height serves prefill and decode.
/// </remarks>
internal readonly unsafe struct Vector128Kernel : IBlockKernel
{
    public static int Rows => 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(float* query, float* keys, float* scores, int headSize, int keyCount, nint ahead)
    {
        for (int key = 0; key < keyCount; key += 16)
        {
            float* q = query;
            float* k = keys + key;
            Vector128<float> c00 = default, c01 = default, c02 = default, c03 = default;
            Vector128<float> c10 = default, c11 = default, c12 = default, c13 = default;
            Vector128<float> c20 = default, c21 = default, c22 = default, c23 = default;
            Vector128<float> c30 = default, c31 = default, c32 = default, c33 = default;
            for (int d = 0; d < headSize; d++)
            {
                var k0 = Vector128.Load(k);
                var k1 = Vector128.Load(k + 4);
                var k2 = Vector128.Load(k + 8);
                var k3 = Vector128.Load(k + 12);
                var q0 = Vector128.Create(*q);
                c00 = Vector128.FusedMultiplyAdd(q0, k0, c00);
                c01 = Vector128.FusedMultiplyAdd(q0, k1, c01);
                c02 = Vector128.FusedMultiplyAdd(q0, k2, c02);
                c03 = Vector128.FusedMultiplyAdd(q0, k3, c03);
                var q1 = Vector128.Create(q[1]);
                c10 = Vector128.FusedMultiplyAdd(q1, k0, c10);
                c11 = Vector128.FusedMultiplyAdd(q1, k1, c11);
                c12 = Vector128.FusedMultiplyAdd(q1, k2, c12);
                c13 = Vector128.FusedMultiplyAdd(q1, k3, c13);
                var q2 = Vector128.Create(q[2]);
                c20 = Vector128.FusedMultiplyAdd(q2, k0, c20);
                c21 = Vector128.FusedMultiplyAdd(q2, k1, c21);
                c22 = Vector128.FusedMultiplyAdd(q2, k2, c22);
                c23 = Vector128.FusedMultiplyAdd(q2, k3, c23);
                var q3 = Vector128.Create(q[3]);
                c30 = Vector128.FusedMultiplyAdd(q3, k0, c30);
                c31 = Vector128.FusedMultiplyAdd(q3, k1, c31);
                c32 = Vector128.FusedMultiplyAdd(q3, k2, c32);
                c33 = Vector128.FusedMultiplyAdd(q3, k3, c33);
                q += 4;
                k += KvLayout.BlockTokens;
            }

            float* s = scores + key;
            c00.Store(s);
            c01.Store(s + 4);
            c02.Store(s + 8);
            c03.Store(s + 12);
            c10.Store(s + 64);
            c11.Store(s + 68);
            c12.Store(s + 72);
            c13.Store(s + 76);
            c20.Store(s + 128);
            c21.Store(s + 132);
            c22.Store(s + 136);
            c23.Store(s + 140);
            c30.Store(s + 192);
            c31.Store(s + 196);
            c32.Store(s + 200);
            c33.Store(s + 204);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* scores, float* max, float* sum, float* alpha) => Vector128Softmax.Step(scores, max, sum, alpha, Rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(float* weights, float* values, float* output, int stride, int keyCount, float* alpha, nint ahead)
    {
        int column = 0;
        for (; column + 16 <= stride; column += 16)
        {
            float* o = output + column;
            float* v = values + column;
            float* w = weights;
            var a0 = Vector128.Create(alpha[0]);
            var c00 = Vector128.Load(o) * a0;
            var c01 = Vector128.Load(o + 4) * a0;
            var c02 = Vector128.Load(o + 8) * a0;
            var c03 = Vector128.Load(o + 12) * a0;
            var a1 = Vector128.Create(alpha[1]);
            var c10 = Vector128.Load(o + stride) * a1;
            var c11 = Vector128.Load(o + stride + 4) * a1;
            var c12 = Vector128.Load(o + stride + 8) * a1;
            var c13 = Vector128.Load(o + stride + 12) * a1;
            var a2 = Vector128.Create(alpha[2]);
            var c20 = Vector128.Load(o + (2 * stride)) * a2;
            var c21 = Vector128.Load(o + (2 * stride) + 4) * a2;
            var c22 = Vector128.Load(o + (2 * stride) + 8) * a2;
            var c23 = Vector128.Load(o + (2 * stride) + 12) * a2;
            var a3 = Vector128.Create(alpha[3]);
            var c30 = Vector128.Load(o + (3 * stride)) * a3;
            var c31 = Vector128.Load(o + (3 * stride) + 4) * a3;
            var c32 = Vector128.Load(o + (3 * stride) + 8) * a3;
            var c33 = Vector128.Load(o + (3 * stride) + 12) * a3;
            for (int key = 0; key < keyCount; key++)
            {
                var v0 = Vector128.Load(v);
                var v1 = Vector128.Load(v + 4);
                var v2 = Vector128.Load(v + 8);
                var v3 = Vector128.Load(v + 12);
                var w0 = Vector128.Create(*w);
                c00 = Vector128.FusedMultiplyAdd(w0, v0, c00);
                c01 = Vector128.FusedMultiplyAdd(w0, v1, c01);
                c02 = Vector128.FusedMultiplyAdd(w0, v2, c02);
                c03 = Vector128.FusedMultiplyAdd(w0, v3, c03);
                var w1 = Vector128.Create(w[64]);
                c10 = Vector128.FusedMultiplyAdd(w1, v0, c10);
                c11 = Vector128.FusedMultiplyAdd(w1, v1, c11);
                c12 = Vector128.FusedMultiplyAdd(w1, v2, c12);
                c13 = Vector128.FusedMultiplyAdd(w1, v3, c13);
                var w2 = Vector128.Create(w[128]);
                c20 = Vector128.FusedMultiplyAdd(w2, v0, c20);
                c21 = Vector128.FusedMultiplyAdd(w2, v1, c21);
                c22 = Vector128.FusedMultiplyAdd(w2, v2, c22);
                c23 = Vector128.FusedMultiplyAdd(w2, v3, c23);
                var w3 = Vector128.Create(w[192]);
                c30 = Vector128.FusedMultiplyAdd(w3, v0, c30);
                c31 = Vector128.FusedMultiplyAdd(w3, v1, c31);
                c32 = Vector128.FusedMultiplyAdd(w3, v2, c32);
                c33 = Vector128.FusedMultiplyAdd(w3, v3, c33);
                v += stride;
                w++;
            }

            c00.Store(o);
            c01.Store(o + 4);
            c02.Store(o + 8);
            c03.Store(o + 12);
            c10.Store(o + stride);
            c11.Store(o + stride + 4);
            c12.Store(o + stride + 8);
            c13.Store(o + stride + 12);
            c20.Store(o + (2 * stride));
            c21.Store(o + (2 * stride) + 4);
            c22.Store(o + (2 * stride) + 8);
            c23.Store(o + (2 * stride) + 12);
            c30.Store(o + (3 * stride));
            c31.Store(o + (3 * stride) + 4);
            c32.Store(o + (3 * stride) + 8);
            c33.Store(o + (3 * stride) + 12);
        }
    }
}
