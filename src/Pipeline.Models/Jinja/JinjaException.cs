namespace Pipeline.Models.Jinja;

/// <summary>A template is wrong, asks for something unknown, or goes over a limit.</summary>
internal sealed class JinjaException(int line, string message) : Exception($"line {line}: {message}");
