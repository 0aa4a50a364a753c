using System.Runtime.InteropServices;

namespace Pipeline.Models.Tokenization.Bpe;

/// <summary>What two neighbouring tokens become.</summary>
/// <param name="Rank">Lower ranks merge first.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BpeMerge(int Rank, int Id);

/// <summary>Tokens and merges of a byte-pair encoding (the <c>model</c> of <c>tokenizer.json</c>).</summary>
internal sealed class BpeVocabulary
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idsBySpan;
    private readonly Dictionary<ulong, BpeMerge> merges;

    public BpeVocabulary(Dictionary<string, int> ids, Dictionary<ulong, BpeMerge> merges)
    {
        this.ids = ids;
        this.merges = merges;
        LongestToken = ids.Keys.Max(token => token.Length);
        idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>UTF-16 units of the longest token as it is written in the vocabulary.</summary>
    public int LongestToken { get; }

    public IReadOnlyDictionary<ulong, BpeMerge> Merges => merges;

    public static ulong PairKey(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    public bool TryGetId(ReadOnlySpan<char> token, out int id) => idsBySpan.TryGetValue(token, out id);

    public bool TryGetMerge(int left, int right, out BpeMerge merge) => merges.TryGetValue(PairKey(left, right), out merge);
}
