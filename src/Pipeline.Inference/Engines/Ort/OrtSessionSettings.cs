using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>ONNX Runtime's session options for the <c>ort</c> engine.</summary>
internal static class OrtSessionSettings
{
    /// <exception cref="InferenceException">The provider is not in this build of ONNX Runtime, or does not start.</exception>
    internal static SessionOptions Create(OrtOptions options)
    {
        var settings = new SessionOptions();
        if (options.Threads > 0)
        {
            settings.IntraOpNumThreads = options.Threads;
        }

        if (options.Provider == ExecutionProvider.Cuda)
        {
            try
            {
                AppendCuda(settings, options.DeviceId);
            }
            catch
            {
                settings.Dispose();
                throw;
            }
        }

        return settings;
    }

    private static void AppendCuda(SessionOptions settings, int deviceId)
    {
        const string WayOut = "Use the worker's GPU image, or the package Microsoft.ML.OnnxRuntime.Gpu with CUDA and cuDNN installed, or the provider cpu.";
        if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider", StringComparer.Ordinal))
        {
            throw new InferenceException($"The provider cuda is not in this build of ONNX Runtime ({OrtEnv.Instance().GetVersionString()}). {WayOut}");
        }

        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["device_id"] = deviceId.ToString(CultureInfo.InvariantCulture),
                ["use_tf32"] = "0", // TF32 rounds float32 products to 10 bits.
            });
            settings.AppendExecutionProvider_CUDA(cuda);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InferenceException($"The provider cuda does not start: {e.Message} {WayOut}", e);
        }
    }
}
