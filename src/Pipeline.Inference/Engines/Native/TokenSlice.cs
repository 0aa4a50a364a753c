using System.Collections;

namespace Pipeline.Inference.Engines.Native;

/// <summary>A window on a list of tokens, without copying.</summary>
internal sealed class TokenSlice(IReadOnlyList<int> tokens, int first, int count) : IReadOnlyList<int>
{
    public int Count => count;

    public int this[int index] => (uint)index < (uint)count ? tokens[first + index] : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<int> GetEnumerator()
    {
        for (int i = 0; i < count; i++)
        {
            yield return tokens[first + i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
