namespace Pipeline.Models.Tokenization.Bpe;

/// <summary>
/// Merges neighbouring symbols, lowest rank first and from the left among equal ranks, until none can be merged (Sennrich et al. 2016,
/// in the order of Hugging Face tokenizers' <c>Word::merge_all</c>).
/// </summary>
internal sealed class SymbolMerger(BpeVocabulary vocabulary)
{
    /// <summary>Up to this many symbols looking at every pair again is faster than a queue.</summary>
    public const int ShortRow = 24;

    /// <summary>Merges <paramref name="row"/> in place; returns how many symbols are left.</summary>
    public int Merge(Span<Symbol> row) => row.Length <= ShortRow ? MergeShort(row) : MergeLong(row);

    internal int MergeShort(Span<Symbol> row)
    {
        var count = row.Length;
        Span<BpeMerge> pairs = stackalloc BpeMerge[ShortRow];
        for (var i = 0; i + 1 < count; i++)
        {
            pairs[i] = Pair(row[i].Id, row[i + 1].Id);
        }

        while (count > 1)
        {
            var best = 0;
            for (var i = 1; i + 1 < count; i++)
            {
                if (pairs[i].Rank < pairs[best].Rank)
                {
                    best = i;
                }
            }

            if (pairs[best].Rank == int.MaxValue)
            {
                break;
            }

            row[best] = new Symbol(pairs[best].Id, row[best].Start, row[best + 1].End);
            row[(best + 2)..count].CopyTo(row[(best + 1)..]);
            pairs[(best + 1)..(count - 1)].CopyTo(pairs[best..]);
            count--;
            if (best > 0)
            {
                pairs[best - 1] = Pair(row[best - 1].Id, row[best].Id);
            }

            if (best + 1 < count)
            {
                pairs[best] = Pair(row[best].Id, row[best + 1].Id);
            }
        }

        return count;
    }

    internal int MergeLong(Span<Symbol> row)
    {
        var next = new int[row.Length];
        var previous = new int[row.Length];
        var alive = new bool[row.Length];
        var queue = new PriorityQueue<(int Position, int Id), ulong>(row.Length);
        for (var i = 0; i < row.Length; i++)
        {
            next[i] = i + 1 < row.Length ? i + 1 : -1;
            previous[i] = i - 1;
            alive[i] = true;
            if (i + 1 < row.Length)
            {
                Enqueue(queue, i, row[i].Id, row[i + 1].Id);
            }
        }

        while (queue.TryDequeue(out var merge, out _))
        {
            var left = merge.Position;
            var right = alive[left] ? next[left] : -1;
            if (right < 0 || Pair(row[left].Id, row[right].Id) is not { Rank: < int.MaxValue } pair || pair.Id != merge.Id)
            {
                continue; // One of the two has been merged with another since.
            }

            row[left] = new Symbol(pair.Id, row[left].Start, row[right].End);
            alive[right] = false;
            next[left] = next[right];
            if (next[left] >= 0)
            {
                previous[next[left]] = left;
                Enqueue(queue, left, row[left].Id, row[next[left]].Id);
            }

            if (previous[left] >= 0)
            {
                Enqueue(queue, previous[left], row[previous[left]].Id, row[left].Id);
            }
        }

        var count = 0;
        for (var i = 0; i < row.Length; i++)
        {
            if (alive[i])
            {
                row[count++] = row[i];
            }
        }

        return count;
    }

    private void Enqueue(PriorityQueue<(int Position, int Id), ulong> queue, int position, int left, int right)
    {
        if (vocabulary.TryGetMerge(left, right, out var merge))
        {
            queue.Enqueue((position, merge.Id), ((ulong)(uint)merge.Rank << 32) | (uint)position);
        }
    }

    private BpeMerge Pair(int left, int right) => vocabulary.TryGetMerge(left, right, out var merge) ? merge : new BpeMerge(int.MaxValue, -1);
}
