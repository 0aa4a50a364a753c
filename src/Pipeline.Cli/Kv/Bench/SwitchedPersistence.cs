using Pipeline.Inference.KvCache;

namespace Pipeline.Cli.Kv.Bench;

/// <summary>Lets one loaded engine read with a store, with another one, or with none.</summary>
internal sealed class SwitchedPersistence : IKvPersistence
{
    /// <summary>Who keeps the next document; null for nobody.</summary>
    public IKvPersistence? Current { get; set; }

    public int Restore(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, CancellationToken cancellation) =>
        Current?.Restore(sequence, tokens, ropeRegime, cancellation) ?? 0;

    public void OnRead(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, int length) => Current?.OnRead(sequence, tokens, ropeRegime, length);
}
