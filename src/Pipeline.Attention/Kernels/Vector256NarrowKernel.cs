using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pipeline.Attention.Kernels;

/// <summary>
/// AVX2 with FMA, 3 query rows, for decoding one question.
/// Reference: <see cref="ScalarKernel"/>; every row is bit for bit that of <see cref="Vector256WideKernel"/>.
/// </summary>
/// <remarks>
/// 3 x 32 keeps 12 accumulators busy.
/// </remarks>
internal readonly unsafe struct Vector256NarrowKernel : IBlockKernel
{
    public static int Rows => 3;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(float* query, float* keys, float* scores, int headSize, int keyCount, nint ahead)
    {
        for (int key = 0; key < keyCount; key += 32)
        {
            float* q = query;
            float* k = keys + key;
            Vector256<float> c00 = default, c01 = default, c02 = default, c03 = default;
            Vector256<float> c10 = default, c11 = default, c12 = default, c13 = default;
            Vector256<float> c20 = default, c21 = default, c22 = default, c23 = default;
            for (int d = 0; d < headSize; d++)
            {
                var k0 = Vector256.Load(k);
                var k1 = Vector256.Load(k + 8);
                var k2 = Vector256.Load(k + 16);
                var k3 = Vector256.Load(k + 24);
                Sse.Prefetch1((byte*)k + ahead);
                Sse.Prefetch1((byte*)(k + 16) + ahead);
                var q0 = Vector256.Create(*q);
                c00 = Fma.MultiplyAdd(q0, k0, c00);
                c01 = Fma.MultiplyAdd(q0, k1, c01);
                c02 = Fma.MultiplyAdd(q0, k2, c02);
                c03 = Fma.MultiplyAdd(q0, k3, c03);
                var q1 = Vector256.Create(q[1]);
                c10 = Fma.MultiplyAdd(q1, k0, c10);
                c11 = Fma.MultiplyAdd(q1, k1, c11);
                c12 = Fma.MultiplyAdd(q1, k2, c12);
                c13 = Fma.MultiplyAdd(q1, k3, c13);
                var q2 = Vector256.Create(q[2]);
                c20 = Fma.MultiplyAdd(q2, k0, c20);
                c21 = Fma.MultiplyAdd(q2, k1, c21);
                c22 = Fma.MultiplyAdd(q2, k2, c22);
                c23 = Fma.MultiplyAdd(q2, k3, c23);
                q += 3;
                k += KvLayout.BlockTokens;
            }

            float* s = scores + key;
            c00.Store(s);
            c01.Store(s + 8);
            c02.Store(s + 16);
            c03.Store(s + 24);
            c10.Store(s + 64);
            c11.Store(s + 72);
            c12.Store(s + 80);
            c13.Store(s + 88);
            c20.Store(s + 128);
            c21.Store(s + 136);
            c22.Store(s + 144);
            c23.Store(s + 152);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* scores, float* max, float* sum, float* alpha) => Vector256Softmax.Step(scores, max, sum, alpha, Rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(float* weights, float* values, float* output, int stride, int keyCount, float* alpha, nint ahead)
    {
        int column = 0;
        for (; column + 32 <= stride; column += 32)
        {
            float* o = output + column;
            float* v = values + column;
            float* w = weights;
            var a0 = Vector256.Create(alpha[0]);
            var c00 = Vector256.Load(o) * a0;
            var c01 = Vector256.Load(o + 8) * a0;
            var c02 = Vector256.Load(o + 16) * a0;
            var c03 = Vector256.Load(o + 24) * a0;
            var a1 = Vector256.Create(alpha[1]);
            var c10 = Vector256.Load(o + stride) * a1;
            var c11 = Vector256.Load(o + stride + 8) * a1;
            var c12 = Vector256.Load(o + stride + 16) * a1;
            var c13 = Vector256.Load(o + stride + 24) * a1;
            var a2 = Vector256.Create(alpha[2]);
            var c20 = Vector256.Load(o + (2 * stride)) * a2;
            var c21 = Vector256.Load(o + (2 * stride) + 8) * a2;
            var c22 = Vector256.Load(o + (2 * stride) + 16) * a2;
            var c23 = Vector256.Load(o + (2 * stride) + 24) * a2;
            for (int key = 0; key < keyCount; key++)
            {
                var v0 = Vector256.Load(v);
                var v1 = Vector256.Load(v + 8);
                var v2 = Vector256.Load(v + 16);
                var v3 = Vector256.Load(v + 24);
                Sse.Prefetch1((byte*)v + ahead);
                Sse.Prefetch1((byte*)(v + 16) + ahead);
                var w0 = Vector256.Create(*w);
                c00 = Fma.MultiplyAdd(w0, v0, c00);
                c01 = Fma.MultiplyAdd(w0, v1, c01);
                c02 = Fma.MultiplyAdd(w0, v2, c02);
                c03 = Fma.MultiplyAdd(w0, v3, c03);
                var w1 = Vector256.Create(w[64]);
                c10 = Fma.MultiplyAdd(w1, v0, c10);
                c11 = Fma.MultiplyAdd(w1, v1, c11);
                c12 = Fma.MultiplyAdd(w1, v2, c12);
                c13 = Fma.MultiplyAdd(w1, v3, c13);
                var w2 = Vector256.Create(w[128]);
                c20 = Fma.MultiplyAdd(w2, v0, c20);
                c21 = Fma.MultiplyAdd(w2, v1, c21);
                c22 = Fma.MultiplyAdd(w2, v2, c22);
                c23 = Fma.MultiplyAdd(w2, v3, c23);
                v += stride;
                w++;
            }

            c00.Store(o);
            c01.Store(o + 8);
            c02.Store(o + 16);
            c03.Store(o + 24);
            c10.Store(o + stride);
            c11.Store(o + stride + 8);
            c12.Store(o + stride + 16);
            c13.Store(o + stride + 24);
            c20.Store(o + (2 * stride));
            c21.Store(o + (2 * stride) + 8);
            c22.Store(o + (2 * stride) + 16);
            c23.Store(o + (2 * stride) + 24);
        }

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
                v += stride;
                w++;
            }

            c00.Store(o);
            c01.Store(o + 8);
            c10.Store(o + stride);
            c11.Store(o + stride + 8);
            c20.Store(o + (2 * stride));
            c21.Store(o + (2 * stride) + 8);
        }
    }
}
