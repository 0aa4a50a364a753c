namespace Pipeline.Inference.Engines;

/// <summary>How long a cache that is allocated in one piece must be.</summary>
internal static class DocumentCapacity
{
    /// <returns>Tokens of the document, and of the longest question and answer as far as the context allows.</returns>
    /// <exception cref="InferenceException">The document is empty or leaves no room for a question.</exception>
    internal static int Of(int documentTokens, ReadOptions options, int contextTokens)
    {
        if (documentTokens == 0)
        {
            throw new InferenceException("The document has no tokens.");
        }

        if (documentTokens >= contextTokens)
        {
            throw new InferenceException(
                $"The document has {documentTokens} tokens, and the model's context is {contextTokens} with question and answer. "
                + "Use a model with a longer context, or a part of the document.");
        }

        return (int)Math.Min((long)documentTokens + options.ReserveTokens, contextTokens);
    }

    /// <summary>Checks a question against what the document leaves.</summary>
    /// <returns>Longest answer in tokens, <paramref name="maxTokens"/> at most.</returns>
    /// <exception cref="InferenceException">The question is empty or too long.</exception>
    internal static int AnswerTokens(int index, int questionTokens, int documentTokens, int capacity, int maxTokens)
    {
        if (questionTokens == 0)
        {
            throw new InferenceException($"Question {index + 1} has no tokens.");
        }

        var left = capacity - documentTokens - questionTokens;
        return left >= 1
            ? Math.Min(left, maxTokens)
            : throw new InferenceException(
                $"Question {index + 1} has {questionTokens} tokens; the document's {documentTokens} leave {capacity - documentTokens} of {capacity} for it and its answer.");
    }
}
