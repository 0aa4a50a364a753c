using System.Runtime.CompilerServices;

namespace Pipeline.Inference.Engines;

/// <summary>
/// ONNX Runtime 1.31 and GenAI 0.18 send usage events to their maker, on Linux too, and keep a device id in the user's cache folder, unless
/// <c>ORT_DISABLE_TELEMETRY</c> is set before they are loaded. Documents here are confidential: it is set before this assembly can load either.
/// </summary>
internal static class OnnxRuntimeTelemetry
{
    internal const string Variable = "ORT_DISABLE_TELEMETRY";

#pragma warning disable CA2255 // An initialiser is the one place that is sure to run before the native library is loaded.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Disable() => NativeEnvironment.Set(Variable, "1");
}
