using System.Runtime.InteropServices;

namespace Pipeline.Documents;

/// <summary>How the parser process is started: its program and arguments.</summary>
internal sealed record ParserCommand(string Program, IReadOnlyList<string> Arguments, string Folder)
{
    private const string Name = "Pipeline.Documents.Parsers";

    /// <summary>
    /// Finds the program in the folder <c>parsers</c> beside this assembly. With a runtime of its own there (a self-contained publish) its
    /// executable is started, else the <c>dotnet</c> that runs this process.
    /// </summary>
    /// <exception cref="InvalidOperationException">The folder or a <c>dotnet</c> is missing; the message says where it was looked for.</exception>
    public static ParserCommand Find()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "parsers");
        var library = Path.Combine(folder, Name + ".dll");
        if (!File.Exists(library))
        {
            throw new InvalidOperationException(
                $"The document parsers are missing: {library} does not exist. Publish or copy the program with its 'parsers' folder.");
        }

        var executable = Path.Combine(folder, OperatingSystem.IsWindows() ? Name + ".exe" : Name);
        var hasOwnRuntime = File.Exists(Path.Combine(folder, "System.Private.CoreLib.dll"));
        return hasOwnRuntime && File.Exists(executable)
            ? new(executable, [], folder)
            : new(FindDotnet(), ["exec", library], folder);
    }

    private static string FindDotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (string.Equals(Path.GetFileName(Environment.ProcessPath), name, StringComparison.Ordinal))
        {
            return Environment.ProcessPath!;
        }

        // …/shared/Microsoft.NETCore.App/10.0.0/ → …
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var candidates = new[] { root, Environment.GetEnvironmentVariable("DOTNET_ROOT") };
        return candidates.Where(candidate => !string.IsNullOrEmpty(candidate))
                .Select(candidate => Path.Combine(candidate!, name))
                .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                $"The document parsers need '{name}', which is neither in {root} nor in DOTNET_ROOT. Install the .NET runtime or set DOTNET_ROOT.");
    }
}
