using System.Text.Json.Serialization;
using Pipeline.Inference.Evidence;

namespace Pipeline.Cli.Evidence;

/// <summary>The result of <c>pipeline evaluate --json</c>.</summary>
/// <param name="Questions">Questions asked.</param>
/// <param name="Beyond">Questions left out because their evidence lies beyond <c>--document-tokens</c>.</param>
/// <param name="EvidenceState">found; not-calibrated where the model folder has no evidence.json; not-readable where the engine does not show its attention.</param>
/// <param name="Evidence">Sentences ranked by attention; null where there is none.</param>
/// <param name="Bm25">The same sentences ranked by the question's words.</param>
/// <param name="Fusion">Both, by reciprocal rank.</param>
/// <param name="Answers">Answers that hold one of the accepted texts.</param>
/// <param name="Unanswerable">Questions the document does not answer.</param>
/// <param name="ByLength">By tokens of the document.</param>
/// <param name="ByPosition">By the place of the evidence in the document.</param>
/// <param name="ReadOut">What reading attention out cost.</param>
internal sealed record EvaluationResult(
    int Questions,
    int Beyond,
    string EvidenceState,
    RankQuality? Evidence,
    RankQuality Bm25,
    RankQuality? Fusion,
    AnswerQuality Answers,
    NoAnswerQuality Unanswerable,
    IReadOnlyList<EvaluationPart> ByLength,
    IReadOnlyList<EvaluationPart> ByPosition,
    ReadOutCost ReadOut);

/// <param name="Questions">Questions with accepted answers.</param>
/// <param name="Accuracy">Part of them answered with one of the accepted texts, case and white space apart.</param>
internal sealed record AnswerQuality(int Questions, double Accuracy);

/// <param name="Questions">Questions that the document does not answer.</param>
/// <param name="Precision">Part of the questions marked as not answered that are; 0 where none was marked.</param>
/// <param name="Recall">Part of the unanswerable questions that were marked.</param>
internal sealed record NoAnswerQuality(int Questions, double Precision, double Recall);

/// <summary>Some of the questions.</summary>
internal sealed record EvaluationPart(string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RankQuality? Evidence, RankQuality Bm25, AnswerQuality Answers);

/// <param name="Milliseconds">Spent reading attention out.</param>
/// <param name="ShareOfAnswering">Of the time that answering took.</param>
internal sealed record ReadOutCost(double Milliseconds, double ShareOfAnswering);
