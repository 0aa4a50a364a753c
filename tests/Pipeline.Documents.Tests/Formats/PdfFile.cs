using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Pipeline.Documents.Tests.Formats;

/// <summary>Writes small PDF files (ISO 32000-1) with the standard fonts Helvetica (F1), Helvetica-Bold (F2) and Courier (F3).</summary>
internal sealed class PdfFile
{
    private readonly List<(string Content, int Rotation)> pages = [];

    /// <summary>Adds a page of 612 x 792 points; its content stream is built by the action.</summary>
    public PdfFile Page(Action<StringBuilder> content, int rotation = 0)
    {
        var stream = new StringBuilder();
        content(stream);
        pages.Add((stream.ToString(), rotation));
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
        var kids = string.Join(' ', Enumerable.Range(0, pages.Count).Select(i => $"{6 + (2 * i)} 0 R"));
        Object(file, offsets, $"<< /Type /Pages /Kids [{kids}] /Count {pages.Count} >>");
        foreach (var font in new[] { "Helvetica", "Helvetica-Bold", "Courier" })
        {
            Object(file, offsets, $"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>");
        }

        foreach (var (content, rotation) in pages)
        {
            Object(
                file, offsets,
                $"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate {rotation} /Contents {offsets.Count + 2} 0 R "
                + "/Resources << /Font << /F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> >>");
            Stream(file, offsets, content);
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

    private static void Stream(MemoryStream file, List<long> offsets, string content)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(Encoding.Latin1.GetBytes(content));
        }

        offsets.Add(file.Position);
        Write(file, $"{offsets.Count} 0 obj\n<< /Length {compressed.Length} /Filter /FlateDecode >>\nstream\n");
        compressed.WriteTo(file);
        Write(file, "\nendstream\nendobj\n");
    }

    private static void Write(MemoryStream file, string text) => file.Write(Encoding.Latin1.GetBytes(text));
}
