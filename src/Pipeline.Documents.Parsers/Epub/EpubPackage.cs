using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using Pipeline.Documents.Parsers.Limits;

namespace Pipeline.Documents.Parsers.Epub;

/// <summary>The package document of a book (EPUB 3.3, section 5): which files it has, and in which order they are read.</summary>
/// <param name="Chapters">Paths of the spine's files inside the archive.</param>
/// <param name="Encrypted">Paths of the files that rights management encrypts.</param>
internal sealed record EpubPackage(IReadOnlyList<string> Chapters, IReadOnlySet<string> Encrypted)
{
    /// <exception cref="ParseRefusal">Corrupt: the container or the package cannot be read.</exception>
    public static EpubPackage Read(ZipArchive archive, ParseContext context)
    {
        var container = Load(archive, "META-INF/container.xml", context);
        var path = container.Descendants().FirstOrDefault(element => element.Name.LocalName == "rootfile")?.Attribute("full-path")?.Value
            ?? throw ParseRefusal.Corrupt("META-INF/container.xml names no package document.");
        var package = Load(archive, path, context);
        var files = package.Descendants().Where(element => element.Name.LocalName == "item")
            .Where(item => item.Attribute("id") is not null && item.Attribute("href") is not null)
            .GroupBy(item => item.Attribute("id")!.Value, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Resolve(path, group.First().Attribute("href")!.Value), StringComparer.Ordinal);
        var chapters = package.Descendants().Where(element => element.Name.LocalName == "itemref")
            .Select(reference => files.GetValueOrDefault(reference.Attribute("idref")?.Value ?? string.Empty))
            .OfType<string>()
            .ToList();
        return chapters.Count == 0
            ? throw ParseRefusal.Corrupt($"The spine of {path} names no chapter.")
            : new(chapters, EncryptedFiles(archive, context));
    }

    private static HashSet<string> EncryptedFiles(ZipArchive archive, ParseContext context)
    {
        const string path = "META-INF/encryption.xml";
        return archive.GetEntry(path) is null
            ? []
            : [.. Load(archive, path, context).Descendants()
                .Where(element => element.Name.LocalName == "CipherReference")
                .Select(reference => reference.Attribute("URI")?.Value)
                .OfType<string>()];
    }

    private static XDocument Load(ZipArchive archive, string path, ParseContext context)
    {
        var entry = archive.GetEntry(path) ?? throw ParseRefusal.Corrupt($"The book has no {path}.");
        try
        {
            using var stream = new MemoryStream(ZipContents.Read(entry, context.Inflation), writable: false);
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null };
            ZipContents.CheckDepth(stream, settings, path, context.Limits);
            stream.Position = 0;
            using var reader = XmlReader.Create(stream, settings);
            return XDocument.Load(reader);
        }
        catch (Exception e) when (e is XmlException or InvalidDataException)
        {
            throw ParseRefusal.Corrupt($"{path} is not sound: {e.Message}");
        }
    }

    /// <summary>A reference relative to the package document, as a path inside the archive.</summary>
    private static string Resolve(string packagePath, string reference)
    {
        var root = new Uri("epub:///");
        return Uri.TryCreate(new Uri(root, packagePath), reference.Split('#')[0], out var resolved)
            ? Uri.UnescapeDataString(resolved.AbsolutePath).TrimStart('/')
            : reference;
    }
}
