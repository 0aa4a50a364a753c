namespace Pipeline.Attention.Kernels;

/// <summary>Plain loops: what the vector kernels are checked against, and what runs where there is no fused multiply-add in vectors.</summary>
internal readonly unsafe struct ScalarKernel : IBlockKernel
{
    public static int Rows => 4;

    public static void Scores(float* query, float* keys, float* scores, int headSize, int keyCount, nint ahead)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int key = 0; key < KvLayout.BlockTokens; key++)
            {
                float total = 0;
                for (int d = 0; d < headSize; d++)
                {
                    total = MathF.FusedMultiplyAdd(query[(d * Rows) + row], keys[(d * KvLayout.BlockTokens) + key], total);
                }

                scores[(row * KvLayout.BlockTokens) + key] = total;
            }
        }
    }

    public static void Softmax(float* scores, float* max, float* sum, float* alpha)
    {
        for (int row = 0; row < Rows; row++)
        {
            float* s = scores + (row * KvLayout.BlockTokens);
            float before = max[row], after = before;
            for (int key = 0; key < KvLayout.BlockTokens; key++)
            {
                after = MathF.Max(after, s[key]);
            }

            float shift = float.IsNegativeInfinity(after) ? 0 : after;
            max[row] = after;
            alpha[row] = before == after ? 1 : Exponential.Exp(before - shift);
            float total = 0;
            for (int key = 0; key < KvLayout.BlockTokens; key++)
            {
                s[key] = Exponential.Exp(s[key] - shift);
                total += s[key];
            }

            sum[row] = MathF.FusedMultiplyAdd(sum[row], alpha[row], total);
        }
    }

    public static void Accumulate(float* weights, float* values, float* output, int stride, int keyCount, float* alpha, nint ahead)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < stride; column++)
            {
                float total = output[(row * stride) + column] * alpha[row];
                for (int key = 0; key < keyCount; key++)
                {
                    total = MathF.FusedMultiplyAdd(weights[(row * KvLayout.BlockTokens) + key], values[(key * stride) + column], total);
                }

                output[(row * stride) + column] = total;
            }
        }
    }
}
