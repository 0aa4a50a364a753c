using System.Text;

namespace Pipeline.Reports;

/// <summary>Text as HTML text: what is special to HTML is escaped, what HTML cannot hold becomes U+FFFD.</summary>
internal static class Html
{
    internal static StringBuilder AppendText(this StringBuilder html, ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '&': html.Append("&amp;"); break;
                case '<': html.Append("&lt;"); break;
                case '>': html.Append("&gt;"); break;
                case '"': html.Append("&quot;"); break;
                case '\'': html.Append("&#39;"); break;
                case '\n' or '\t': html.Append(c); break;
                case '\r' when i + 1 < text.Length && text[i + 1] == '\n': break;
                case '\r' or '\f' or '\v': html.Append('\n'); break;
                case < ' ' or (>= '\u007f' and <= '\u009f'): html.Append('\uFFFD'); break;
                case (>= '\uFDD0' and <= '\uFDEF') or '\uFFFE' or '\uFFFF': html.Append('\uFFFD'); break;
                case var high when char.IsHighSurrogate(high) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]):
                    html.Append(high).Append(text[++i]);
                    break;
                case var lone when char.IsSurrogate(lone): html.Append('\uFFFD'); break;
                default: html.Append(c); break;
            }
        }

        return html;
    }
}
