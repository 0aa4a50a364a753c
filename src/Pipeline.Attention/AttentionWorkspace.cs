using System.Runtime.InteropServices;

namespace Pipeline.Attention;

/// <summary>Scratch memory of attention, grown to what a call needs and kept for the next. Serves one call at a time.</summary>
public sealed unsafe class AttentionWorkspace : IDisposable
{
    private readonly Buffer partials = new();
    private readonly Buffer logSumExp = new();
    private Buffer[] threadBuffers = [];
    private int tileRows;
    private int headSize;
    private int stride;

    /// <summary>Creates a workspace that holds nothing yet.</summary>
    public AttentionWorkspace() => Call = new AttentionCall(this);

    /// <summary>Natural-log sum of exponentials of each row's scaled scores, <c>[rows, queryHeads]</c>, of the last call.</summary>
    public float* LogSumExp => logSumExp.Address;

    internal AttentionCall Call { get; }

    internal float* Partials => partials.Address;

    /// <inheritdoc/>
    public void Dispose()
    {
        partials.Dispose();
        logSumExp.Dispose();
        foreach (Buffer buffer in threadBuffers)
        {
            buffer.Dispose();
        }
    }

    internal void Reserve(int threads, int rows, int floatsPerHead, int rowStride, long partialFloats, long logSumExpFloats)
    {
        // Panels are as high as the tallest kernel at most; the last one may be partly empty.
        tileRows = rows + 16;
        headSize = floatsPerHead;
        stride = rowStride;
        partials.Reserve(partialFloats);
        logSumExp.Reserve(logSumExpFloats);
        if (threadBuffers.Length < threads)
        {
            int before = threadBuffers.Length;
            Array.Resize(ref threadBuffers, threads);
            for (int i = before; i < threads; i++)
            {
                threadBuffers[i] = new Buffer();
            }
        }

        long floats = 16L * KvLayout.BlockTokens              // scores
            + ((long)tileRows * headSize)                     // queries
            + (8L * 16 * tileRows)                            // maxima and sums of panels, at most one lane of 16 used per row
            + (4L * tileRows)                                 // row ranges, 64-bit
            + (4L * tileRows)                                 // maxima and sums of rows, part and total
            + (3L * tileRows * stride)                        // outputs
            + (16 * 16);                                      // alignment of each piece
        foreach (Buffer buffer in threadBuffers)
        {
            buffer.Reserve(floats);
        }
    }

    internal ThreadScratch Scratch(int thread)
    {
        float* at = threadBuffers[thread].Address;
        float* Take(long floats)
        {
            float* taken = at;
            at += (floats + 15) & ~15L;
            return taken;
        }

        return new ThreadScratch
        {
            Scores = Take(16 * KvLayout.BlockTokens),
            Queries = Take((long)tileRows * headSize),
            PanelMax = Take(16L * tileRows / 3),
            PanelSum = Take(16L * tileRows / 3),
            PanelOutput = Take((long)tileRows * stride),
            RowStart = (long*)Take(2L * tileRows),
            RowEnd = (long*)Take(2L * tileRows),
            PartMax = Take(tileRows),
            PartSum = Take(tileRows),
            PartOutput = Take((long)tileRows * stride),
            TotalMax = Take(tileRows),
            TotalSum = Take(tileRows),
            TotalOutput = Take((long)tileRows * stride),
        };
    }

    /// <summary>One thread's pieces.</summary>
    internal readonly struct ThreadScratch
    {
        public required float* Scores { get; init; }      // [panel rows, 64]
        public required float* Queries { get; init; }     // [panels][headSize, panel rows]
        public required float* PanelMax { get; init; }    // [panels, 16]
        public required float* PanelSum { get; init; }    // [panels, 16]
        public required float* PanelOutput { get; init; } // [rows, stride]
        public required long* RowStart { get; init; }     // [rows] first key seen
        public required long* RowEnd { get; init; }       // [rows] one past the last key seen
        public required float* PartMax { get; init; }     // [rows]
        public required float* PartSum { get; init; }     // [rows]
        public required float* PartOutput { get; init; }  // [rows, stride]
        public required float* TotalMax { get; init; }    // [rows]
        public required float* TotalSum { get; init; }    // [rows]
        public required float* TotalOutput { get; init; } // [rows, stride]
    }

    private sealed class Buffer : IDisposable
    {
        private long capacity;

        public float* Address { get; private set; }

        public void Reserve(long floats)
        {
            if (floats <= capacity)
            {
                return;
            }

            Dispose();
            Address = (float*)NativeMemory.AlignedAlloc(checked((nuint)(floats * sizeof(float))), 64);
            capacity = floats;
        }

        public void Dispose()
        {
            NativeMemory.AlignedFree(Address);
            Address = null;
            capacity = 0;
        }
    }
}
