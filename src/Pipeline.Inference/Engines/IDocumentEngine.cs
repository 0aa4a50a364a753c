namespace Pipeline.Inference.Engines;

/// <summary>Reads whole documents with one model and answers questions from what it kept of them. One engine serves one caller at a time.</summary>
public interface IDocumentEngine : IDisposable
{
    /// <summary>The engine's name as users write it: <c>native</c>, <c>ort</c> or <c>genai</c>.</summary>
    string Name { get; }

    /// <summary>Longest document, question and answer together, in tokens.</summary>
    int ContextTokens { get; }

    /// <summary>
    /// Runs exact attention over all of <paramref name="tokens"/>, once, and keeps the KV cache.
    /// </summary>
    /// <param name="tokens">The document's token ids: chat head, document, separator.</param>
    /// <param name="options">Chunk size.</param>
    /// <param name="progress">Told after each chunk, on the calling thread.</param>
    /// <param name="cancellation">Looked at between chunks.</param>
    /// <exception cref="InferenceException">The document does not fit the model's context, or the runtime failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    IDocumentSession Read(IReadOnlyList<int> tokens, ReadOptions options, Action<ReadProgress>? progress, CancellationToken cancellation);
}

/// <summary>A document that has been read: its KV cache, ready for any number of questions.</summary>
public interface IDocumentSession : IDisposable
{
    /// <summary>Tokens of the document.</summary>
    int TokenCount { get; }

    /// <summary>How the document came to be in the cache.</summary>
    ReadReport Report { get; }

    /// <summary>Answers all <paramref name="questions"/> from the cache; the document is not read again.</summary>
    /// <param name="questions">Token ids of each question's tail, without the document.</param>
    /// <param name="options">Sampling and limits.</param>
    /// <param name="observer">Told about tokens and finished answers as they come, on the calling thread.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <returns>One answer per question, in the order of the questions.</returns>
    /// <exception cref="InferenceException">A question does not fit into what the document leaves of the context.</exception>
    IReadOnlyList<GeneratedAnswer> Answer(
        IReadOnlyList<QuestionTokens> questions, GenerationOptions options, IAnswerObserver? observer, CancellationToken cancellation);
}

/// <summary>Follows answers while they are made.</summary>
public interface IAnswerObserver
{
    /// <summary>A token of an answer was chosen.</summary>
    void OnToken(int questionIndex, int token);

    /// <summary>An answer is complete.</summary>
    void OnFinished(GeneratedAnswer answer);
}
