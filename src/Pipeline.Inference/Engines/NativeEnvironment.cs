using System.Runtime.InteropServices;

namespace Pipeline.Inference.Engines;

/// <summary>Environment variables that native libraries see. On Unix .NET keeps <see cref="Environment.SetEnvironmentVariable(string, string?)"/> to itself.</summary>
internal static partial class NativeEnvironment
{
    /// <exception cref="InferenceException">The C library refused it.</exception>
    internal static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value); // Child processes, and native code on Windows.
        if (!OperatingSystem.IsWindows() && SetEnvironment(name, value, 1) != 0)
        {
            throw new InferenceException($"{name} could not be set (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
