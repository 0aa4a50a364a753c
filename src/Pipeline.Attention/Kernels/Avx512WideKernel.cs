using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pipeline.Attention.Kernels;

/// <summary>
/// AVX-512, 12 query rows: scores in tiles of 12 rows x 32 keys, values in tiles of 12 rows x 32 floats; 24 accumulators of 32 registers.
/// Reference: <see cref="ScalarKernel"/>.
/// </summary>
/// <remarks>
/// 12 x 32 keeps 24 fused multiply-adds in flight per 2 loads; the broadcast operand is folded into the instruction by the JIT.
/// Blocks lie megabytes apart, which the processor's own prefetcher does not bridge: fetching the next block while this one is computed gained
/// 1.12 x for 512 rows, 1.35 x for eight questions' rows (2 threads, head size 64, 6,000 to 7,500 keys).
/// </remarks>
internal readonly unsafe struct Avx512WideKernel : IBlockKernel
{
    public static int Rows => 12;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(float* query, float* keys, float* scores, int headSize, int keyCount, nint ahead)
    {
        for (int key = 0; key < keyCount; key += 32)
        {
            float* q = query;
            float* k = keys + key;
            Vector512<float> c00 = default, c01 = default;
            Vector512<float> c10 = default, c11 = default;
            Vector512<float> c20 = default, c21 = default;
            Vector512<float> c30 = default, c31 = default;
            Vector512<float> c40 = default, c41 = default;
            Vector512<float> c50 = default, c51 = default;
            Vector512<float> c60 = default, c61 = default;
            Vector512<float> c70 = default, c71 = default;
            Vector512<float> c80 = default, c81 = default;
            Vector512<float> c90 = default, c91 = default;
            Vector512<float> cA0 = default, cA1 = default;
            Vector512<float> cB0 = default, cB1 = default;
            for (int d = 0; d < headSize; d++)
            {
                var k0 = Vector512.Load(k);
                var k1 = Vector512.Load(k + 16);
                Sse.Prefetch1((byte*)k + ahead);
                Sse.Prefetch1((byte*)(k + 16) + ahead);
                var q0 = Vector512.Create(*q);
                c00 = Avx512F.FusedMultiplyAdd(q0, k0, c00);
                c01 = Avx512F.FusedMultiplyAdd(q0, k1, c01);
                var q1 = Vector512.Create(q[1]);
                c10 = Avx512F.FusedMultiplyAdd(q1, k0, c10);
                c11 = Avx512F.FusedMultiplyAdd(q1, k1, c11);
                var q2 = Vector512.Create(q[2]);
                c20 = Avx512F.FusedMultiplyAdd(q2, k0, c20);
                c21 = Avx512F.FusedMultiplyAdd(q2, k1, c21);
                var q3 = Vector512.Create(q[3]);
                c30 = Avx512F.FusedMultiplyAdd(q3, k0, c30);
                c31 = Avx512F.FusedMultiplyAdd(q3, k1, c31);
                var q4 = Vector512.Create(q[4]);
                c40 = Avx512F.FusedMultiplyAdd(q4, k0, c40);
                c41 = Avx512F.FusedMultiplyAdd(q4, k1, c41);
                var q5 = Vector512.Create(q[5]);
                c50 = Avx512F.FusedMultiplyAdd(q5, k0, c50);
                c51 = Avx512F.FusedMultiplyAdd(q5, k1, c51);
                var q6 = Vector512.Create(q[6]);
                c60 = Avx512F.FusedMultiplyAdd(q6, k0, c60);
                c61 = Avx512F.FusedMultiplyAdd(q6, k1, c61);
                var q7 = Vector512.Create(q[7]);
                c70 = Avx512F.FusedMultiplyAdd(q7, k0, c70);
                c71 = Avx512F.FusedMultiplyAdd(q7, k1, c71);
                var q8 = Vector512.Create(q[8]);
                c80 = Avx512F.FusedMultiplyAdd(q8, k0, c80);
                c81 = Avx512F.FusedMultiplyAdd(q8, k1, c81);
                var q9 = Vector512.Create(q[9]);
                c90 = Avx512F.FusedMultiplyAdd(q9, k0, c90);
                c91 = Avx512F.FusedMultiplyAdd(q9, k1, c91);
                var qA = Vector512.Create(q[10]);
                cA0 = Avx512F.FusedMultiplyAdd(qA, k0, cA0);
                cA1 = Avx512F.FusedMultiplyAdd(qA, k1, cA1);
                var qB = Vector512.Create(q[11]);
                cB0 = Avx512F.FusedMultiplyAdd(qB, k0, cB0);
                cB1 = Avx512F.FusedMultiplyAdd(qB, k1, cB1);
                q += 12;
                k += KvLayout.BlockTokens;
            }

            float* s = scores + key;
            c00.Store(s);
            c01.Store(s + 16);
            c10.Store(s + 64);
            c11.Store(s + 80);
            c20.Store(s + 128);
            c21.Store(s + 144);
            c30.Store(s + 192);
            c31.Store(s + 208);
            c40.Store(s + 256);
            c41.Store(s + 272);
            c50.Store(s + 320);
            c51.Store(s + 336);
            c60.Store(s + 384);
            c61.Store(s + 400);
            c70.Store(s + 448);
            c71.Store(s + 464);
            c80.Store(s + 512);
            c81.Store(s + 528);
            c90.Store(s + 576);
            c91.Store(s + 592);
            cA0.Store(s + 640);
            cA1.Store(s + 656);
            cB0.Store(s + 704);
            cB1.Store(s + 720);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Softmax(float* scores, float* max, float* sum, float* alpha) => Avx512Softmax.Step(scores, max, sum, alpha, Rows);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(float* weights, float* values, float* output, int stride, int keyCount, float* alpha, nint ahead)
    {
        int column = 0;
        for (; column + 32 <= stride; column += 32)
        {
            float* o = output + column;
            float* v = values + column;
            float* w = weights;
            var a0 = Vector512.Create(alpha[0]);
            var c00 = Vector512.Load(o) * a0;
            var c01 = Vector512.Load(o + 16) * a0;
            var a1 = Vector512.Create(alpha[1]);
            var c10 = Vector512.Load(o + stride) * a1;
            var c11 = Vector512.Load(o + stride + 16) * a1;
            var a2 = Vector512.Create(alpha[2]);
            var c20 = Vector512.Load(o + (2 * stride)) * a2;
            var c21 = Vector512.Load(o + (2 * stride) + 16) * a2;
            var a3 = Vector512.Create(alpha[3]);
            var c30 = Vector512.Load(o + (3 * stride)) * a3;
            var c31 = Vector512.Load(o + (3 * stride) + 16) * a3;
            var a4 = Vector512.Create(alpha[4]);
            var c40 = Vector512.Load(o + (4 * stride)) * a4;
            var c41 = Vector512.Load(o + (4 * stride) + 16) * a4;
            var a5 = Vector512.Create(alpha[5]);
            var c50 = Vector512.Load(o + (5 * stride)) * a5;
            var c51 = Vector512.Load(o + (5 * stride) + 16) * a5;
            var a6 = Vector512.Create(alpha[6]);
            var c60 = Vector512.Load(o + (6 * stride)) * a6;
            var c61 = Vector512.Load(o + (6 * stride) + 16) * a6;
            var a7 = Vector512.Create(alpha[7]);
            var c70 = Vector512.Load(o + (7 * stride)) * a7;
            var c71 = Vector512.Load(o + (7 * stride) + 16) * a7;
            var a8 = Vector512.Create(alpha[8]);
            var c80 = Vector512.Load(o + (8 * stride)) * a8;
            var c81 = Vector512.Load(o + (8 * stride) + 16) * a8;
            var a9 = Vector512.Create(alpha[9]);
            var c90 = Vector512.Load(o + (9 * stride)) * a9;
            var c91 = Vector512.Load(o + (9 * stride) + 16) * a9;
            var aA = Vector512.Create(alpha[10]);
            var cA0 = Vector512.Load(o + (10 * stride)) * aA;
            var cA1 = Vector512.Load(o + (10 * stride) + 16) * aA;
            var aB = Vector512.Create(alpha[11]);
            var cB0 = Vector512.Load(o + (11 * stride)) * aB;
            var cB1 = Vector512.Load(o + (11 * stride) + 16) * aB;
            for (int key = 0; key < keyCount; key++)
            {
                var v0 = Vector512.Load(v);
                var v1 = Vector512.Load(v + 16);
                Sse.Prefetch1((byte*)v + ahead);
                Sse.Prefetch1((byte*)(v + 16) + ahead);
                var w0 = Vector512.Create(*w);
                c00 = Avx512F.FusedMultiplyAdd(w0, v0, c00);
                c01 = Avx512F.FusedMultiplyAdd(w0, v1, c01);
                var w1 = Vector512.Create(w[64]);
                c10 = Avx512F.FusedMultiplyAdd(w1, v0, c10);
                c11 = Avx512F.FusedMultiplyAdd(w1, v1, c11);
                var w2 = Vector512.Create(w[128]);
                c20 = Avx512F.FusedMultiplyAdd(w2, v0, c20);
                c21 = Avx512F.FusedMultiplyAdd(w2, v1, c21);
                var w3 = Vector512.Create(w[192]);
                c30 = Avx512F.FusedMultiplyAdd(w3, v0, c30);
                c31 = Avx512F.FusedMultiplyAdd(w3, v1, c31);
                var w4 = Vector512.Create(w[256]);
                c40 = Avx512F.FusedMultiplyAdd(w4, v0, c40);
                c41 = Avx512F.FusedMultiplyAdd(w4, v1, c41);
                var w5 = Vector512.Create(w[320]);
                c50 = Avx512F.FusedMultiplyAdd(w5, v0, c50);
                c51 = Avx512F.FusedMultiplyAdd(w5, v1, c51);
                var w6 = Vector512.Create(w[384]);
                c60 = Avx512F.FusedMultiplyAdd(w6, v0, c60);
                c61 = Avx512F.FusedMultiplyAdd(w6, v1, c61);
                var w7 = Vector512.Create(w[448]);
                c70 = Avx512F.FusedMultiplyAdd(w7, v0, c70);
                c71 = Avx512F.FusedMultiplyAdd(w7, v1, c71);
                var w8 = Vector512.Create(w[512]);
                c80 = Avx512F.FusedMultiplyAdd(w8, v0, c80);
                c81 = Avx512F.FusedMultiplyAdd(w8, v1, c81);
                var w9 = Vector512.Create(w[576]);
                c90 = Avx512F.FusedMultiplyAdd(w9, v0, c90);
                c91 = Avx512F.FusedMultiplyAdd(w9, v1, c91);
                var wA = Vector512.Create(w[640]);
                cA0 = Avx512F.FusedMultiplyAdd(wA, v0, cA0);
                cA1 = Avx512F.FusedMultiplyAdd(wA, v1, cA1);
                var wB = Vector512.Create(w[704]);
                cB0 = Avx512F.FusedMultiplyAdd(wB, v0, cB0);
                cB1 = Avx512F.FusedMultiplyAdd(wB, v1, cB1);
                v += stride;
                w++;
            }

            c00.Store(o);
            c01.Store(o + 16);
            c10.Store(o + stride);
            c11.Store(o + stride + 16);
            c20.Store(o + (2 * stride));
            c21.Store(o + (2 * stride) + 16);
            c30.Store(o + (3 * stride));
            c31.Store(o + (3 * stride) + 16);
            c40.Store(o + (4 * stride));
            c41.Store(o + (4 * stride) + 16);
            c50.Store(o + (5 * stride));
            c51.Store(o + (5 * stride) + 16);
            c60.Store(o + (6 * stride));
            c61.Store(o + (6 * stride) + 16);
            c70.Store(o + (7 * stride));
            c71.Store(o + (7 * stride) + 16);
            c80.Store(o + (8 * stride));
            c81.Store(o + (8 * stride) + 16);
            c90.Store(o + (9 * stride));
            c91.Store(o + (9 * stride) + 16);
            cA0.Store(o + (10 * stride));
            cA1.Store(o + (10 * stride) + 16);
            cB0.Store(o + (11 * stride));
            cB1.Store(o + (11 * stride) + 16);
        }

        for (; column + 16 <= stride; column += 16)
        {
            float* o = output + column;
            float* v = values + column;
            float* w = weights;
            var a0 = Vector512.Create(alpha[0]);
            var c00 = Vector512.Load(o) * a0;
            var a1 = Vector512.Create(alpha[1]);
            var c10 = Vector512.Load(o + stride) * a1;
            var a2 = Vector512.Create(alpha[2]);
            var c20 = Vector512.Load(o + (2 * stride)) * a2;
            var a3 = Vector512.Create(alpha[3]);
            var c30 = Vector512.Load(o + (3 * stride)) * a3;
            var a4 = Vector512.Create(alpha[4]);
            var c40 = Vector512.Load(o + (4 * stride)) * a4;
            var a5 = Vector512.Create(alpha[5]);
            var c50 = Vector512.Load(o + (5 * stride)) * a5;
            var a6 = Vector512.Create(alpha[6]);
            var c60 = Vector512.Load(o + (6 * stride)) * a6;
            var a7 = Vector512.Create(alpha[7]);
            var c70 = Vector512.Load(o + (7 * stride)) * a7;
            var a8 = Vector512.Create(alpha[8]);
            var c80 = Vector512.Load(o + (8 * stride)) * a8;
            var a9 = Vector512.Create(alpha[9]);
            var c90 = Vector512.Load(o + (9 * stride)) * a9;
            var aA = Vector512.Create(alpha[10]);
            var cA0 = Vector512.Load(o + (10 * stride)) * aA;
            var aB = Vector512.Create(alpha[11]);
            var cB0 = Vector512.Load(o + (11 * stride)) * aB;
            for (int key = 0; key < keyCount; key++)
            {
                var v0 = Vector512.Load(v);
                Sse.Prefetch1((byte*)v + ahead);
                var w0 = Vector512.Create(*w);
                c00 = Avx512F.FusedMultiplyAdd(w0, v0, c00);
                var w1 = Vector512.Create(w[64]);
                c10 = Avx512F.FusedMultiplyAdd(w1, v0, c10);
                var w2 = Vector512.Create(w[128]);
                c20 = Avx512F.FusedMultiplyAdd(w2, v0, c20);
                var w3 = Vector512.Create(w[192]);
                c30 = Avx512F.FusedMultiplyAdd(w3, v0, c30);
                var w4 = Vector512.Create(w[256]);
                c40 = Avx512F.FusedMultiplyAdd(w4, v0, c40);
                var w5 = Vector512.Create(w[320]);
                c50 = Avx512F.FusedMultiplyAdd(w5, v0, c50);
                var w6 = Vector512.Create(w[384]);
                c60 = Avx512F.FusedMultiplyAdd(w6, v0, c60);
                var w7 = Vector512.Create(w[448]);
                c70 = Avx512F.FusedMultiplyAdd(w7, v0, c70);
                var w8 = Vector512.Create(w[512]);
                c80 = Avx512F.FusedMultiplyAdd(w8, v0, c80);
                var w9 = Vector512.Create(w[576]);
                c90 = Avx512F.FusedMultiplyAdd(w9, v0, c90);
                var wA = Vector512.Create(w[640]);
                cA0 = Avx512F.FusedMultiplyAdd(wA, v0, cA0);
                var wB = Vector512.Create(w[704]);
                cB0 = Avx512F.FusedMultiplyAdd(wB, v0, cB0);
                v += stride;
                w++;
            }

            c00.Store(o);
            c10.Store(o + stride);
            c20.Store(o + (2 * stride));
            c30.Store(o + (3 * stride));
            c40.Store(o + (4 * stride));
            c50.Store(o + (5 * stride));
            c60.Store(o + (6 * stride));
            c70.Store(o + (7 * stride));
            c80.Store(o + (8 * stride));
            c90.Store(o + (9 * stride));
            cA0.Store(o + (10 * stride));
            cB0.Store(o + (11 * stride));
        }
    }
}
