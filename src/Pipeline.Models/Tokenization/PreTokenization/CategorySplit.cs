using System.Globalization;
using System.Text;

namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>Splits at single characters that are chosen by a test (digits, white space, punctuation).</summary>
internal sealed class CategorySplit : PreTokenizer
{
    private readonly Func<Rune, bool> test;
    private readonly SplitBehavior behavior;
    private readonly bool[] plane = new bool[char.MaxValue + 1];

    public CategorySplit(Func<Rune, bool> test, SplitBehavior behavior)
    {
        this.test = test;
        this.behavior = behavior;
        for (var unit = 0; unit < plane.Length; unit++)
        {
            plane[unit] = Rune.TryCreate((char)unit, out var rune) && test(rune);
        }
    }

    /// <summary>Rust's <c>char::is_numeric</c>: decimal digits, letter numbers and other numbers.</summary>
    public static bool IsNumeric(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    public static bool IsPunctuation(Rune rune) =>
        (rune.IsAscii && char.IsAsciiLetterOrDigit((char)rune.Value) is false && rune.Value is > ' ' and < 0x7F) || Rune.IsPunctuation(rune);

    public override void Split(in MappedText text, int start, int length, IPieceSink next)
    {
        var span = text.Text.Span.Slice(start, length);
        var assembler = new PieceAssembler(text, behavior, false, next);
        var gap = 0;
        for (var i = 0; i < span.Length; i++)
        {
            var width = 1;
            if (char.IsSurrogate(span[i]) ? IsMatch(span[i..], out width) : plane[span[i]])
            {
                assembler.Add(start + gap, i - gap, isMatch: false);
                assembler.Add(start + i, width, isMatch: true);
                gap = i + width;
            }

            i += width - 1;
        }

        assembler.Add(start + gap, span.Length - gap, isMatch: false);
        assembler.Complete();
    }

    private bool IsMatch(ReadOnlySpan<char> span, out int width)
    {
        Rune.DecodeFromUtf16(span, out var rune, out width);
        return test(rune);
    }
}
