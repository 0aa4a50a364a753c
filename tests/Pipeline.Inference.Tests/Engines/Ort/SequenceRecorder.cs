using Pipeline.Inference.KvCache;

namespace Pipeline.Inference.Tests.Engines.Ort;

/// <summary>Stores nothing; looks at what was read.</summary>
internal sealed class SequenceRecorder(Action<KvSequence, int> look) : IKvPersistence
{
    public int Restore(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, CancellationToken cancellation) => 0;

    public void OnRead(KvSequence sequence, IReadOnlyList<int> tokens, int ropeRegime, int length) => look(sequence, length);
}
