namespace Pipeline.Local.Processes;

/// <summary>Where the other executables of this source tree are built.</summary>
internal static class ProjectLayout
{
    /// <summary>The source tree's root: the folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    public static string HandlerFolder => Output(Path.Combine(Root, "functions"));

    public static string WorkerFolder => Output(Path.Combine(Root, "src", "Pipeline.Worker"));

    public static string CliFolder => Output(Path.Combine(Root, "src", "Pipeline.Cli"));

    /// <summary>This project's own output, which tests start as a process.</summary>
    public static string LocalFolder => Output(Path.Combine(Root, "src", "Pipeline.Local"));

    public static string Executable(string folder, string name) => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pipeline.sln"))) return folder.FullName;
        }

        throw new LocalRunException($"Pipeline.sln is in no folder above {AppContext.BaseDirectory}: the local run starts the handler and the worker from the source tree they were built in.");
    }

    // …/bin/Release/net10.0/: the same configuration and framework as this process.
    private static string Output(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(project, "bin", own.Parent!.Name, own.Name);
    }
}
