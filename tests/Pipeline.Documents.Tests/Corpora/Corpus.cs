using System.Runtime.CompilerServices;

namespace Pipeline.Documents.Tests.Corpora;

/// <summary>The documents under <c>tests/corpus</c>.</summary>
internal static class Corpus
{
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "corpus"));

    public static string PathOf(string file) => Path.Combine(Folder, file);

    public static byte[] Bytes(string file) => File.ReadAllBytes(PathOf(file));

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
