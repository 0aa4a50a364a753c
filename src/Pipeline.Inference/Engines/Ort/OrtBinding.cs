using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Pipeline.Inference.Graph;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>Runs the model over new tokens of sequences whose keys and values are bound.</summary>
internal sealed class OrtBinding(OrtModel model, int sequences) : IDisposable
{
    private readonly OrtIoBinding binding = model.Session.CreateIoBinding();

    /// <summary>Binds a layer's cache as past and as present.</summary>
    internal void BindCache(int layer, OrtValue keys, OrtValue values)
    {
        var decoder = model.Config.Decoder;
        binding.BindInput(decoder.Inputs.PastKey(layer), keys);
        binding.BindInput(decoder.Inputs.PastValue(layer), values);
        binding.BindOutput(decoder.Outputs.PresentKey(layer), keys);
        binding.BindOutput(decoder.Outputs.PresentValue(layer), values);
    }

    /// <summary>Runs the model over the same number of new tokens of each sequence.</summary>
    /// <param name="step">Tokens and what is wanted of them.</param>
    /// <param name="cancellation">Stops the run at the next operator; the new rows are void then, the older ones are not.</param>
    /// <exception cref="InferenceException">ONNX Runtime failed.</exception>
    internal StepResult Run(OrtStep step, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var values = new List<OrtValue>();
        OrtValue Own<T>(T[] data, params long[] shape)
            where T : unmanaged
        {
            var value = OrtValue.CreateTensorValueFromMemory(data, shape);
            values.Add(value);
            return value;
        }

        try
        {
            var length = step.Tokens.Length / sequences;
            var inputs = model.Config.Decoder.Inputs;
            binding.BindInput(inputs.InputIds, Own(step.Tokens, sequences, length));
            binding.BindInput(LogitRows.InputName, Own(step.LogitRows, step.LogitRows.Length));
            if (model.HasInput(inputs.AttentionMask))
            {
                var total = step.Totals.Max();
                binding.BindInput(inputs.AttentionMask!, Own(Mask(step.Totals, total), sequences, total));
            }

            if (model.HasInput(inputs.PositionIds))
            {
                binding.BindInput(inputs.PositionIds!, Own(Positions(step.Totals, length), sequences, length));
            }

            if (model.HasInput(QueryOutputs.PositionInput))
            {
                var own = Positions(step.Totals, length);
                binding.BindInput(QueryOutputs.PositionInput, step.QueryLimits is { } limits
                    ? Own([.. limits.SelectMany(limit => own.Select(p => Math.Min(p, limit)))], limits.Length, length)
                    : Own(own, sequences, length));
            }

            if (model.OriginalContext is not null)
            {
                binding.BindInput(OrtGraph.LongRopeInput, Own([step.LongRope]));
            }

            return RunBound(step, length, cancellation);
        }
        finally
        {
            values.ForEach(v => v.Dispose());
        }
    }

    public void Dispose() => binding.Dispose();

    private StepResult RunBound(OrtStep step, int length, CancellationToken cancellation)
    {
        var decoder = model.Config.Decoder;
        using var logits = OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance, model.LogitsType, [sequences, step.LogitRows.Length, model.Config.VocabSize]);
        binding.BindOutput(decoder.Outputs.Logits, logits);
        foreach (var output in model.Queries)
        {
            binding.BindOutputToDevice(output.Name, OrtMemoryInfo.DefaultInstance);
        }

        using var run = new RunOptions();
        using (cancellation.Register(() => run.Terminate = true))
        {
            try
            {
                binding.SynchronizeBoundInputs();
                model.Session.RunWithBinding(run, binding);
                binding.SynchronizeBoundOutputs();
            }
            catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
            catch (OnnxRuntimeException e)
            {
                throw new InferenceException($"ONNX Runtime failed over {length} new tokens of {sequences} sequences: {e.Message}", e);
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return new StepResult(ToSingle(logits, model.LogitsType), step.QueryLimits is null ? [] : Queries());
    }

    private float[][] Queries()
    {
        var names = binding.GetOutputNames();
        using var outputs = binding.GetOutputValues();
        return [.. model.Queries.Select(q => outputs.ElementAt(Array.IndexOf(names, q.Name))).Select(v => ToSingle(v, v.GetTensorTypeAndShape().ElementDataType))];
    }

    private static float[] ToSingle(OrtValue value, TensorElementType type)
    {
        var data = new float[value.GetTensorTypeAndShape().ElementCount];
        if (data.Length > 0)
        {
            TensorElements.ToSingle(type, value.GetTensorMutableRawData(), data);
        }

        return data;
    }

    private static long[] Mask(int[] totals, int total)
    {
        var mask = new long[totals.Length * total];
        for (var s = 0; s < totals.Length; s++)
        {
            mask.AsSpan(s * total, totals[s]).Fill(1);
        }

        return mask;
    }

    private static long[] Positions(int[] totals, int length)
    {
        var positions = new long[totals.Length * length];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = totals[i / length] - length + (i % length);
        }

        return positions;
    }
}
