using Pipeline.Inference.Engines;

namespace Pipeline.Inference.Evidence;

/// <summary>Evidence for the answers about one document.</summary>
/// <example>
/// <code>
/// var evidence = new EvidenceReader(EvidenceCalibration.Load(folder.Path), new EvidenceDocument(text, sentences, tokens));
/// session.Answer(questions, evidence.Ask(options), observer, cancellation);   // then, for each answer:
/// AnswerEvidence found = evidence.For(answer, question, answerText);
/// </code>
/// </example>
/// <param name="calibration">The model's calibration, or null where it has none.</param>
/// <param name="document">The document.</param>
public sealed class EvidenceReader(EvidenceCalibration? calibration, EvidenceDocument document)
{
    /// <summary>Parts of a profile.</summary>
    private const int ProfileParts = 120;

    /// <summary>Most passages of an answer.</summary>
    /// <value>3; 1 to 20.</value>
    public int MaxPassages
    {
        get;
        init => field = value is >= 1 and <= 20 ? value : throw new InferenceException($"{value} passages an answer is out of range; use 1 to 20.");
    } = 3;

    /// <summary>Options that ask for the attention that evidence needs.</summary>
    public GenerationOptions Ask(GenerationOptions options) => calibration is null ? options : options with { Attention = new AttentionRequest(calibration.AttentionHeads, document.FirstToken, calibration.Distance) };

    /// <summary>The evidence of one answer.</summary>
    public AnswerEvidence For(GeneratedAnswer answer, string question, string answerText)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (calibration is null || answer.Attention is not { } attention)
        {
            return AnswerEvidence.None(calibration is null ? EvidenceState.NotCalibrated : EvidenceState.NotReadable);
        }

        SentenceScores scores = SentenceScores.Of(document, attention);
        IReadOnlyList<EvidencePassage> passages = PassageSelector.Select(document, scores, MaxPassages);
        return new AnswerEvidence(
            EvidenceState.Found,
            passages,
            AnswerSupport.FindUnsupported(answerText, question, passages.Select(p => p.Exact)),
            calibration.NoAnswer?.Applies(answerText, scores.Mass) ?? NoAnswerRule.SaysSo(answerText),
            document.Profile(scores.Values, ProfileParts));
    }
}
