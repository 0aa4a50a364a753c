using System.Buffers;
using System.Text.RegularExpressions;

namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>
/// Splits at the matches of a regular expression. The expression counts code points, .NET's engine UTF-16 units: where a text has
/// characters outside the basic plane, each is stood in for by one character of the same general category.
/// </summary>
internal sealed class RegexSplit(Regex pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Split(in MappedText text, int start, int length, IPieceSink next)
    {
        var span = text.Text.Span.Slice(start, length);
        var assembler = new PieceAssembler(text, behavior, invert, next);
        if (span.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            SplitCodePoints(span, start, ref assembler);
        }
        else if (behavior == SplitBehavior.Isolated)
        {
            SplitIsolated(span, text, start, next);
        }
        else
        {
            var from = 0;
            foreach (var match in pattern.EnumerateMatches(span))
            {
                assembler.Add(start + from, match.Index - from, isMatch: false);
                assembler.Add(start + match.Index, match.Length, isMatch: true);
                from = match.Index + match.Length;
            }

            assembler.Add(start + from, span.Length - from, isMatch: false);
        }

        assembler.Complete();
    }

    /// <summary>The usual case, without the assembler: matches and gaps are pieces as they are.</summary>
    private void SplitIsolated(ReadOnlySpan<char> span, in MappedText text, int start, IPieceSink next)
    {
        var from = 0;
        foreach (var match in pattern.EnumerateMatches(span))
        {
            if (match.Index > from)
            {
                next.Accept(text, start + from, match.Index - from);
            }

            if (match.Length > 0)
            {
                next.Accept(text, start + match.Index, match.Length);
            }

            from = match.Index + match.Length;
        }

        if (from < span.Length)
        {
            next.Accept(text, start + from, span.Length - from);
        }
    }

    private void SplitCodePoints(ReadOnlySpan<char> span, int start, ref PieceAssembler assembler)
    {
        var rented = ArrayPool<char>.Shared.Rent(span.Length);
        try
        {
            var points = CategoryStandIn.Replace(span, rented);
            var unit = 0;
            var point = 0;
            foreach (var match in pattern.EnumerateMatches(rented.AsSpan(0, points)))
            {
                var gap = Advance(span, unit, match.Index - point);
                assembler.Add(start + unit, gap, isMatch: false);
                var width = Advance(span, unit + gap, match.Length);
                assembler.Add(start + unit + gap, width, isMatch: true);
                unit += gap + width;
                point = match.Index + match.Length;
            }

            assembler.Add(start + unit, span.Length - unit, isMatch: false);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    /// <summary>UTF-16 units of the next <paramref name="points"/> code points.</summary>
    private static int Advance(ReadOnlySpan<char> span, int from, int points)
    {
        var unit = from;
        for (; points > 0; points--)
        {
            unit += char.IsHighSurrogate(span[unit]) && unit + 1 < span.Length && char.IsLowSurrogate(span[unit + 1]) ? 2 : 1;
        }

        return unit - from;
    }
}
