namespace Pipeline.Inference.Evidence;

/// <summary>Whether an answer has evidence.</summary>
public enum EvidenceState
{
    /// <summary>Passages were chosen.</summary>
    Found,

    /// <summary>The model folder has no calibration (evidence.json); <c>pipeline calibrate</c> writes one.</summary>
    NotCalibrated,

    /// <summary>The engine does not show its attention.</summary>
    NotReadable,
}

/// <summary>What an answer rests on.</summary>
/// <param name="State">Whether there is evidence.</param>
/// <param name="Passages">Verbatim passages, the best first.</param>
/// <param name="Unsupported">Numbers, dates and names of the answer that no passage holds.</param>
/// <param name="NoAnswer">The document seems not to answer the question.</param>
/// <param name="Profile">Attention to equal parts of the text from beginning to end, each a share of the whole.</param>
public sealed record AnswerEvidence(
    EvidenceState State, IReadOnlyList<EvidencePassage> Passages, IReadOnlyList<UnsupportedPart> Unsupported, bool NoAnswer, IReadOnlyList<double> Profile)
{
    /// <summary>No evidence, and why.</summary>
    public static AnswerEvidence None(EvidenceState state) => new(state, [], [], NoAnswer: false, []);
}
