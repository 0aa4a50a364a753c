using System.Security;
using System.Text;
using Pipeline.Documents.Tests.Formats;

namespace Pipeline.Documents.Tests.Offsets;

/// <summary>A file and the sentences that its pages show, in order.</summary>
internal sealed record ShownFile(string Name, byte[] Bytes, IReadOnlyList<IReadOnlyList<string>> Pages)
{
    /// <summary>Writers of every format that is read.</summary>
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<ShownPage>, ShownFile>> Formats { get; } =
        new Dictionary<string, Func<IReadOnlyList<ShownPage>, ShownFile>>(StringComparer.Ordinal)
        {
            ["txt"] = pages => new("a.txt", Utf8(string.Join('\f', pages.Select(Plain))), [.. pages.Select(page => page.Sentences.ToList())]),
            ["md"] = pages => new("a.md", Utf8(string.Join('\f', pages.Select(page => "# Heading\n\n" + Plain(page)))), [.. pages.Select(page => page.Sentences.Prepend("# Heading").ToList())]),
            ["csv"] = Csv,
            ["html"] = pages => new("a.html", Utf8($"<html><body>{string.Concat(pages.Select(Html))}</body></html>"), [pages.SelectMany(page => page.Sentences).ToList()]),
            ["docx"] = pages => new("a.docx", OfficeFile.Word(string.Concat(pages.Select(Word))), [pages.SelectMany(page => page.Sentences).ToList()]),
            ["pptx"] = pages => new("a.pptx", OfficeFile.Slides([.. pages.Select(Slide)]), [.. pages.Select(page => page.Sentences.ToList())]),
            ["xlsx"] = pages => new("a.xlsx", OfficeFile.Sheets([.. pages.Select(Sheet)], "General"), [.. pages.Select((page, i) => page.Paragraphs.Select(row => string.Join('\t', row)).Prepend($"Sheet{i + 1}").ToList())]),
            ["epub"] = Epub,
            ["eml"] = Email,
            ["zip"] = pages => new(
                "a.zip", OfficeFile.Zip([.. pages.Select((page, i) => ($"{i + 1}.txt", Utf8(Plain(page))))]), [.. pages.Select((page, i) => page.Sentences.Prepend($"{i + 1}.txt").ToList())]),
            ["pdf"] = Pdf,
        };

    private static ShownFile Csv(IReadOnlyList<ShownPage> pages)
    {
        var rows = pages.SelectMany(page => page.Paragraphs).Select(row => string.Join(',', row.Select(cell => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))).ToList();
        return new("a.csv", Utf8(string.Join("\r\n", rows)), [rows]);
    }

    private static ShownFile Epub(IReadOnlyList<ShownPage> pages)
    {
        var items = string.Concat(pages.Select((_, i) => $"<item id=\"c{i}\" href=\"text/c{i}.xhtml\" media-type=\"application/xhtml+xml\"/>"));
        var spine = string.Concat(pages.Select((_, i) => $"<itemref idref=\"c{i}\"/>"));
        var files = new List<(string, byte[])>
        {
            ("mimetype", "application/epub+zip"u8.ToArray()),
            ("META-INF/container.xml", "<container><rootfiles><rootfile full-path=\"OPS/book.opf\"/></rootfiles></container>"u8.ToArray()),
            ("OPS/book.opf", Utf8($"<package><manifest>{items}</manifest><spine>{spine}</spine></package>")),
        };
        files.AddRange(pages.Select((page, i) => ($"OPS/text/c{i}.xhtml", Utf8($"<html><body>{Html(page)}</body></html>"))));
        return new("a.epub", OfficeFile.Zip([.. files]), [.. pages.Select(page => page.Sentences.ToList())]);
    }

    /// <summary>The first page is the message, the others are its attachments.</summary>
    private static ShownFile Email(IReadOnlyList<ShownPage> pages)
    {
        var message = new StringBuilder("From: ann@example.com\r\nTo: bob@example.com\r\nSubject: Terms\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=part\r\n");
        message.Append("\r\n--part\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n").Append(Plain(pages[0]).ReplaceLineEndings("\r\n"));
        foreach (var (i, page) in pages.Skip(1).Index())
        {
            message.Append($"\r\n--part\r\nContent-Type: text/plain; charset=utf-8; name=a{i}.txt\r\nContent-Disposition: attachment; filename=a{i}.txt\r\nContent-Transfer-Encoding: base64\r\n\r\n")
                .Append(Convert.ToBase64String(Utf8(Plain(page)), Base64FormattingOptions.InsertLineBreaks));
        }

        message.Append("\r\n--part--\r\n");
        string[] headers = ["Terms", "From: ann@example.com", "To: bob@example.com"];
        return new(
            "a.eml", Utf8(message.ToString()), [[.. headers, .. pages[0].Sentences], .. pages.Skip(1).Select((page, i) => page.Sentences.Prepend($"a{i}.txt").ToList())]);
    }

    private static ShownFile Pdf(IReadOnlyList<ShownPage> pages)
    {
        const int lineLetters = 80;
        var file = new PdfFile();
        foreach (var page in pages)
        {
            file.Page(stream =>
            {
                var y = 740;
                foreach (var paragraph in page.Paragraphs)
                {
                    var line = new StringBuilder();
                    foreach (var word in string.Join(' ', paragraph).Split(' '))
                    {
                        if (line.Length + word.Length >= lineLetters)
                        {
                            PdfFile.Show(stream, 72, y, line.ToString());
                            line.Clear();
                            y -= 12;
                        }

                        line.Append(line.Length > 0 ? " " : string.Empty).Append(word);
                    }

                    PdfFile.Show(stream, 72, y, line.ToString());
                    y -= 30;
                }
            });
        }

        return new("a.pdf", file.Save(), [.. pages.Select(page => page.Sentences.ToList())]);
    }

    private static string Plain(ShownPage page) => string.Join("\n\n", page.Paragraphs.Select(paragraph => string.Join(' ', paragraph))) + "\n";

    private static string Html(ShownPage page) => string.Concat(page.Paragraphs.Select(paragraph => $"<p>{Xml(string.Join(' ', paragraph))}</p>\n"));

    private static string Word(ShownPage page) => string.Concat(page.Paragraphs.Select(paragraph => $"<w:p><w:r><w:t>{Xml(string.Join(' ', paragraph))}</w:t></w:r></w:p>"));

    private static string Slide(ShownPage page) =>
        $"<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Text\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{string.Concat(page.Paragraphs.Select(paragraph => $"<a:p><a:r><a:t>{Xml(string.Join(' ', paragraph))}</a:t></a:r></a:p>"))}</p:txBody></p:sp>";

    private static string Sheet(ShownPage page) => string.Concat(page.Paragraphs.Select(row => $"<row>{string.Concat(row.Select(cell => $"<c t=\"inlineStr\"><is><t>{Xml(cell)}</t></is></c>"))}</row>"));

    private static string Xml(string text) => SecurityElement.Escape(text);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
