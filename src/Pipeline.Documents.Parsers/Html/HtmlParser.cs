using AngleSharp.Dom;
using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Html;

/// <summary>HTML: title, then the main text with its tables. Nothing is fetched, nothing is run.</summary>
internal sealed class HtmlParser : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(IDocument));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        var decoded = HtmlDecoder.Decode(source.Bytes);
        builder.Encoding = decoded.Encoding;
        if (decoded.Warning is { } warning)
        {
            builder.Warn(warning);
        }

        builder.StartPage();
        HtmlText.Add(decoded.Text, context, builder, withTitle: true);
        builder.EndPage();
    }
}
