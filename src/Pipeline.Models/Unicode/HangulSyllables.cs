namespace Pipeline.Models.Unicode;

/// <summary>Hangul syllables are composed and decomposed by arithmetic (The Unicode Standard, section 3.12).</summary>
internal static class HangulSyllables
{
    private const int SBase = 0xAC00;
    private const int LBase = 0x1100;
    private const int VBase = 0x1161;
    private const int TBase = 0x11A7;
    private const int LCount = 19;
    private const int VCount = 21;
    private const int TCount = 28;
    private const int SCount = LCount * VCount * TCount;

    public static bool IsSyllable(int codePoint) => codePoint is >= SBase and < SBase + SCount;

    /// <summary>Vowels and final consonants, which compose with what stands before them.</summary>
    public static bool ComposesBackward(int codePoint) => codePoint is (>= VBase and < VBase + VCount) or (> TBase and < TBase + TCount);

    public static void Decompose(int syllable, List<int> points)
    {
        var index = syllable - SBase;
        points.Add(LBase + (index / (VCount * TCount)));
        points.Add(VBase + (index % (VCount * TCount) / TCount));
        if (index % TCount != 0)
        {
            points.Add(TBase + (index % TCount));
        }
    }

    public static int Compose(int first, int second)
    {
        if (first is >= LBase and < LBase + LCount && second is >= VBase and < VBase + VCount)
        {
            return SBase + ((((first - LBase) * VCount) + (second - VBase)) * TCount);
        }

        return IsSyllable(first) && (first - SBase) % TCount == 0 && second is > TBase and < TBase + TCount ? first + (second - TBase) : -1;
    }
}
