using Pipeline.Documents.Parsers.Building;

namespace Pipeline.Documents.Parsers.Segmentation;

/// <summary>
/// Splits blocks into sentences by punctuation of many scripts (the classes STerm and ATerm of Unicode UAX #29, with abbreviations held
/// together). Pieces are only cut, never dropped: together they hold every character that is not white space.
/// </summary>
internal static class SentenceSegmenter
{
    /// <summary>Longer pieces are cut at a clause or a blank, so that one sentence is never a page.</summary>
    public const int LongestSentence = 1_200;

    /// <summary>Appends the sentences of a block in order.</summary>
    public static void Append(string text, Block block, List<TextSpan> sentences)
    {
        var pieces = new List<TextSpan>();
        if (block.Kind is BlockKind.Row or BlockKind.Heading)
        {
            AddPiece(text, block.Start, block.End, pieces);
        }
        else
        {
            LineRule.Split(text, block.Start, block.End, pieces);
        }

        foreach (var piece in pieces)
        {
            if (block.Kind is BlockKind.Row or BlockKind.Heading)
            {
                AddCut(text, piece, sentences);
            }
            else
            {
                SplitPiece(text, piece, sentences);
            }
        }
    }

    private static void SplitPiece(string text, TextSpan piece, List<TextSpan> sentences)
    {
        var start = piece.Start;
        var i = piece.Start;
        while (i < piece.End)
        {
            if (!Terminators.IsTerminator(text[i]))
            {
                i++;
                continue;
            }

            var first = i;
            while (i < piece.End && (Terminators.IsTerminator(text[i]) || Terminators.IsCloser(text[i])))
            {
                i++;
            }

            if (EndsSentence(text, piece, start, first, i))
            {
                AddCut(text, LineRule.Trim(text, start, i), sentences);
                start = i;
            }
        }

        AddCut(text, LineRule.Trim(text, start, piece.End), sentences);
    }

    private static bool EndsSentence(string text, TextSpan piece, int sentenceStart, int first, int after)
    {
        if (after >= piece.End)
        {
            return false;
        }

        if (Terminators.IsWide(text[first]))
        {
            // A wide stop needs no blank after it; inside a number (１．５) or before a quotation's continuation it ends nothing.
            return text[first] != '．' || !(char.IsDigit(text[after]) && first > piece.Start && char.IsDigit(text[first - 1]));
        }

        if (!char.IsWhiteSpace(text[after]))
        {
            return Terminators.IsWideLetter(text[after]) && text[first] is '!' or '?';
        }

        var next = after;
        while (next < piece.End && char.IsWhiteSpace(text[next]))
        {
            next++;
        }

        if (next >= piece.End || char.IsLower(text[next]))
        {
            return next >= piece.End;
        }

        var oneStop = text[first] == '.' && (after == first + 1 || Terminators.IsCloser(text[first + 1]));
        return !(oneStop && Abbreviations.Holds(text, sentenceStart + LeadingBlanks(text, sentenceStart, first), first, next));
    }

    private static int LeadingBlanks(string text, int start, int end)
    {
        var i = start;
        while (i < end && char.IsWhiteSpace(text[i]))
        {
            i++;
        }

        return i - start;
    }

    private static void AddCut(string text, TextSpan sentence, List<TextSpan> sentences)
    {
        while (sentence.Length > LongestSentence)
        {
            var cut = CutPoint(text, sentence.Start, sentence.Start + LongestSentence);
            AddPiece(text, sentence.Start, cut, sentences);
            sentence = LineRule.Trim(text, cut, sentence.End);
        }

        AddPiece(text, sentence.Start, sentence.End, sentences);
    }

    private static int CutPoint(string text, int start, int limit)
    {
        var lowest = start + (LongestSentence / 2);
        foreach (var marks in (ReadOnlySpan<string>)["\n\t", ";；", ",，、:：", " \u3000"])
        {
            for (var i = limit; i > lowest; i--)
            {
                if (marks.Contains(text[i - 1]))
                {
                    return i;
                }
            }
        }

        return char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit;
    }

    private static void AddPiece(string text, int start, int end, List<TextSpan> pieces)
    {
        var trimmed = LineRule.Trim(text, start, end);
        if (trimmed.Length > 0)
        {
            pieces.Add(trimmed);
        }
    }
}
