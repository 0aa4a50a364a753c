using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Pipeline.Documents.Tests.Formats;

/// <summary>Writes small PDF files (ISO 32000-1) with the standard fonts Helvetica (F1), Helvetica-Bold (F2) and Courier (F3).</summary>
internal sealed class PdfFile
{
    private readonly List<(string Content, int Rotation, byte[]? Jpeg, int Width, int Height)> pages = [];

    /// <summary>Adds a page of 612 x 792 points; its content stream is built by the action.</summary>
    public PdfFile Page(Action<StringBuilder> content, int rotation = 0)
    {
        var stream = new StringBuilder();
        content(stream);
        pages.Add((stream.ToString(), rotation, null, 0, 0));
        return this;
    }

    /// <summary>Adds a page that is a picture in grey and nothing else, as a scanner makes it.</summary>
    public PdfFile Image(byte[] jpeg, int width, int height)
    {
        pages.Add(("q 612 0 0 792 0 0 cm /I Do Q\n", 0, jpeg, width, height));
        return this;
    }

    /// <summary>Text at a place, in WinAnsi.</summary>
    public static void Show(StringBuilder stream, double x, double y, string text, double size = 10, string font = "F1")
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal);
        stream.Append(CultureInfo.InvariantCulture, $"BT /{font} {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET\n");
    }

    public byte[] Save()
    {
        var file = new MemoryStream();
        var offsets = new List<long>();
        Write(file, "%PDF-1.7\n");
        Object(file, offsets, "<< /Type /Catalog /Pages 2 0 R >>");
        // Two objects a page, page and content, and a third where it is a picture.
        var kids = string.Join(' ', Enumerable.Range(0, pages.Count).Select(i => $"{6 + (2 * i) + pages.Take(i).Count(page => page.Jpeg is not null)} 0 R"));
        Object(file, offsets, $"<< /Type /Pages /Kids [{kids}] /Count {pages.Count} >>");
        foreach (var font in new[] { "Helvetica", "Helvetica-Bold", "Courier" })
        {
            Object(file, offsets, $"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>");
        }

        foreach (var (content, rotation, jpeg, width, height) in pages)
        {
            Object(
                file, offsets,
                $"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate {rotation} /Contents {offsets.Count + 2} 0 R "
                + $"/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> {(jpeg is null ? string.Empty : $"/XObject << /I {offsets.Count + 3} 0 R >>")} >> >>");
            Deflated(file, offsets, content);
            if (jpeg is not null)
            {
                Stream(file, offsets, $"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", jpeg);
            }
        }

        var start = file.Position;
        Write(file, $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
        {
            Write(file, offset.ToString("D10", CultureInfo.InvariantCulture) + " 00000 n \n");
        }

        Write(file, $"trailer\n<< /Size {offsets.Count + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
        return file.ToArray();
    }

    private static void Object(MemoryStream file, List<long> offsets, string body)
    {
        offsets.Add(file.Position);
        Write(file, $"{offsets.Count} 0 obj\n{body}\nendobj\n");
    }

    private static void Deflated(MemoryStream file, List<long> offsets, string content)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(Encoding.Latin1.GetBytes(content));
        }

        Stream(file, offsets, "/Filter /FlateDecode", compressed.ToArray());
    }

    private static void Stream(MemoryStream file, List<long> offsets, string entries, byte[] bytes)
    {
        offsets.Add(file.Position);
        Write(file, $"{offsets.Count} 0 obj\n<< {entries} /Length {bytes.Length} >>\nstream\n");
        file.Write(bytes);
        Write(file, "\nendstream\nendobj\n");
    }

    private static void Write(MemoryStream file, string text) => file.Write(Encoding.Latin1.GetBytes(text));
}
