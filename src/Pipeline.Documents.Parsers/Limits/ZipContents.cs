using System.IO.Compression;
using System.Xml;
using Pipeline.Documents.Protocol;

namespace Pipeline.Documents.Parsers.Limits;

/// <summary>Opens archives and reads their entries within the limits.</summary>
internal static class ZipContents
{
    /// <exception cref="ParseRefusal">Corrupt without a readable directory, too large with too many entries.</exception>
    public static ZipArchive Open(byte[] bytes, int maxEntries)
    {
        ZipArchive archive;
        try
        {
            archive = new ZipArchive(new MemoryStream(bytes, writable: false), ZipArchiveMode.Read);
            _ = archive.Entries.Count;
        }
        catch (InvalidDataException e)
        {
            throw ParseRefusal.Corrupt($"The archive's directory cannot be read: {e.Message}");
        }

        if (archive.Entries.Count > maxEntries)
        {
            var count = archive.Entries.Count;
            archive.Dispose();
            throw ParseRefusal.TooLarge($"The archive has {count:N0} entries; {maxEntries:N0} are allowed.");
        }

        return archive;
    }

    /// <summary>An entry's bytes, counted while they inflate.</summary>
    /// <exception cref="ParseRefusal">Too large.</exception>
    public static byte[] Read(ZipArchiveEntry entry, InflationBudget budget)
    {
        using var input = entry.Open();
        using var output = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = input.Read(buffer)) > 0)
        {
            budget.Add(read);
            output.Write(buffer, 0, read);
        }

        return output.ToArray();
    }

    /// <summary>
    /// Reads an Office package once before its library does: counts what it inflates to, and refuses DTDs and deep nesting, which the
    /// library's recursion would not survive.
    /// </summary>
    /// <exception cref="ParseRefusal">Too large or corrupt; the message names the part.</exception>
    public static void CheckPackage(byte[] bytes, ParseContext context)
    {
        using var archive = Open(bytes, context.Limits.Entries);
        foreach (var entry in archive.Entries)
        {
            using var stream = new CountingStream(entry.Open(), context.Inflation);
            if (IsXml(entry.FullName))
            {
                CheckXml(stream, entry.FullName, context.Limits);
            }
            else
            {
                stream.CopyTo(Stream.Null);
            }
        }
    }

    /// <summary>Reads XML to its end.</summary>
    /// <exception cref="ParseRefusal">Too large: elements nest too deeply.</exception>
    /// <exception cref="XmlException">The XML is not sound.</exception>
    public static void CheckDepth(Stream stream, XmlReaderSettings settings, string name, ExtractionLimits limits)
    {
        using var reader = XmlReader.Create(stream, settings);
        while (reader.Read())
        {
            if (reader.Depth > limits.NestingDepth)
            {
                throw ParseRefusal.TooLarge($"{name} nests elements more than {limits.NestingDepth} deep. Raise MaxNestingDepth if the file is trusted.");
            }
        }
    }

    private static bool IsXml(string name) =>
        name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase);

    private static void CheckXml(Stream stream, string name, ExtractionLimits limits)
    {
        try
        {
            CheckDepth(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }, name, limits);
        }
        catch (XmlException e) when (e.Message.Contains("DTD", StringComparison.Ordinal))
        {
            throw ParseRefusal.Corrupt($"{name} has a document type declaration, which no Office document may have.");
        }
        catch (Exception e) when (e is XmlException or InvalidDataException)
        {
            throw ParseRefusal.Corrupt($"{name} is not sound: {e.Message}");
        }
    }
}
