using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace Pipeline.Inference.Operator;

/// <summary>
/// The functions of ONNX Runtime's C API (<c>OrtApi</c> in onnxruntime_c_api.h) that a custom operator needs and the managed package does not offer.
/// The table is append-only, so an index holds for every later version; a test checks them against the header.
/// </summary>
internal static unsafe class OrtApiTable
{
    /// <summary>API level asked for: the first with everything used here (KernelContext_ParallelFor came with 1.17).</summary>
    internal const uint Version = 17;

    internal const int CreateStatusIndex = 0;
    internal const int GetErrorMessageIndex = 2;
    internal const int CreateCustomOpDomainIndex = 26;
    internal const int CustomOpDomainAddIndex = 27;
    internal const int AddCustomOpDomainIndex = 28;
    internal const int GetTensorMutableDataIndex = 51;
    internal const int GetDimensionsCountIndex = 61;
    internal const int GetDimensionsIndex = 62;
    internal const int GetTensorTypeAndShapeIndex = 65;
    internal const int KernelInfoGetAttributeFloatIndex = 85;
    internal const int KernelInfoGetAttributeInt64Index = 86;
    internal const int KernelContextGetInputIndex = 90;
    internal const int KernelContextGetOutputIndex = 91;
    internal const int ReleaseStatusIndex = 93;
    internal const int ReleaseTensorTypeAndShapeInfoIndex = 99;
    internal const int ReleaseCustomOpDomainIndex = 101;
    internal const int KernelContextParallelForIndex = 274;

    private static readonly void** Functions = Load();

    internal static nint CreateStatus(string message)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes(message), 0];
        fixed (byte* pointer = text)
        {
            const int fail = 1; // ORT_FAIL
            return ((delegate* unmanaged<int, byte*, nint>)Functions[CreateStatusIndex])(fail, pointer);
        }
    }

    internal static nint CreateCustomOpDomain(string name)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes(name), 0];
        nint domain;
        fixed (byte* pointer = text)
        {
            Check(((delegate* unmanaged<byte*, nint*, nint>)Functions[CreateCustomOpDomainIndex])(pointer, &domain));
        }

        return domain;
    }

    internal static void AddOperator(nint domain, void* customOp)
        => Check(((delegate* unmanaged<nint, void*, nint>)Functions[CustomOpDomainAddIndex])(domain, customOp));

    internal static void AddDomain(SessionOptions options, nint domain)
        => Check(((delegate* unmanaged<nint, nint, nint>)Functions[AddCustomOpDomainIndex])(options.DangerousGetHandle(), domain));

    internal static void ReleaseDomain(nint domain) => ((delegate* unmanaged<nint, void>)Functions[ReleaseCustomOpDomainIndex])(domain);

    internal static float AttributeFloat(nint info, ReadOnlySpan<byte> name)
    {
        float value;
        fixed (byte* pointer = name)
        {
            Check(((delegate* unmanaged<nint, byte*, float*, nint>)Functions[KernelInfoGetAttributeFloatIndex])(info, pointer, &value));
        }

        return value;
    }

    internal static long AttributeInt64(nint info, ReadOnlySpan<byte> name)
    {
        long value;
        fixed (byte* pointer = name)
        {
            Check(((delegate* unmanaged<nint, byte*, long*, nint>)Functions[KernelInfoGetAttributeInt64Index])(info, pointer, &value));
        }

        return value;
    }

    /// <summary>Input <paramref name="index"/> of the running node; 0 if it is not given.</summary>
    internal static nint Input(nint context, int index)
    {
        nint value;
        Check(((delegate* unmanaged<nint, nuint, nint*, nint>)Functions[KernelContextGetInputIndex])(context, (nuint)index, &value));
        return value;
    }

    internal static nint Output(nint context, int index, ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* dimensions = shape)
        {
            Check(((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)Functions[KernelContextGetOutputIndex])(
                context, (nuint)index, dimensions, (nuint)shape.Length, &value));
        }

        return value;
    }

    internal static void* Data(nint value)
    {
        void* data;
        Check(((delegate* unmanaged<nint, void**, nint>)Functions[GetTensorMutableDataIndex])(value, &data));
        return data;
    }

    /// <summary>Reads the dimensions of a tensor of at most <paramref name="shape"/>'s length and returns their number.</summary>
    internal static int Shape(nint value, Span<long> shape)
    {
        nint info;
        Check(((delegate* unmanaged<nint, nint*, nint>)Functions[GetTensorTypeAndShapeIndex])(value, &info));
        try
        {
            nuint count;
            Check(((delegate* unmanaged<nint, nuint*, nint>)Functions[GetDimensionsCountIndex])(info, &count));
            if ((int)count > shape.Length)
            {
                throw new InvalidOperationException($"A tensor of {count} dimensions where at most {shape.Length} were expected.");
            }

            fixed (long* dimensions = shape)
            {
                Check(((delegate* unmanaged<nint, long*, nuint, nint>)Functions[GetDimensionsIndex])(info, dimensions, count));
            }

            return (int)count;
        }
        finally
        {
            ((delegate* unmanaged<nint, void>)Functions[ReleaseTensorTypeAndShapeInfoIndex])(info);
        }
    }

    internal static void ParallelFor(nint context, delegate* unmanaged<void*, nuint, void> body, int total, void* state)
        => Check(((delegate* unmanaged<nint, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, nint>)Functions[KernelContextParallelForIndex])(
            context, body, (nuint)total, 0, state));

    private static void Check(nint status)
    {
        if (status == 0)
        {
            return;
        }

        byte* message = ((delegate* unmanaged<nint, byte*>)Functions[GetErrorMessageIndex])(status);
        string text = Marshal.PtrToStringUTF8((nint)message) ?? "unknown error";
        ((delegate* unmanaged<nint, void>)Functions[ReleaseStatusIndex])(status);
        throw new InvalidOperationException($"ONNX Runtime: {text}");
    }

    private static void** Load()
    {
        // The managed package's own resolver finds the native library; any call through it makes sure that it is loaded.
        _ = OrtEnv.Instance();
        nint library = NativeLibrary.Load("onnxruntime", typeof(InferenceSession).Assembly, searchPath: null);
        var getBase = (delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        nint* apiBase = getBase();
        void* api = ((delegate* unmanaged<uint, void*>)apiBase[0])(Version);
        return api is not null
            ? (void**)api
            : throw new InvalidOperationException($"This ONNX Runtime offers no API level {Version}; version 1.17 or newer is needed.");
    }
}
