namespace Pipeline.Cli.Extract;

/// <summary>Prints texts; with several files each under its name.</summary>
internal static class ExtractText
{
    public static void Write(IReadOnlyList<ExtractedFile> files, TextWriter output)
    {
        foreach (var file in files.Where(file => file.Document is { Text.Length: > 0 }))
        {
            if (files.Count > 1)
            {
                output.WriteLine($"==> {file.Path} <==");
            }

            output.WriteLine(file.Document!.Text.TrimEnd());
        }
    }
}
