using Microsoft.ML.OnnxRuntime;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// Keys and values of all layers for some sequences, allocated once at full length. Bound as past and as present, so that GroupQueryAttention writes new rows where
/// they belong and copies nothing (its schema: past and present may share a buffer).
/// </summary>
internal sealed class OrtKvCache : IDisposable
{
    private readonly OrtModel model;
    private readonly ICacheTensor[] keyTensors;
    private readonly ICacheTensor[] valueTensors;
    private readonly Dictionary<int, OrtBinding> bindings = [];

    /// <exception cref="InferenceException">The memory is not there.</exception>
    internal OrtKvCache(OrtModel model, int sequences, int capacity)
    {
        this.model = model;
        Sequences = sequences;
        Capacity = capacity;
        var layers = model.Config.NumHiddenLayers;
        keyTensors = new ICacheTensor[layers];
        valueTensors = new ICacheTensor[layers];
        try
        {
            long[] shape = [sequences, model.Config.NumKeyValueHeads, capacity, model.Config.HeadSize];
            for (var layer = 0; layer < layers; layer++)
            {
                keyTensors[layer] = model.Memory.Allocate(shape);
                valueTensors[layer] = model.Memory.Allocate(shape);
            }
        }
        catch (Exception e) when (e is OutOfMemoryException or OnnxRuntimeException)
        {
            Dispose();
            throw new InferenceException(
                $"A KV cache of {sequences} x {capacity} tokens needs {sequences * capacity * model.CacheBytesPerToken / (1 << 20)} MiB, more than there is: {e.Message}", e);
        }
    }

    internal int Sequences { get; }

    /// <summary>Tokens a sequence can grow to.</summary>
    internal int Capacity { get; }

    /// <summary>All sequences, bound for a run of the model.</summary>
    internal OrtBinding All() => Binding(-1);

    /// <summary>One sequence, bound for a run of the model.</summary>
    internal OrtBinding Sequence(int index) => Binding(index);

    /// <summary>Copies sequence 0 of <paramref name="document"/>, which has the same capacity, to sequence <paramref name="index"/>.</summary>
    internal void CopyFrom(OrtKvCache document, int index)
    {
        for (var layer = 0; layer < keyTensors.Length; layer++)
        {
            model.Memory.Copy(document.keyTensors[layer].Sequence(0), keyTensors[layer].Sequence(index));
            model.Memory.Copy(document.valueTensors[layer].Sequence(0), valueTensors[layer].Sequence(index));
        }
    }

    /// <summary>Copies rows of sequence 0 in one layer to the processor: [kvHeads, count, headSize] each, in the cache's element type.</summary>
    internal void ReadRows(int layer, int first, int count, Span<byte> keys, Span<byte> values)
    {
        model.Memory.ReadRows(keyTensors[layer].Sequence(0), first, count, keys);
        model.Memory.ReadRows(valueTensors[layer].Sequence(0), first, count, values);
    }

    /// <summary>The keys of the first tokens of one sequence in one layer, as <see cref="ReadRows"/> gives them.</summary>
    internal void ReadKeys(int layer, int sequence, int count, Span<byte> keys) => model.Memory.ReadRows(keyTensors[layer].Sequence(sequence), 0, count, keys);

    /// <summary>Writes all of sequence 0 in one layer: [kvHeads, capacity, headSize] each, in the cache's element type.</summary>
    internal void Write(int layer, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values)
    {
        model.Memory.Write(keys, keyTensors[layer].Sequence(0));
        model.Memory.Write(values, valueTensors[layer].Sequence(0));
    }

    public void Dispose()
    {
        foreach (var binding in bindings.Values)
        {
            binding.Dispose();
        }

        bindings.Clear();
        foreach (var tensor in keyTensors.Concat(valueTensors))
        {
            tensor?.Dispose();
        }
    }

    private OrtBinding Binding(int index)
    {
        if (!bindings.TryGetValue(index, out var binding))
        {
            binding = new OrtBinding(model, index < 0 ? Sequences : 1);
            for (var layer = 0; layer < keyTensors.Length; layer++)
            {
                binding.BindCache(
                    layer,
                    index < 0 ? keyTensors[layer].Whole : keyTensors[layer].Sequence(index),
                    index < 0 ? valueTensors[layer].Whole : valueTensors[layer].Sequence(index));
            }

            bindings.Add(index, binding);
        }

        return binding;
    }
}
