using Pipeline.Inference;
using Pipeline.Inference.Engines;

namespace Pipeline.Cli.Ask;

/// <summary>The result of <c>pipeline ask --json</c>.</summary>
internal sealed record AskResult(
    AskedDocument Document, AskedModel Model, AskedCache Cache, IReadOnlyList<AskedAnswer> Answers, AskedTimings Timings, int SchemaVersion = 1);

/// <param name="Name">File name.</param>
/// <param name="MediaType">Found in the bytes.</param>
/// <param name="Pages">Pages, slides or sheets; 1 for plain text.</param>
/// <param name="Characters">UTF-16 code units of the text.</param>
/// <param name="TextSha256">SHA-256 of the text in UTF-8.</param>
/// <param name="Tokens">Tokens that were read: system text, document, separator.</param>
/// <param name="Warnings">What a reader should know about the extraction.</param>
internal sealed record AskedDocument(string Name, string MediaType, int Pages, int Characters, string TextSha256, int Tokens, IReadOnlyList<string> Warnings);

/// <param name="Name">Folder name.</param>
/// <param name="Engine">native, ort or genai.</param>
/// <param name="ContextTokens">Longest document, question and answer together.</param>
internal sealed record AskedModel(string Name, string Engine, int ContextTokens);

/// <param name="State">Hit, Partial or Miss.</param>
/// <param name="TokensReused">Restored instead of computed.</param>
/// <param name="TokensComputed">Computed now.</param>
internal sealed record AskedCache(CacheState State, int TokensReused, int TokensComputed);

/// <param name="QuestionId">From the question set; q1, q2, … otherwise.</param>
/// <param name="Question">What was asked.</param>
/// <param name="Text">The answer.</param>
/// <param name="FinishReason">stop, or length where the token limit cut the answer.</param>
/// <param name="Usage">Counts and times.</param>
/// <param name="Evidence">found; not-calibrated where the model folder has no evidence.json; not-readable where the engine does not show its attention.</param>
/// <param name="Citations">Passages of the document that the question's attention went to, the best first.</param>
/// <param name="Unsupported">Numbers, dates and names of the answer that no passage holds.</param>
/// <param name="NoAnswer">The document seems not to answer the question.</param>
internal sealed record AskedAnswer(
    string QuestionId,
    string Question,
    string Text,
    string FinishReason,
    AnswerUsage Usage,
    string Evidence,
    IReadOnlyList<AskedCitation> Citations,
    IReadOnlyList<AskedPart> Unsupported,
    bool NoAnswer);

/// <summary>A passage; <paramref name="Start"/> and <paramref name="End"/> are UTF-16 code units of the text that <see cref="AskedDocument.TextSha256"/> names, end exclusive.</summary>
internal sealed record AskedCitation(string Quote, string Prefix, string Suffix, int Start, int End, int Page, double Score);

/// <summary>A part of an answer's text, in UTF-16 code units, end exclusive.</summary>
internal sealed record AskedPart(string Text, int Start, int End);

/// <param name="LoadMs">Loading the model.</param>
/// <param name="ExtractMs">Bytes to text.</param>
/// <param name="ReadMs">Reading the document.</param>
/// <param name="AnswerMs">Answering all questions.</param>
internal sealed record AskedTimings(double LoadMs, double ExtractMs, double ReadMs, double AnswerMs);
