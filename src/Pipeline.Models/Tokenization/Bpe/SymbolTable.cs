using System.Globalization;
using System.Text;

namespace Pipeline.Models.Tokenization.Bpe;

/// <summary>Turns the characters (or bytes) of a word into its first symbols, before any merge.</summary>
internal sealed class SymbolTable
{
    private const int None = -1;
    private readonly BpeVocabulary vocabulary;
    private readonly BpeOptions options;
    private readonly int unknownId = None;
    private readonly int[] units = new int[char.MaxValue + 1];
    private readonly int[]? fallback;

    public SymbolTable(BpeVocabulary vocabulary, BpeOptions options)
    {
        this.vocabulary = vocabulary;
        this.options = options;
        if (options.UnknownToken is { } unknown && vocabulary.TryGetId(unknown, out var id))
        {
            unknownId = id;
        }

        for (var unit = 0; unit < units.Length; unit++)
        {
            units[unit] = vocabulary.TryGetId([(char)unit], out id) ? id : None;
        }

        if (options.ByteFallback)
        {
            fallback = new int[256];
            for (var value = 0; value < 256; value++)
            {
                fallback[value] = vocabulary.TryGetId(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"), out id) ? id : None;
            }
        }
    }

    /// <summary>The ids that symbols made without merges can have although their token is longer than one character.</summary>
    public IEnumerable<int> LongSymbolIds() => (fallback ?? []).Append(unknownId).Where(id => id != None);

    public void Fill(ReadOnlySpan<char> word, List<Symbol> symbols)
    {
        Span<byte> bytes = stackalloc byte[4];
        Span<char> pair = stackalloc char[2];
        var lastWasUnknown = false;
        for (var i = 0; i < word.Length;)
        {
            Rune.DecodeFromUtf16(word[i..], out var rune, out var width);
            var end = i + width;
            if (options.ByteLevel)
            {
                var count = rune.EncodeToUtf8(bytes);
                foreach (var value in bytes[..count])
                {
                    AddKnownOrUnknown(units[ByteAlphabet.ToChar(value)], i, end, symbols, ref lastWasUnknown);
                }
            }
            else
            {
                var id = rune.IsBmp ? units[rune.Value] : vocabulary.TryGetId(pair[..rune.EncodeToUtf16(pair)], out var found) ? found : None;
                if (id != None || !AddBytes(bytes[..rune.EncodeToUtf8(bytes)], i, end, symbols, ref lastWasUnknown))
                {
                    AddKnownOrUnknown(id, i, end, symbols, ref lastWasUnknown);
                }
            }

            i = end;
        }
    }

    private bool AddBytes(ReadOnlySpan<byte> bytes, int start, int end, List<Symbol> symbols, ref bool lastWasUnknown)
    {
        if (fallback is null)
        {
            return false;
        }

        foreach (var value in bytes)
        {
            if (fallback[value] == None)
            {
                return false;
            }
        }

        foreach (var value in bytes)
        {
            symbols.Add(new Symbol(fallback[value], start, end));
        }

        lastWasUnknown = false;
        return true;
    }

    private void AddKnownOrUnknown(int id, int start, int end, List<Symbol> symbols, ref bool lastWasUnknown)
    {
        if (id != None)
        {
            symbols.Add(new Symbol(id, start, end));
            lastWasUnknown = false;
        }
        else if (unknownId != None)
        {
            if (lastWasUnknown && options.FuseUnknown)
            {
                symbols[^1] = symbols[^1] with { End = end };
            }
            else
            {
                symbols.Add(new Symbol(unknownId, start, end));
            }

            lastWasUnknown = true;
        }
    }
}
