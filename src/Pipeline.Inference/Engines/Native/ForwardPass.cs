using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Pipeline.Attention;
using Pipeline.Inference.Graph;
using Pipeline.Inference.KvCache;
using Pipeline.Inference.Operator;

namespace Pipeline.Inference.Engines.Native;

/// <summary>Runs new tokens of one or more sequences through the model. One pass at a time.</summary>
internal sealed class ForwardPass(NativeModel model, NativeEngineOptions options) : IDisposable
{
    /// <summary>Rows come in multiples of this where a matrix product's kernel depends on their number (measured on ONNX Runtime 1.31.1).</summary>
    internal const int RowMultiple = 8;

    private readonly AttentionWorkspace workspace = new();

    /// <summary>Computes keys and values of all new tokens, and logits of the wanted ones.</summary>
    /// <param name="inputs">New tokens by sequence; each sequence grows by its tokens.</param>
    /// <param name="ropeRegime">0 or 1: which rotary tables of a LongRoPE model.</param>
    /// <param name="oneRowKernel">Allows a single row to go unpadded: faster, but not bit for bit what the row would be among others.</param>
    /// <param name="cancellation">Ends the pass as soon as ONNX Runtime looks, between two operators.</param>
    /// <param name="observer">Told after each attention layer; for reading attention out.</param>
    /// <returns>Logits, <c>[wanted, vocabulary]</c>, in the order of the sequences.</returns>
    internal Logits Run(
        IReadOnlyList<PassInput> inputs, int ropeRegime, bool oneRowKernel, CancellationToken cancellation, AttentionObserver? observer = null)
    {
        cancellation.ThrowIfCancellationRequested();
        int rows = inputs.Sum(i => i.Tokens.Count);
        bool pad = rows > 1 || !oneRowKernel;
        int paddedRows = pad ? RoundUp(rows) : rows;
        long[] ids = new long[paddedRows];
        long[] positions = new long[paddedRows];
        var wanted = new List<long>();
        var sequences = new List<SequenceRows>(inputs.Count);
        int row = 0;
        foreach (PassInput input in inputs)
        {
            input.Sequence.Reserve(input.Tokens.Count);
            sequences.Add(new SequenceRows(input.Sequence.Length, input.Tokens.Count, input.Sequence.Table));
            for (int i = 0; i < input.Tokens.Count; i++, row++)
            {
                ids[row] = input.Tokens[i];
                positions[row] = input.Sequence.Length + i;
                if (i >= input.Tokens.Count - input.WantedRows)
                {
                    wanted.Add(row);
                }
            }
        }

        int wantedRows = wanted.Count;
        if (pad && wantedRows > 0 && model.Facts.HasQuantisedProducts)
        {
            while (wanted.Count % RowMultiple != 0)
            {
                wanted.Add(wanted[^1]);
            }
        }

        long ropeLength = ropeRegime == 0 ? 0 : long.MaxValue;
        using var step = new AttentionStep(new AttentionBatch(sequences, paddedRows), workspace, options.Threads, ropeLength, options.Kernel) { Observer = observer };
        Logits logits = Run(step, ids, positions, [.. wanted], wantedRows, cancellation);
        foreach (PassInput input in inputs)
        {
            input.Sequence.Advance(input.Tokens.Count);
        }

        return logits;
    }

    public void Dispose() => workspace.Dispose();

    private Logits Run(AttentionStep step, long[] ids, long[] positions, long[] wanted, int wantedRows, CancellationToken cancellation)
    {
        NativeGraphFacts facts = model.Facts;
        using OrtValue idTensor = OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length]);
        using OrtValue batchTensor = OrtValue.CreateTensorValueFromMemory(new[] { step.Number }, [1]);
        using OrtValue rowsTensor = OrtValue.CreateTensorValueFromMemory(wanted, [wanted.Length]);
        using OrtValue positionTensor = OrtValue.CreateTensorValueFromMemory(positions, [1, positions.Length]);
        List<string> names = [facts.InputIds, AttentionRewrite.BatchInput, LogitRows.InputName];
        List<OrtValue> values = [idTensor, batchTensor, rowsTensor];
        if (facts.PositionIds is not null)
        {
            names.Add(facts.PositionIds);
            values.Add(positionTensor);
        }

        using var runOptions = new RunOptions();
        using CancellationTokenRegistration registration = cancellation.Register(() => runOptions.Terminate = true);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = model.Session.Run(runOptions, names, values, [facts.Logits]);
            int vocabulary = (int)outputs[0].GetTensorTypeAndShape().Shape[^1];
            if (wantedRows == 0)
            {
                return new Logits([], vocabulary);
            }

            float[] logits = facts.HalfLogits
                ? Array.ConvertAll(outputs[0].GetTensorDataAsSpan<Float16>()[..(wantedRows * vocabulary)].ToArray(), f => (float)f)
                : outputs[0].GetTensorDataAsSpan<float>()[..(wantedRows * vocabulary)].ToArray();
            return new Logits(logits, vocabulary);
        }
        catch (OnnxRuntimeException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new InferenceException($"The model failed: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static int RoundUp(int rows) => (rows + RowMultiple - 1) / RowMultiple * RowMultiple;
}

/// <summary>New tokens of one sequence.</summary>
/// <param name="Sequence">Its KV cache so far.</param>
/// <param name="Tokens">Token ids that follow.</param>
/// <param name="WantedRows">How many of the last tokens want logits.</param>
internal readonly record struct PassInput(KvSequence Sequence, IReadOnlyList<int> Tokens, int WantedRows);

/// <summary>Logits of the wanted rows.</summary>
/// <param name="Values"><c>[wanted, vocabulary]</c>.</param>
/// <param name="Vocabulary">Floats a row.</param>
internal sealed record Logits(float[] Values, int Vocabulary)
{
    internal ReadOnlySpan<float> Row(int index) => Values.AsSpan(index * Vocabulary, Vocabulary);
}
