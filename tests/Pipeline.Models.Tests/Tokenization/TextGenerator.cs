using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Pipeline.Models.Tests.Tokenization;

/// <summary>Texts of all that tokenisers stumble over: white space, scripts, marks, emoji, control characters, special tokens written out.</summary>
internal static class TextGenerator
{
    private static readonly string[] Pieces =
    [
        " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2581", "'s", "'LL", "don't", "The", "the", " quick", "ing", "1", "234", "١٢", "²",
        ".", "...", "!?", "{}", "</div>", "e\u0301", "é", "\u0323\u0301", "\u1100\u1161\u11a8", "각", "Договор", "合同有效", "契約の", "العقد", "मीन",
        "😀", "👨‍👩‍👧", "🏳️‍🌈", "𠮷", "𝟘", "𝕏", "\u0000", "\u0013", "\u007f", "\ufeff", "\uffff", "\ue000", "aaaaaaaaaaaaaaaa",
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<s>", "</s>", "<unk>", "<bos>", "<|begin_of_text|>", "<0x41>", "<tool_call>", "<|im_",
    ];

    /// <summary>Well-formed UTF-16.</summary>
    public static Gen<string> Text { get; } = Gen.OneOf(Gen.Elements(Pieces), Gen.Elements(Pieces), AnyRune())
        .ListOf()
        .Select(pieces => string.Concat(pieces));

    /// <summary>With halves of surrogate pairs.</summary>
    public static Gen<string> BrokenText { get; } = Gen.OneOf(Gen.Elements(Pieces), Gen.Choose(0xD7F0, 0xE010).Select(unit => ((char)unit).ToString()))
        .ListOf()
        .Select(pieces => string.Concat(pieces));

    private static Gen<string> AnyRune() => Gen.OneOf(Gen.Choose(0, 0x7F), Gen.Choose(0, 0x2FFF), Gen.Choose(0, 0x10FFFF))
        .Where(Rune.IsValid)
        .Select(value => new Rune(value).ToString());
}
