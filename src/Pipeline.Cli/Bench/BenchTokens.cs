namespace Pipeline.Cli.Bench;

/// <summary>Token ids to measure with: the same for every engine, and none of them special.</summary>
internal static class BenchTokens
{
    internal const int QuestionTokens = 24;

    internal static int[] Document(int count, int vocabulary) => Generate(1, count, vocabulary);

    internal static int[] Question(int index, int vocabulary) => Generate((uint)(1000 + index), QuestionTokens, vocabulary);

    private static int[] Generate(uint seed, int count, int vocabulary)
    {
        // Numerical Recipes' linear congruential generator. The first ids of a vocabulary are special tokens and bytes; its last may be unused.
        var first = vocabulary / 8;
        var span = vocabulary / 2;
        var x = seed;
        var ids = new int[count];
        for (var i = 0; i < count; i++)
        {
            x = unchecked((x * 1664525) + 1013904223);
            ids[i] = first + (int)((x >> 8) % (uint)span);
        }

        return ids;
    }
}
