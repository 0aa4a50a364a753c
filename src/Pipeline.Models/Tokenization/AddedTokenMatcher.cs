using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Pipeline.Models.Tokenization;

/// <summary>An added token found in a text, or text between two of them (<paramref name="Token"/> is null).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AddedTokenSection(AddedToken? Token, int Start, int Length);

/// <summary>Finds added tokens in a text: the leftmost, and of those that start there the longest.</summary>
internal sealed class AddedTokenMatcher
{
    // Some vocabularies have thousands of added tokens that begin alike, so they are looked up by length, not tried one by one.
    private readonly Dictionary<char, int[]> lengthsByFirst;
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> byContent;
    private readonly SearchValues<char> firsts;

    public AddedTokenMatcher(IEnumerable<AddedToken> tokens)
    {
        var contents = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (var token in tokens.Where(token => token.Content.Length > 0))
        {
            contents.TryAdd(token.Content, token);
        }

        byContent = contents.GetAlternateLookup<ReadOnlySpan<char>>();
        lengthsByFirst = contents.Keys
            .GroupBy(content => content[0], content => content.Length)
            .ToDictionary(group => group.Key, group => group.Distinct().OrderDescending().ToArray());
        firsts = SearchValues.Create(lengthsByFirst.Keys.ToArray());
    }

    public bool IsEmpty => lengthsByFirst.Count == 0;

    /// <param name="allowed">Tokens that fail the test stay text.</param>
    public List<AddedTokenSection> Split(ReadOnlySpan<char> text, Func<AddedToken, bool> allowed)
    {
        var sections = new List<AddedTokenSection>();
        var done = 0;
        for (var at = Next(text, 0); at >= 0;)
        {
            var token = Match(text, at);
            if (token is null)
            {
                at = Next(text, at + 1);
                continue;
            }

            var end = at + token.Content.Length;
            if (at >= done && allowed(token) && (!token.SingleWord || StandsAlone(text, at, end)))
            {
                var start = token.LeftStrip ? done + text[done..at].TrimEnd().Length : at;
                var stop = token.RightStrip ? text.Length - text[end..].TrimStart().Length : end;
                Add(sections, null, done, start - done);
                sections.Add(new AddedTokenSection(token, start, stop - start));
                done = stop;
            }

            at = Next(text, end);
        }

        Add(sections, null, done, text.Length - done);
        return sections;
    }

    private static void Add(List<AddedTokenSection> sections, AddedToken? token, int start, int length)
    {
        if (length > 0)
        {
            sections.Add(new AddedTokenSection(token, start, length));
        }
    }

    private int Next(ReadOnlySpan<char> text, int from)
    {
        var at = from < text.Length ? text[from..].IndexOfAny(firsts) : -1;
        return at < 0 ? -1 : from + at;
    }

    private AddedToken? Match(ReadOnlySpan<char> text, int at)
    {
        foreach (var length in lengthsByFirst[text[at]])
        {
            if (length <= text.Length - at && byContent.TryGetValue(text.Slice(at, length), out var token))
            {
                return token;
            }
        }

        return null;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text[..start], out var before, out _);
        Rune.DecodeFromUtf16(text[end..], out var after, out _);
        return (start == 0 || !IsWord(before)) && (end == text.Length || !IsWord(after));
    }

    private static bool IsWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber;
}
