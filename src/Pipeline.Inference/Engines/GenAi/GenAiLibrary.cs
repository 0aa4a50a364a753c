using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Pipeline.Inference.Engines.GenAi;

/// <summary>
/// Finds and loads the GenAI library, once per process, and makes it use the ONNX Runtime that the process already has: GenAI opens ONNX Runtime by itself,
/// and would load a second copy of it where the loader's search path leads elsewhere.
/// </summary>
internal static class GenAiLibrary
{
    /// <summary>Environment variable that names the library's file.</summary>
    internal const string PathVariable = "PIPELINE_GENAI_LIBRARY";

    private static readonly Lock Gate = new();
    private static nint library;
    private static string? loadedFrom;

    /// <summary>Loads the library if it is not loaded yet.</summary>
    /// <param name="file">The library's file; null takes <see cref="PathVariable"/>, then the application's folder and the loader's search path.</param>
    /// <exception cref="InferenceException">The library is not there, can't be loaded, or another file of it is loaded already.</exception>
    internal static void Load(string? file)
    {
        file ??= Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } named ? named : null;
        file = file is null ? null : Path.GetFullPath(file);
        if (file is not null && !File.Exists(file))
        {
            throw Missing($"the file {file} does not exist", null);
        }

        lock (Gate)
        {
            if (library != 0)
            {
                if (file is not null && !string.Equals(file, loadedFrom, StringComparison.Ordinal))
                {
                    throw new InferenceException(
                        $"This process already uses the GenAI library {loadedFrom ?? "of the search path"}; {file} needs a process of its own.");
                }

                return;
            }

            UseOwnOnnxRuntime();
            library = file is null ? LoadFromSearchPath() : LoadFile(file);
            loadedFrom = file;
            NativeLibrary.SetDllImportResolver(typeof(GenAiLibrary).Assembly, Resolve);
            GenAiNative.OgaSetTelemetryEnabled(false);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        string.Equals(name, GenAiNative.LibraryName, StringComparison.Ordinal) ? library : 0;

    private static nint LoadFile(string file)
    {
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw Missing($"the file {file} could not be loaded ({e.Message})", e);
        }
    }

    private static nint LoadFromSearchPath() =>
        NativeLibrary.TryLoad(GenAiNative.LibraryName, typeof(GenAiLibrary).Assembly, null, out var library)
            ? library
            : throw Missing("it is neither beside the application nor on the loader's search path", null);

    private static InferenceException Missing(string why, Exception? cause) => new(
        $"The genai engine needs the ONNX Runtime GenAI library (0.18 or newer), and {why}. It is in the NuGet packages Microsoft.ML.OnnxRuntimeGenAI (CPU) "
        + "and Microsoft.ML.OnnxRuntimeGenAI.Cuda, under runtimes/*/native; "
        + $"name the file with --genai-library FILE or the environment variable {PathVariable}, or use the engine native.",
        cause);

    private static void UseOwnOnnxRuntime()
    {
        _ = OrtEnv.Instance(); // Loads libonnxruntime, if nobody has yet.
        using var process = Process.GetCurrentProcess();
        var own = process.Modules.Cast<ProcessModule>().Select(m => m.FileName).FirstOrDefault(IsOnnxRuntime)
            ?? throw new InferenceException("The process has loaded ONNX Runtime, but its file can't be found among the process's modules.");

        NativeEnvironment.Set("ORT_LIB_PATH", own);
    }

    private static bool IsOnnxRuntime(string file)
    {
        var name = Path.GetFileName(file);
        return name.StartsWith("libonnxruntime.", StringComparison.Ordinal) || name.Equals("onnxruntime.dll", StringComparison.OrdinalIgnoreCase);
    }
}
