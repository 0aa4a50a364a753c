namespace Pipeline.Workflows;

/// <summary>A local run leaves its storage's connection string in its data folder, where the command line finds it.</summary>
public static class ConnectionFile
{
    public const string Name = "connection-string";

    /// <value>Data folder of a local run where nothing else is said, relative to the working folder.</value>
    public const string DefaultDataFolder = ".pipeline";

    /// <returns>Null if no local run has left one.</returns>
    public static string? Find(string dataFolder = DefaultDataFolder)
    {
        var file = Path.Combine(dataFolder, Name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}
