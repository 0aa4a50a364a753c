using System.Globalization;
using System.Text;

namespace Pipeline.Models.Tokenization.PreTokenization;

/// <summary>Splits at single characters that are chosen by a test (digits, white space, punctuation).</summary>
internal sealed class CategorySplit(Func<Rune, bool> test, SplitBehavior behavior) : PreTokenizer
{
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
        for (var i = 0; i < span.Length;)
        {
            Rune.DecodeFromUtf16(span[i..], out var rune, out var width);
            if (test(rune))
            {
                assembler.Add(start + gap, i - gap, isMatch: false);
                assembler.Add(start + i, width, isMatch: true);
                gap = i + width;
            }

            i += width;
        }

        assembler.Add(start + gap, span.Length - gap, isMatch: false);
        assembler.Complete();
    }
}
