using System.Text;

namespace Pipeline.Documents.Parsers.Sniffing;

/// <summary>
/// Tells apart what OLE compound files hold by the names in their directory (MS-CFB 2.6.1: UTF-16 names at multiples of 128 bytes).
/// </summary>
internal static class OleSniffer
{
    private const int DirectoryEntryBytes = 128;

    /// <exception cref="ParseRefusal">Encrypted: the file is an encrypted Office package.</exception>
    public static string Find(ReadOnlySpan<byte> bytes)
    {
        if (HasEntry(bytes, "EncryptedPackage"))
        {
            throw new ParseRefusal(
                ExtractionOutcome.Encrypted,
                "The Office document is encrypted with a password, and this program cannot open such files. Save it without a password.");
        }

        if (HasEntry(bytes, "WordDocument"))
        {
            return MediaTypes.Word97;
        }

        if (HasEntry(bytes, "Workbook") || HasEntry(bytes, "Book"))
        {
            return MediaTypes.Excel97;
        }

        if (HasEntry(bytes, "PowerPoint Document"))
        {
            return MediaTypes.PowerPoint97;
        }

        return HasEntry(bytes, "__properties_version1.0") ? MediaTypes.Outlook : MediaTypes.OleStorage;
    }

    private static bool HasEntry(ReadOnlySpan<byte> bytes, string name)
    {
        // The name and its terminating zero.
        var pattern = Encoding.Unicode.GetBytes(name + '\0');
        for (var at = 512; at + DirectoryEntryBytes <= bytes.Length; at += DirectoryEntryBytes)
        {
            if (bytes[at..].StartsWith(pattern))
            {
                return true;
            }
        }

        return false;
    }
}
