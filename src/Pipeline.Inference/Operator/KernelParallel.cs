using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Pipeline.Attention;

namespace Pipeline.Inference.Operator;

/// <summary>
/// ONNX Runtime's own thread pool, for the duration of one operator call. Its callback returns nothing and must not throw, or the process dies:
/// exceptions are kept and thrown afterwards on the calling thread.
/// </summary>
internal sealed unsafe class KernelParallel(nint context, int threads) : IParallel
{
    /// <inheritdoc/>
    public int Threads => threads;

    /// <inheritdoc/>
    public void For(int count, Action<int> body)
    {
        var work = new Work(body);
        GCHandle handle = GCHandle.Alloc(work);
        try
        {
            OrtApiTable.ParallelFor(context, &Call, count, (void*)GCHandle.ToIntPtr(handle));
        }
        finally
        {
            handle.Free();
        }

        if (work.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    [UnmanagedCallersOnly]
    private static void Call(void* state, nuint index)
    {
        var work = (Work)GCHandle.FromIntPtr((nint)state).Target!;
        try
        {
            work.Body((int)index);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref work.Failure, e, null);
        }
    }

    private sealed class Work(Action<int> body)
    {
        public readonly Action<int> Body = body;
        public Exception? Failure;
    }
}
