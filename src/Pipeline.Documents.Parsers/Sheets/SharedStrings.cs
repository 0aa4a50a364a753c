using System.Text;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Pipeline.Documents.Parsers.Sheets;

/// <summary>The strings that cells refer to by number. Phonetic runs, which readers do not show, are left out.</summary>
internal static class SharedStrings
{
    public static List<string> Read(SharedStringTablePart? part)
    {
        var strings = new List<string>();
        if (part is null)
        {
            return strings;
        }

        using var reader = OpenXmlReader.Create(part);
        while (reader.Read())
        {
            if (reader.ElementType == typeof(SharedStringItem) && reader.IsStartElement && reader.LoadCurrentElement() is { } item)
            {
                strings.Add(TextOf(item));
            }
        }

        return strings;
    }

    /// <summary>The text of a string item or an inline string.</summary>
    public static string TextOf(OpenXmlElement item)
    {
        var text = new StringBuilder();
        foreach (var child in item.ChildElements)
        {
            if (child is Text own)
            {
                text.Append(own.Text);
            }
            else if (child is Run run)
            {
                text.Append(run.Text?.Text);
            }
        }

        return text.ToString();
    }
}
