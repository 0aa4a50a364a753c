using System.Runtime.InteropServices;

namespace Pipeline.Inference.Engines.GenAi;

/// <summary>
/// The part of the ONNX Runtime GenAI C API (<c>ort_genai_c.h</c>, 0.18) that the engine uses. A function that returns a pointer returns an
/// <c>OgaResult*</c>: null for success, else an error that <see cref="GenAiStatus"/> turns into an exception. The API is not thread-safe, but for
/// <see cref="OgaGenerator_SetRuntimeOption"/> with <c>terminate_session</c>.
/// </summary>
internal static partial class GenAiNative
{
    /// <summary>Name that <see cref="GenAiLibrary"/> resolves to the file the user named.</summary>
    internal const string LibraryName = "onnxruntime-genai";

    [LibraryImport(LibraryName)]
    internal static partial nint OgaResultGetError(nint result);

    [LibraryImport(LibraryName)]
    internal static partial void OgaDestroyResult(nint result);

    [LibraryImport(LibraryName)]
    internal static partial void OgaSetTelemetryEnabled([MarshalAs(UnmanagedType.U1)] bool enabled);

    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OgaCreateConfig(string folder, out GenAiConfigHandle config);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaConfigClearProviders(GenAiConfigHandle config);

    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OgaConfigAppendProvider(GenAiConfigHandle config, string provider);

    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OgaConfigOverlay(GenAiConfigHandle config, string json);

    [LibraryImport(LibraryName)]
    internal static partial void OgaDestroyConfig(nint config);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaCreateModelFromConfig(GenAiConfigHandle config, out GenAiModelHandle model);

    [LibraryImport(LibraryName)]
    internal static partial void OgaDestroyModel(nint model);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaCreateGeneratorParams(GenAiModelHandle model, out GenAiGeneratorParamsHandle parameters);

    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OgaGeneratorParamsSetSearchNumber(GenAiGeneratorParamsHandle parameters, string name, double value);

    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OgaGeneratorParamsSetSearchBool(
        GenAiGeneratorParamsHandle parameters, string name, [MarshalAs(UnmanagedType.U1)] bool value);

    [LibraryImport(LibraryName)]
    internal static partial void OgaDestroyGeneratorParams(nint parameters);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaCreateGenerator(GenAiModelHandle model, GenAiGeneratorParamsHandle parameters, out GenAiGeneratorHandle generator);

    [LibraryImport(LibraryName)]
    internal static partial void OgaDestroyGenerator(nint generator);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaGenerator_AppendTokens(GenAiGeneratorHandle generator, ReadOnlySpan<int> tokens, nuint count);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaGenerator_GenerateNextToken(GenAiGeneratorHandle generator);

    [LibraryImport(LibraryName)]
    internal static unsafe partial nint OgaGenerator_GetNextTokens(GenAiGeneratorHandle generator, out int* tokens, out nuint count);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaGenerator_GetLogits(GenAiGeneratorHandle generator, out GenAiTensorHandle logits);

    [LibraryImport(LibraryName)]
    internal static partial nuint OgaGenerator_TokenCount(GenAiGeneratorHandle generator);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaGenerator_RewindTo(GenAiGeneratorHandle generator, nuint length);

    [LibraryImport(LibraryName, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OgaGenerator_SetRuntimeOption(GenAiGeneratorHandle generator, string key, string value);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaTensorGetType(GenAiTensorHandle tensor, out int elementType);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaTensorGetShapeRank(GenAiTensorHandle tensor, out nuint rank);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaTensorGetShape(GenAiTensorHandle tensor, Span<long> shape, nuint rank);

    [LibraryImport(LibraryName)]
    internal static partial nint OgaTensorGetData(GenAiTensorHandle tensor, out nint data);

    [LibraryImport(LibraryName)]
    internal static partial void OgaDestroyTensor(nint tensor);
}
