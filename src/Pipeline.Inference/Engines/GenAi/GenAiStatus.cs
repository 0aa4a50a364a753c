using System.Runtime.InteropServices;

namespace Pipeline.Inference.Engines.GenAi;

/// <summary>Turns an <c>OgaResult*</c> into nothing or an exception.</summary>
internal static class GenAiStatus
{
    /// <param name="result">What a GenAI function returned; destroyed here.</param>
    /// <param name="doing">What was being done, as the second half of "ONNX Runtime GenAI could not …".</param>
    /// <exception cref="InferenceException">The result is an error.</exception>
    internal static void Check(nint result, string doing)
    {
        if (result == 0)
        {
            return;
        }

        var message = Marshal.PtrToStringUTF8(GenAiNative.OgaResultGetError(result));
        GenAiNative.OgaDestroyResult(result);
        throw new InferenceException($"ONNX Runtime GenAI could not {doing}: {message}");
    }
}
