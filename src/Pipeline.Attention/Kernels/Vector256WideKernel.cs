using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pipeline.Attention.Kernels;

/// <summary>
/// AVX2 with FMA, 6 query rows: tiles of 6 rows x 16 keys and 6 rows x 16 floats; 12 accumulators of 16 registers.
/// Reference: <see cref="ScalarKernel"/>.
/// </summary>
/// <remarks>
/// 6 x 16 is the largest tile that leaves registers for two loads and a broadcast.
/// </remarks>
internal readonly unsafe struct Vector256WideKernel : IBlockKernel
{
    public static int Rows => 6;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(float* query, float* keys, float* scores, int headSize, int keyCount, nint ahead)
    {
        for (int key = 0; key < keyCount; key += 16)
        {
            float* q = query;
            float* k = keys + key;
            Vector256<float> c00 = default, c01 = default;
            Vector256<float> c10 = default, c11 = default;
            Vector256<float> c20 = default, c21 = default;
            Vector256<float> c30 = default, c31 = default;
            Vector256<float> c40 = default, c41 = default;
            Vector256<float> c50 = default, c51 = default;
            for (int d = 0; d < headSize; d++)
            {
                var k0 = Vector256.Load(k);
                var k1 = Vector256.Load(k + 8);
                Sse.Prefetch1((byte*)k + ahead);
                var q0 = Vector256.Create(*q);
                c00 = Fma.MultiplyAdd(q0, k0, c00);
                c01 = Fma.MultiplyAdd(q0, k1, c01);
                var q1 = Vector256.Create(q[1]);
                c10 = Fma.MultiplyAdd(q1, k0, c10);
                c11 = Fma.MultiplyAdd(q1, k1, c11);
                var q2 = Vector256.Create(q[2]);
                c20 = Fma.MultiplyAdd(q2, k0, c20);
                c21 = Fma.MultiplyAdd(q2, k1, c21);
                var q3 = Vector256.Create(q[3]);
                c30 = Fma.MultiplyAdd(q3, k0, c30);
                c31 = Fma.MultiplyAdd(q3, k1, c31);
                var q4 = Vector256.Create(q[4]);
                c40 = Fma.MultiplyAdd(q4, k0, c40);
                c41 = Fma.MultiplyAdd(q4, k1, c41);
                var q5 = Vector256.Create(q[5]);
                c50 = Fma.MultiplyAdd(q5, k0, c50);
                c51 = Fma.MultiplyAdd(q5, k1, c51);
                q += 6;
                k += KvLayout.BlockTokens;
            }

            float* s = scores + key;
            c00.Store(s);
            c01.Store(s + 8);
            c10.Store(s + 64);
            c11.Store(s + 72);
            c20.Store(s + 128);
            c21.Store(s + 136);
            c30.Store(s + 192);
            c31.Store(s + 200);
            c40.Store(s + 256);
            c41.Store(s + 264);
            c50.Store(s + 320);
            c51.Store(s + 328);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* scores, float* max, float* sum, float* alpha) => Vector256Softmax.Step(scores, max, sum, alpha, Rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(float* weights, float* values, float* output, int stride, int keyCount, float* alpha, nint ahead)
    {
        int column = 0;
        for (; column + 16 <= stride; column += 16)
        {
            float* o = output + column;
            float* v = values + column;
            float* w = weights;
            var a0 = Vector256.Create(alpha[0]);
            var c00 = Vector256.Load(o) * a0;
            var c01 = Vector256.Load(o + 8) * a0;
            var a1 = Vector256.Create(alpha[1]);
            var c10 = Vector256.Load(o + stride) * a1;
            var c11 = Vector256.Load(o + stride + 8) * a1;
            var a2 = Vector256.Create(alpha[2]);
            var c20 = Vector256.Load(o + (2 * stride)) * a2;
            var c21 = Vector256.Load(o + (2 * stride) + 8) * a2;
            var a3 = Vector256.Create(alpha[3]);
            var c30 = Vector256.Load(o + (3 * stride)) * a3;
            var c31 = Vector256.Load(o + (3 * stride) + 8) * a3;
            var a4 = Vector256.Create(alpha[4]);
            var c40 = Vector256.Load(o + (4 * stride)) * a4;
            var c41 = Vector256.Load(o + (4 * stride) + 8) * a4;
            var a5 = Vector256.Create(alpha[5]);
            var c50 = Vector256.Load(o + (5 * stride)) * a5;
            var c51 = Vector256.Load(o + (5 * stride) + 8) * a5;
            for (int key = 0; key < keyCount; key++)
            {
                var v0 = Vector256.Load(v);
                var v1 = Vector256.Load(v + 8);
                Sse.Prefetch1((byte*)v + ahead);
                var w0 = Vector256.Create(*w);
                c00 = Fma.MultiplyAdd(w0, v0, c00);
                c01 = Fma.MultiplyAdd(w0, v1, c01);
                var w1 = Vector256.Create(w[64]);
                c10 = Fma.MultiplyAdd(w1, v0, c10);
                c11 = Fma.MultiplyAdd(w1, v1, c11);
                var w2 = Vector256.Create(w[128]);
                c20 = Fma.MultiplyAdd(w2, v0, c20);
                c21 = Fma.MultiplyAdd(w2, v1, c21);
                var w3 = Vector256.Create(w[192]);
                c30 = Fma.MultiplyAdd(w3, v0, c30);
                c31 = Fma.MultiplyAdd(w3, v1, c31);
                var w4 = Vector256.Create(w[256]);
                c40 = Fma.MultiplyAdd(w4, v0, c40);
                c41 = Fma.MultiplyAdd(w4, v1, c41);
                var w5 = Vector256.Create(w[320]);
                c50 = Fma.MultiplyAdd(w5, v0, c50);
                c51 = Fma.MultiplyAdd(w5, v1, c51);
                v += stride;
                w++;
            }

            c00.Store(o);
            c01.Store(o + 8);
            c10.Store(o + stride);
            c11.Store(o + stride + 8);
            c20.Store(o + (2 * stride));
            c21.Store(o + (2 * stride) + 8);
            c30.Store(o + (3 * stride));
            c31.Store(o + (3 * stride) + 8);
            c40.Store(o + (4 * stride));
            c41.Store(o + (4 * stride) + 8);
            c50.Store(o + (5 * stride));
            c51.Store(o + (5 * stride) + 8);
        }
    }
}
