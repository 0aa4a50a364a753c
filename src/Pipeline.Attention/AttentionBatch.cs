namespace Pipeline.Attention;

/// <summary>
/// The rows of one forward pass: new tokens of one or more sequences, laid one after another, each sequence with its table of KV blocks.
/// Rows after the last sequence are padding: they get zeros.
/// </summary>
public sealed class AttentionBatch
{
    private readonly int[] rowSequence;   // [rows in use]
    private readonly long[] rowPosition;  // [rows in use]

    /// <summary>Lays out the rows of <paramref name="sequences"/>.</summary>
    /// <param name="sequences">In row order.</param>
    /// <param name="paddedRows">Rows of the tensors, at least the rows of all sequences.</param>
    public AttentionBatch(IReadOnlyList<SequenceRows> sequences, int paddedRows)
    {
        Sequences = [.. sequences];
        int rows = 0;
        foreach (SequenceRows sequence in Sequences)
        {
            rows = checked(rows + sequence.Count);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(paddedRows, rows);
        Rows = rows;
        PaddedRows = paddedRows;
        rowSequence = new int[rows];
        rowPosition = new long[rows];
        int row = 0;
        for (int s = 0; s < Sequences.Length; s++)
        {
            SequenceRows sequence = Sequences[s];
            long blocksNeeded = (sequence.Position + sequence.Count + KvLayout.BlockTokens - 1) / KvLayout.BlockTokens;
            if (sequence.Blocks.Length < blocksNeeded)
            {
                throw new ArgumentException(
                    $"Sequence {s} reaches token {sequence.Position + sequence.Count} but has {sequence.Blocks.Length} KV blocks of {KvLayout.BlockTokens}.", nameof(sequences));
            }

            for (int i = 0; i < sequence.Count; i++, row++)
            {
                rowSequence[row] = s;
                rowPosition[row] = sequence.Position + i;
            }
        }
    }

    /// <summary>Rows that belong to sequences.</summary>
    public int Rows { get; }

    /// <summary>Rows of the tensors.</summary>
    public int PaddedRows { get; }

    internal SequenceRows[] Sequences { get; }

    internal ReadOnlySpan<int> RowSequence => rowSequence;

    internal ReadOnlySpan<long> RowPosition => rowPosition;
}

/// <summary>New tokens of one sequence.</summary>
/// <param name="Position">Position of the first new token: tokens already in the blocks.</param>
/// <param name="Count">New tokens.</param>
/// <param name="Blocks">Addresses of the sequence's KV blocks, enough for <c>Position + Count</c> tokens; blocks that several sequences share come once in each table.</param>
public readonly record struct SequenceRows(long Position, int Count, nint[] Blocks);
