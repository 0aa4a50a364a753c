using System.IO.Compression;
using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Limits;

namespace Pipeline.Documents.Parsers.Archives;

/// <summary>ZIP: each entry is a document of its own. Archives inside archives are not opened.</summary>
internal sealed class ZipParser : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(ZipArchive));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        if (context.Level > 0)
        {
            throw ParseRefusal.Unsupported("An archive inside another document is not opened. Send it on its own.");
        }

        using var archive = ZipContents.Open(source.Bytes, context.Limits.Entries);
        context.Level++;
        foreach (var entry in archive.Entries.Where(IsDocument))
        {
            builder.Child(Read(entry, context));
        }

        context.Level--;
    }

    /// <summary>Folders and what operating systems add are no documents.</summary>
    private static bool IsDocument(ZipArchiveEntry entry) =>
        entry.Name.Length > 0
        && !entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal)
        && entry.Name is not (".DS_Store" or "Thumbs.db" or "desktop.ini");

    private static ExtractedDocument Read(ZipArchiveEntry entry, ParseContext context)
    {
        if (entry.IsEncrypted)
        {
            return DocumentParser.Refused(entry.FullName, ExtractionOutcome.Encrypted, "The entry is encrypted, and this program cannot open such entries.");
        }

        byte[] bytes;
        try
        {
            bytes = ZipContents.Read(entry, context.Inflation);
        }
        catch (InvalidDataException e)
        {
            return DocumentParser.Refused(entry.FullName, ExtractionOutcome.Corrupt, $"The entry cannot be inflated: {e.Message}");
        }

        return DocumentParser.Parse(new(bytes, entry.FullName, MediaTypes.FromName(entry.Name)), context);
    }
}
