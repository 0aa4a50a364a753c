using System.Text;
using DocumentFormat.OpenXml;
using Drawing = DocumentFormat.OpenXml.Drawing;

namespace Pipeline.Documents.Parsers.Slides;

/// <summary>Text of a DrawingML paragraph, with its breaks and tabs.</summary>
internal static class SlideText
{
    public static string Read(Drawing.Paragraph paragraph)
    {
        var text = new StringBuilder();
        Walk(paragraph, text);
        return text.ToString();
    }

    private static void Walk(OpenXmlElement parent, StringBuilder text)
    {
        foreach (var element in parent.ChildElements)
        {
            switch (element)
            {
                case Drawing.Break:
                    text.Append('\n');
                    break;
                case Drawing.Text or DocumentFormat.OpenXml.Math.Text:
                    text.Append(element.InnerText);
                    break;
                case AlternateContent alternate:
                    Walk((OpenXmlElement?)alternate.GetFirstChild<AlternateContentChoice>() ?? alternate, text);
                    break;
                default:
                    Walk(element, text);
                    break;
            }
        }
    }
}
