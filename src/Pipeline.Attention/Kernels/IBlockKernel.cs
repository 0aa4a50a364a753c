namespace Pipeline.Attention.Kernels;

/// <summary>
/// The three inner loops of attention over one KV block, for a panel of <see cref="Rows"/> query rows.
/// Every row's arithmetic is a fixed sequence that does not depend on the other rows of its panel, nor on the panel's height:
/// scores sum over the head size in ascending order, the softmax of a block reduces its 64 lanes in one fixed tree, and values are added in ascending key order.
/// This is what makes results bitwise independent of chunk size, thread count and batch.
/// </summary>
internal unsafe interface IBlockKernel
{
    /// <summary>Rows of a panel.</summary>
    static abstract int Rows { get; }

    /// <summary><c>scores[Rows, 64] = query · keys</c>, for the first <paramref name="keyCount"/> keys rounded up to what the kernel does at once.</summary>
    /// <param name="query">Packed panel, <c>[headSize, Rows]</c>, already scaled.</param>
    /// <param name="keys"><c>[headSize, 64]</c>.</param>
    /// <param name="scores"><c>[Rows, 64]</c>.</param>
    /// <param name="headSize">Floats per head.</param>
    /// <param name="keyCount">Keys that any row sees, 1 to 64.</param>
    /// <param name="ahead">Bytes from these keys to those of the block that comes next, which are fetched into the second-level cache meanwhile; 0 for none.</param>
    static abstract void Scores(float* query, float* keys, float* scores, int headSize, int keyCount, nint ahead);

    /// <summary>One step of the online softmax (Milakov and Gimelshein, arXiv 1805.02867): scores become <c>exp(score - max)</c>.</summary>
    /// <param name="scores"><c>[Rows, 64]</c>; masked entries are negative infinity and become exactly 0.</param>
    /// <param name="max">Running maxima, <c>[16]</c>, updated.</param>
    /// <param name="sum">Running sums, <c>[16]</c>, updated.</param>
    /// <param name="alpha">Factors for what was accumulated before, <c>[16]</c>; 1 where the maximum stayed.</param>
    static abstract void Softmax(float* scores, float* max, float* sum, float* alpha);

    /// <summary><c>output[Rows, stride] = alpha * output + weights · values</c>.</summary>
    /// <param name="weights"><c>[Rows, 64]</c>.</param>
    /// <param name="values"><c>[64, stride]</c>.</param>
    /// <param name="output"><c>[Rows, stride]</c>.</param>
    /// <param name="stride">Floats per row of values and output, a multiple of 16.</param>
    /// <param name="keyCount">Keys with any weight, 1 to 64.</param>
    /// <param name="alpha"><c>[16]</c>.</param>
    /// <param name="ahead">Bytes from these values to those of the block that comes next; 0 for none.</param>
    static abstract void Accumulate(float* weights, float* values, float* output, int stride, int keyCount, float* alpha, nint ahead);
}
