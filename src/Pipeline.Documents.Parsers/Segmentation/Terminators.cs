namespace Pipeline.Documents.Parsers.Segmentation;

/// <summary>Characters that may end a sentence, and those that may follow inside it.</summary>
internal static class Terminators
{
    /// <summary>Full stops of Latin, Arabic, Devanagari, Armenian, Ethiopic, Burmese, Khmer, Tibetan and wide scripts.</summary>
    public static bool IsTerminator(char c) => c is '.' or '!' or '?' or '…' or '‼' or '⁇' or '⁈' or '⁉'
        or '؟' or '۔' or '।' or '॥' or '։' or '።' or '፧' or '፨' or '။' or '។' or '៕' or '།'
        || IsWide(c);

    /// <summary>Stops that no blank follows.</summary>
    public static bool IsWide(char c) => c is '。' or '！' or '？' or '｡' or '．';

    /// <summary>Quotation marks and brackets that close after a stop.</summary>
    public static bool IsCloser(char c) => c is '"' or '\'' or ')' or ']' or '}' or '”' or '’' or '»' or '›'
        or '」' or '』' or '）' or '】' or '》' or '〉' or '〕' or '］' or '｣';

    /// <summary>Letters of scripts written without blanks.</summary>
    public static bool IsWideLetter(char c) => c is >= '\u3040' and <= '\u9FFF';
}
