using System.IO.Compression;
using Pipeline.Documents.Parsers.Limits;

namespace Pipeline.Documents.Parsers.Sniffing;

/// <summary>Tells Office packages, EPUB and plain archives apart by what they hold.</summary>
internal static class ZipSniffer
{
    /// <exception cref="ParseRefusal">Corrupt: the archive's directory cannot be read.</exception>
    public static string Find(DocumentSource source, ParseContext context)
    {
        using var archive = ZipContents.Open(source.Bytes, context.Limits.Entries);
        if (archive.GetEntry("[Content_Types].xml") is not null)
        {
            return PackageKind(archive) ?? MediaTypes.Zip;
        }

        return archive.GetEntry("META-INF/container.xml") is not null ? MediaTypes.Epub : MediaTypes.Zip;
    }

    private static string? PackageKind(ZipArchive archive)
    {
        foreach (var entry in archive.Entries)
        {
            var name = entry.FullName.TrimStart('/');
            if (name.StartsWith("word/", StringComparison.OrdinalIgnoreCase))
            {
                return MediaTypes.Docx;
            }

            if (name.StartsWith("xl/", StringComparison.OrdinalIgnoreCase))
            {
                return MediaTypes.Xlsx;
            }

            if (name.StartsWith("ppt/", StringComparison.OrdinalIgnoreCase))
            {
                return MediaTypes.Pptx;
            }
        }

        return null;
    }
}
