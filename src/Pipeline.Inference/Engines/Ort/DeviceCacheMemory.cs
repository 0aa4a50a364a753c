using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// A GPU's memory, taken from the provider's own allocator. ONNX Runtime's C# API copies no part of a tensor between devices, so graphs of one operator do it: the
/// session brings inputs to the device and outputs from it as their bindings say.
/// </summary>
internal sealed unsafe class DeviceCacheMemory : ICacheMemory
{
    private readonly TensorElementType type;
    private readonly int elementSize;
    private readonly OrtMemoryInfo device;
    private readonly OrtAllocator allocator;
    private readonly InferenceSession identity;
    private readonly InferenceSession slice;

    /// <param name="model">The session whose provider owns the memory.</param>
    /// <param name="type">Element type of keys and values.</param>
    /// <param name="options">Provider and device, for the copying sessions.</param>
    /// <param name="device">Where to allocate; disposed with this.</param>
    internal DeviceCacheMemory(InferenceSession model, TensorElementType type, OrtOptions options, OrtMemoryInfo device)
    {
        this.type = type;
        elementSize = TensorElements.Size(type);
        this.device = device;
        allocator = new OrtAllocator(model, device);
        using var settings = OrtSessionSettings.Create(options);
        identity = new InferenceSession(CopyGraphs.Identity(type), settings);
        slice = new InferenceSession(CopyGraphs.Rows(type), settings);
    }

    /// <summary>The memory of an NVIDIA GPU.</summary>
    internal static OrtMemoryInfo Cuda(int deviceId) => new(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, deviceId, OrtMemType.Default);

    public ICacheTensor Allocate(long[] shape)
    {
        var bytes = checked(shape.Aggregate(1L, (a, b) => a * b) * elementSize);
        if (bytes > int.MaxValue)
        {
            throw new InferenceException($"A layer's keys need {bytes} bytes; the ort engine takes up to {int.MaxValue} on a GPU. Use a shorter document or smaller batches.");
        }

        var value = OrtValue.CreateAllocatedTensorValue(allocator, type, shape);
        try
        {
            var zeros = NativeMemory.AllocZeroed((nuint)bytes);
            try
            {
                // Attention must never meet what the memory held before: zero times NaN is NaN.
                using var zero = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, (nint)zeros, bytes);
                Copy(zero, value);
            }
            finally
            {
                NativeMemory.Free(zeros);
            }

            // The span is of device memory: its address is all that may be used.
            var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(value.GetTensorMutableRawData()));
            return new CacheTensor(device, type, shape, address, bytes, value.Dispose);
        }
        catch
        {
            value.Dispose();
            throw;
        }
    }

    public void Copy(OrtValue from, OrtValue to)
    {
        using var binding = identity.CreateIoBinding();
        binding.BindInput(CopyGraphs.InputName, from);
        binding.BindOutput(CopyGraphs.OutputName, to);
        Run(identity, binding);
    }

    public void ReadRows(OrtValue from, int first, int count, Span<byte> to)
    {
        var shape = from.GetTensorTypeAndShape().Shape;
        fixed (byte* target = to)
        {
            using var starts = OrtValue.CreateTensorValueFromMemory<long>([first], [1]);
            using var ends = OrtValue.CreateTensorValueFromMemory<long>([first + count], [1]);
            using var rows = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, type, [shape[0], shape[1], count, shape[3]], (nint)target, to.Length);
            using var binding = slice.CreateIoBinding();
            binding.BindInput(CopyGraphs.InputName, from);
            binding.BindInput(CopyGraphs.StartsName, starts);
            binding.BindInput(CopyGraphs.EndsName, ends);
            binding.BindOutput(CopyGraphs.OutputName, rows);
            Run(slice, binding);
        }
    }

    public void Write(ReadOnlySpan<byte> from, OrtValue to)
    {
        fixed (byte* source = from)
        {
            using var host = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, type, to.GetTensorTypeAndShape().Shape, (nint)source, from.Length);
            Copy(host, to);
        }
    }

    public void Dispose()
    {
        slice.Dispose();
        identity.Dispose();
        allocator.Dispose();
        device.Dispose();
    }

    private static void Run(InferenceSession session, OrtIoBinding binding)
    {
        using var options = new RunOptions();
        binding.SynchronizeBoundInputs();
        session.RunWithBinding(options, binding);
        binding.SynchronizeBoundOutputs();
    }
}
