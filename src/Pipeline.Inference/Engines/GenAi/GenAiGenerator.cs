namespace Pipeline.Inference.Engines.GenAi;

/// <summary>One sequence of tokens and its KV cache inside GenAI.</summary>
internal sealed class GenAiGenerator(GenAiGeneratorHandle handle) : IDisposable
{
    /// <summary>OgaElementType_float32; GenAI widens the logits of half-precision models itself.</summary>
    private const int Float32 = 1;

    /// <summary>Tokens in the sequence, the last generated one included.</summary>
    internal int TokenCount => (int)GenAiNative.OgaGenerator_TokenCount(handle);

    /// <summary>Runs the model over <paramref name="tokens"/>, after those the sequence holds.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, also in the middle of the run; the sequence is of no more use.</exception>
    internal void Append(ReadOnlySpan<int> tokens, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using (cancellation.Register(Terminate))
        {
            try
            {
                GenAiStatus.Check(GenAiNative.OgaGenerator_AppendTokens(handle, tokens, (nuint)tokens.Length), $"read {tokens.Length} tokens");
            }
            catch (InferenceException) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
        }

        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Chooses the most likely next token; runs the model over the one chosen before.</summary>
    internal unsafe int GenerateNext()
    {
        GenAiStatus.Check(GenAiNative.OgaGenerator_GenerateNextToken(handle), "generate a token");
        GenAiStatus.Check(GenAiNative.OgaGenerator_GetNextTokens(handle, out var tokens, out var count), "return the token");
        return count == 1 ? tokens[0] : throw new InferenceException($"ONNX Runtime GenAI returned {count} tokens for one sequence.");
    }

    /// <summary>Logits of the last token, [vocabulary].</summary>
    internal unsafe float[] Logits()
    {
        GenAiStatus.Check(GenAiNative.OgaGenerator_GetLogits(handle, out var tensor), "return the logits");
        using (tensor)
        {
            GenAiStatus.Check(GenAiNative.OgaTensorGetType(tensor, out var type), "tell the logits' type");
            GenAiStatus.Check(GenAiNative.OgaTensorGetShapeRank(tensor, out var rank), "tell the logits' rank");
            var shape = new long[(int)rank];
            GenAiStatus.Check(GenAiNative.OgaTensorGetShape(tensor, shape, rank), "tell the logits' shape");
            GenAiStatus.Check(GenAiNative.OgaTensorGetData(tensor, out var data), "return the logits");
            var elements = checked((int)shape.Aggregate(1L, (a, b) => a * b));
            return type == Float32
                ? new ReadOnlySpan<float>((float*)data, elements).ToArray()
                : throw new InferenceException($"ONNX Runtime GenAI returned logits of element type {type} instead of float32 ({Float32}).");
        }
    }

    /// <summary>Forgets all tokens from <paramref name="length"/> on.</summary>
    internal void RewindTo(int length) =>
        GenAiStatus.Check(GenAiNative.OgaGenerator_RewindTo(handle, (nuint)length), $"go back to the document's {length} tokens");

    public void Dispose() => handle.Dispose();

    private void Terminate()
    {
        // Runs on the thread that cancels; a failure here only means that the run ends by itself.
        var result = GenAiNative.OgaGenerator_SetRuntimeOption(handle, "terminate_session", "1");
        if (result != 0)
        {
            GenAiNative.OgaDestroyResult(result);
        }
    }
}
