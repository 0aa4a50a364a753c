using System.Collections.Frozen;

namespace Pipeline.Documents.Parsers.Segmentation;

/// <summary>Words whose full stop does not end a sentence, in the languages that use them most.</summary>
internal static class Abbreviations
{
    private static readonly FrozenSet<string> Always = Set(
        "mr mrs ms dr prof st sr jr rev gen col capt lt sgt hon gov sen rep vs cf e.g i.e viz resp approx dept est messrs mt ft "
        + "z.b d.h u.a v.a bzw ca evtl ggf sog usw vgl inkl zzgl str hr fr dipl ing geb gest jh m mm mme mlle mgr bd env p.ex c.-à-d "
        + "sr sra srta dra d.ª ej pág vd ud ss sig dott ing avv geom spett tel fax ст г ул им т.е т.д т.п др проф стр рис гл");

    /// <summary>Stops before a number only: "No. 5" but "He said no. Then".</summary>
    private static readonly FrozenSet<string> BeforeNumber = Set(
        "no nos nr art arts abs fig figs eq eqs sec secs ch chap vol vols pp p pg ex para paras cl reg tab tabl pt ref n núm num § №");

    private static readonly FrozenSet<string> Months = Set(
        "januar februar märz april mai juni juli august september oktober november dezember jänner januar, jahrhundert");

    /// <summary>Whether the full stop at an index belongs to an abbreviation, an initial or an ordinal.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where the piece starts.</param>
    /// <param name="stop">Index of the full stop.</param>
    /// <param name="next">Index of the next character that is not white space, inside the piece.</param>
    public static bool Holds(string text, int from, int stop, int next)
    {
        var start = stop;
        while (start > from && !char.IsWhiteSpace(text[start - 1]) && text[start - 1] is not ('(' or '[' or '"' or '“' or '„' or '«' or '\'' or '‘'))
        {
            start--;
        }

        var word = text.AsSpan(start, stop - start);
        if (word.Length is 0 or > 12)
        {
            return false;
        }

        if (word.Length == 1 && char.IsUpper(word[0]) && char.IsLetter(word[0]))
        {
            return true;
        }

        // "1." at the start of a piece is a number of a list or a section.
        if (start == from && IsNumber(word))
        {
            return true;
        }

        var lower = word.ToString().ToLowerInvariant();
        return Always.Contains(lower)
            || (BeforeNumber.Contains(lower) && (char.IsDigit(text[next]) || IsRomanNumber(text, next)))
            || (IsNumber(word) && word.Length <= 2 && Months.Contains(WordAt(text, next)));
    }

    private static bool IsNumber(ReadOnlySpan<char> word)
    {
        foreach (var c in word)
        {
            if (!char.IsDigit(c) && c != '.')
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRomanNumber(string text, int at)
    {
        var end = at;
        while (end < text.Length && text[end] is 'I' or 'V' or 'X' or 'L' or 'C')
        {
            end++;
        }

        return end > at && (end == text.Length || !char.IsLetter(text[end]));
    }

    private static string WordAt(string text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsLetter(text[end]))
        {
            end++;
        }

        return text[at..end].ToLowerInvariant();
    }

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
