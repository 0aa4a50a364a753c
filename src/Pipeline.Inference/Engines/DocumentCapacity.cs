namespace Pipeline.Inference.Engines;

/// <summary>Length of a cache that is allocated in one piece, before the document is read: the document, and room for the longest question with its answer.</summary>
/// <param name="Tokens">Tokens the cache holds.</param>
/// <param name="Context">Tokens the model holds.</param>
internal readonly record struct DocumentCapacity(int Tokens, int Context)
{
    /// <exception cref="InferenceException">The document is empty or leaves no room for a question.</exception>
    internal static DocumentCapacity Of(int documentTokens, ReadOptions options, int contextTokens)
    {
        if (documentTokens == 0)
        {
            throw new InferenceException("The document has no tokens; there is nothing to read.");
        }

        return documentTokens < contextTokens
            ? new DocumentCapacity((int)Math.Min((long)documentTokens + options.ReserveTokens, contextTokens), contextTokens)
            : throw new InferenceException(
                $"The document has {documentTokens:N0} tokens; the model holds {contextTokens:N0} with question and answer. "
                + "Use a model with a longer context (--model), or split the document yourself.");
    }

    /// <summary>Checks a question against the room behind the document.</summary>
    /// <returns>Longest answer in tokens: <paramref name="maxTokens"/>, or less where the model's context ends before.</returns>
    /// <exception cref="InferenceException">The question is empty, or it and its answer do not fit.</exception>
    internal int AnswerTokens(int index, int questionTokens, int documentTokens, int maxTokens)
    {
        if (questionTokens == 0)
        {
            throw new InferenceException($"Question {index + 1} is empty.");
        }

        var left = Context - documentTokens;
        if (questionTokens >= left)
        {
            throw new InferenceException(
                $"Question {index + 1} has {questionTokens:N0} tokens, but the document leaves {left:N0} of the model's {Context:N0} for question and answer. "
                + "Ask a shorter question, or use a model with a longer context (--model).");
        }

        var answer = Math.Min(maxTokens, left - questionTokens);
        return documentTokens + questionTokens + answer <= Tokens
            ? answer
            : throw new InferenceException(
                $"Question {index + 1} and its answer take up to {questionTokens + answer:N0} tokens, but the document was read with room for {Tokens - documentTokens:N0}. "
                + "Read it with more room (ReadOptions.ReserveTokens), or allow shorter answers (--max-tokens).");
    }
}
