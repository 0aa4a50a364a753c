using System.Text.RegularExpressions;

namespace Pipeline.Models.Tokenization.Normalization;

/// <summary>Replaces every occurrence of a string.</summary>
internal sealed class ReplaceNormalizer(string pattern, string content) : TextNormalizer
{
    public override MappedText Apply(MappedText text)
    {
        var span = text.Text.Span;
        var at = span.IndexOf(pattern, StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        if (pattern.Length == 1 && content.Length == 1)
        {
            var changed = new char[text.Length];
            span.Replace(changed, pattern[0], content[0]);
            return text.WithText(changed);
        }

        var builder = new MappedTextBuilder(text);
        var from = 0;
        while (at >= 0)
        {
            builder.Copy(from, at);
            builder.Replace(from + at, pattern.Length, content);
            from += at + pattern.Length;
            at = span[from..].IndexOf(pattern, StringComparison.Ordinal);
        }

        builder.Copy(from, text.Length - from);
        return builder.Build();
    }
}

/// <summary>Replaces every match of a regular expression by a text (no group references).</summary>
internal sealed class RegexReplaceNormalizer(Regex pattern, string content) : TextNormalizer
{
    public override MappedText Apply(MappedText text)
    {
        var builder = new MappedTextBuilder(text);
        var from = 0;
        foreach (var match in pattern.EnumerateMatches(text.Text.Span))
        {
            builder.Copy(from, match.Index - from);
            builder.Replace(match.Index, match.Length, content);
            from = match.Index + match.Length;
        }

        if (from == 0)
        {
            return text;
        }

        builder.Copy(from, text.Length - from);
        return builder.Build();
    }
}

/// <summary>Takes white space off the ends of a section.</summary>
internal sealed class StripNormalizer(bool left, bool right) : TextNormalizer
{
    public override MappedText Apply(MappedText text)
    {
        var span = text.Text.Span;
        var start = left ? span.Length - span.TrimStart().Length : 0;
        var length = (right ? span.TrimEnd().Length : span.Length) - start;
        return length == text.Length ? text : text.Slice(start, Math.Max(length, 0));
    }
}

/// <summary>Writes every letter small, by Unicode's simple mapping.</summary>
internal sealed class LowercaseNormalizer : TextNormalizer
{
    public override MappedText Apply(MappedText text)
    {
        var changed = new char[text.Length];
        text.Text.Span.ToLowerInvariant(changed);
        return text.WithText(changed);
    }
}
