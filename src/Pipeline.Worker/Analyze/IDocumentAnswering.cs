using Pipeline.Worker.Models;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Worker.Analyze;

/// <summary>A document and the questions still open.</summary>
/// <param name="Sentences">Start and end of each sentence, one after another.</param>
internal sealed record AnswerJob(
    AnalysisDefinition Definition,
    KnownModel Model,
    string Text,
    IReadOnlyList<PageSpan> Pages,
    IReadOnlyList<int> Sentences,
    IReadOnlyList<Question> Open);

/// <summary>Told by the thread that computes; must return quickly.</summary>
internal interface IAnswerListener
{
    void OnRead(Progress tokens, CacheUse? cache);

    void OnAnswer(Answer answer);
}

/// <summary>Reads a document whole and answers questions about it.</summary>
internal interface IDocumentAnswering
{
    /// <summary>Blocks until all questions are answered.</summary>
    /// <returns>What that took.</returns>
    /// <exception cref="PermanentProblemException">The document or a question can't be handled by this model.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; answers told before count.</exception>
    Computation Run(AnswerJob job, IAnswerListener listener, CancellationToken cancellation);
}
