using System.CommandLine;

namespace Pipeline.Cli.Extract;

/// <summary>The option --languages: <c>deu+eng</c>, as tesseract writes it.</summary>
internal static class OcrLanguages
{
    public static Option<string> Option() => new("--languages")
    {
        Description = "Languages of scanned pages, as tesseract names them: deu, or deu+eng.",
        DefaultValueFactory = _ => "eng",
    };

    public static string[] Of(string value) => value.Split('+', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
