using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Pipeline.Cli.Doctor;

/// <summary>
/// Outputs of the infrastructure: from the process's environment, where azd puts them for its hooks, else from the azd environment of
/// this folder (<c>.azure/{name}/.env</c>), so that the same command works by hand.
/// </summary>
internal static class AzdEnvironment
{
    private const string Folder = ".azure";

    public static IConfiguration Read(string folder)
    {
        var settings = new ConfigurationBuilder();
        if (FindFile(folder) is { } file) settings.AddInMemoryCollection(Parse(File.ReadLines(file)));
        return settings.AddEnvironmentVariables().Build();
    }

    internal static IEnumerable<KeyValuePair<string, string?>> Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || line.StartsWith('#')) continue;
            yield return new(line[..equals].Trim().Replace("__", ":", StringComparison.Ordinal), line[(equals + 1)..].Trim().Trim('"'));
        }
    }

    private static string? FindFile(string folder)
    {
        var config = Path.Combine(folder, Folder, "config.json");
        if (!File.Exists(config)) return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(config));
            var name = json.RootElement.TryGetProperty("defaultEnvironment", out var value) ? value.GetString() : null;
            var file = name is null ? null : Path.Combine(folder, Folder, name, ".env");
            return file is not null && File.Exists(file) ? file : null;
        }
        catch (JsonException e)
        {
            throw new CommandFailure($"{config} is not what azd writes: {e.Message}");
        }
    }
}
