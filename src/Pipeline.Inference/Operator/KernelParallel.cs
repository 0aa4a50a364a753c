using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Pipeline.Attention;

namespace Pipeline.Inference.Operator;

/// <summary>
/// ONNX Runtime's own thread pool, for one operator call after the other. Its callback returns nothing and must not throw, or the process dies:
/// exceptions are kept and thrown afterwards on the calling thread.
/// </summary>
internal sealed unsafe class KernelParallel : IParallel, IDisposable
{
    private readonly GCHandle self;
    private nint context;
    private Action<int>? body;
    private Exception? failure;

    internal KernelParallel() => self = GCHandle.Alloc(this, GCHandleType.Weak);

    /// <inheritdoc/>
    public int Threads { get; private set; }

    /// <summary>Says which operator call is running, and on how many threads.</summary>
    internal void Enter(nint kernelContext, int threads)
    {
        context = kernelContext;
        Threads = threads;
    }

    /// <inheritdoc/>
    public void For(int count, Action<int> body)
    {
        this.body = body;
        failure = null;
        OrtApiTable.ParallelFor(context, &Call, count, (void*)GCHandle.ToIntPtr(self));
        if (failure is { } thrown)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }

    public void Dispose() => self.Free();

    [UnmanagedCallersOnly]
    private static void Call(void* state, nuint index)
    {
        var parallel = (KernelParallel)GCHandle.FromIntPtr((nint)state).Target!;
        try
        {
            parallel.body!((int)index);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref parallel.failure, e, null);
        }
    }
}
