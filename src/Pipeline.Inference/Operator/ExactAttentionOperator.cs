using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Pipeline.Inference.Graph;

namespace Pipeline.Inference.Operator;

/// <summary>
/// Our attention as an operator of ONNX Runtime, through its public custom-operator C ABI: no native code of ours.
/// A managed exception never crosses the boundary; it becomes an OrtStatus and thus the error of the run.
/// <code>
/// inputs   0 query or packed q|k|v   1 key?   2 value?   3 batch (int64 [1])   4 cos?   5 sin?   6 long cos?   7 long sin?   8 sinks?   9 q norm?   10 k norm?
/// output   0 attention output        [1, rows, queryHeads * headSize]
/// </code>
/// </summary>
internal static unsafe class ExactAttentionOperator
{
    internal const string Domain = "pipeline.attention";

    internal const int BatchInput = 3;

    private const int InputCount = 11;
    private const int Required = 0;
    private const int Optional = 1;

    // The descriptions live as long as the process: sessions keep their addresses.
    private static readonly nint FloatDescription = Describe(TensorType.Float);
    private static readonly nint HalfDescription = Describe(TensorType.Float16);

    internal static string NameFor(TensorType type) => type switch
    {
        TensorType.Float => "ExactAttention",
        TensorType.Float16 => "ExactAttentionFloat16",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Attention runs in float32 or float16."),
    };

    /// <summary>Makes the operator known to a session. The domain must live until its sessions are gone: dispose it after them.</summary>
    internal static OperatorDomain Register(SessionOptions options)
    {
        nint domain = OrtApiTable.CreateCustomOpDomain(Domain);
        OrtApiTable.AddOperator(domain, (void*)FloatDescription);
        OrtApiTable.AddOperator(domain, (void*)HalfDescription);
        OrtApiTable.AddDomain(options, domain);
        return new OperatorDomain(domain);
    }

    private static nint Describe(TensorType type)
    {
        var description = (OrtCustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(OrtCustomOp));
        description->Version = OrtApiTable.Version;
        description->GetName = &GetName;
        description->GetExecutionProviderType = &GetExecutionProviderType;
        description->GetInputType = &GetInputType;
        description->GetInputTypeCount = &GetInputTypeCount;
        description->GetOutputType = &GetOutputType;
        description->GetOutputTypeCount = &GetOutputTypeCount;
        description->KernelDestroy = &KernelDestroy;
        description->GetInputCharacteristic = &GetInputCharacteristic;
        description->GetOutputCharacteristic = &GetOutputCharacteristic;
        description->GetInputMemoryType = &GetInputMemoryType;
        description->GetVariadicInputMinArity = &One;
        description->GetVariadicInputHomogeneity = &One;
        description->GetVariadicOutputMinArity = &One;
        description->GetVariadicOutputHomogeneity = &One;
        description->CreateKernelV2 = &CreateKernel;
        description->KernelComputeV2 = &Compute;
        description->Name = (byte*)Marshal.StringToCoTaskMemUTF8(NameFor(type));
        description->ElementType = (int)type;
        return (nint)description;
    }

    [UnmanagedCallersOnly]
    private static byte* GetName(OrtCustomOp* op) => op->Name;

    [UnmanagedCallersOnly]
    private static byte* GetExecutionProviderType(OrtCustomOp* op) => null;

    [UnmanagedCallersOnly]
    private static int GetInputType(OrtCustomOp* op, nuint index) => index == BatchInput ? (int)OnnxType.Int64 : OnnxElementType(op);

    [UnmanagedCallersOnly]
    private static nuint GetInputTypeCount(OrtCustomOp* op) => InputCount;

    [UnmanagedCallersOnly]
    private static int GetOutputType(OrtCustomOp* op, nuint index) => OnnxElementType(op);

    [UnmanagedCallersOnly]
    private static nuint GetOutputTypeCount(OrtCustomOp* op) => 1;

    [UnmanagedCallersOnly]
    private static int GetInputCharacteristic(OrtCustomOp* op, nuint index) => index is 0 or BatchInput ? Required : Optional;

    [UnmanagedCallersOnly]
    private static int GetOutputCharacteristic(OrtCustomOp* op, nuint index) => Required;

    [UnmanagedCallersOnly]
    private static int GetInputMemoryType(OrtCustomOp* op, nuint index) => 0; // OrtMemTypeDefault

    [UnmanagedCallersOnly]
    private static int One(OrtCustomOp* op) => 1;

    [UnmanagedCallersOnly]
    private static nint CreateKernel(OrtCustomOp* op, nint api, nint info, nint* kernel)
    {
        try
        {
            *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(new ExactAttentionKernel(info, (TensorType)op->ElementType)));
            return 0;
        }
        catch (Exception e)
        {
            *kernel = 0;
            return OrtApiTable.CreateStatus(e.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static nint Compute(nint kernel, nint context)
    {
        try
        {
            ((ExactAttentionKernel)GCHandle.FromIntPtr(kernel).Target!).Compute(context);
            return 0;
        }
        catch (Exception e)
        {
            return OrtApiTable.CreateStatus($"{e.GetType().Name}: {e.Message}");
        }
    }

    [UnmanagedCallersOnly]
    private static void KernelDestroy(nint kernel)
    {
        if (kernel != 0)
        {
            GCHandle handle = GCHandle.FromIntPtr(kernel);
            (handle.Target as IDisposable)?.Dispose();
            handle.Free();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int OnnxElementType(OrtCustomOp* op) => op->ElementType;

    // ONNXTensorElementDataType has the numbers of TensorProto.DataType.
    private enum OnnxType
    {
        Int64 = 7,
    }
}

/// <summary>Owns an operator domain; released after the sessions that use it.</summary>
internal sealed class OperatorDomain(nint domain) : IDisposable
{
    private nint domain = domain;

    public void Dispose()
    {
        if (domain != 0)
        {
            OrtApiTable.ReleaseDomain(domain);
            domain = 0;
        }
    }
}
