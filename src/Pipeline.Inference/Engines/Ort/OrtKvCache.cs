using Microsoft.ML.OnnxRuntime;

namespace Pipeline.Inference.Engines.Ort;

/// <summary>
/// Keys and values of all layers for some sequences, allocated once at full length. Bound as past and as present, so that GroupQueryAttention writes new rows where
/// they belong and copies nothing (its schema: past and present may share a buffer).
/// </summary>
internal sealed class OrtKvCache : IDisposable
{
    private readonly OrtModel _model;
    private readonly ICacheTensor[] _keys;
    private readonly ICacheTensor[] _values;
    private readonly Dictionary<int, OrtBinding> _bindings = [];

    /// <exception cref="InferenceException">The memory is not there.</exception>
    internal OrtKvCache(OrtModel model, int sequences, int capacity)
    {
        _model = model;
        Sequences = sequences;
        Capacity = capacity;
        var layers = model.Config.NumHiddenLayers;
        _keys = new ICacheTensor[layers];
        _values = new ICacheTensor[layers];
        try
        {
            long[] shape = [sequences, model.Config.NumKeyValueHeads, capacity, model.Config.HeadSize];
            for (var layer = 0; layer < layers; layer++)
            {
                _keys[layer] = model.Memory.Allocate(shape);
                _values[layer] = model.Memory.Allocate(shape);
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
        for (var layer = 0; layer < _keys.Length; layer++)
        {
            _model.Memory.Copy(document._keys[layer].Sequence(0), _keys[layer].Sequence(index));
            _model.Memory.Copy(document._values[layer].Sequence(0), _values[layer].Sequence(index));
        }
    }

    /// <summary>Copies rows of sequence 0 in one layer to the processor: [kvHeads, count, headSize] each, in the cache's element type.</summary>
    internal void ReadRows(int layer, int first, int count, Span<byte> keys, Span<byte> values)
    {
        _model.Memory.ReadRows(_keys[layer].Sequence(0), first, count, keys);
        _model.Memory.ReadRows(_values[layer].Sequence(0), first, count, values);
    }

    /// <summary>Writes all of sequence 0 in one layer: [kvHeads, capacity, headSize] each, in the cache's element type.</summary>
    internal void Write(int layer, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values)
    {
        _model.Memory.Write(keys, _keys[layer].Sequence(0));
        _model.Memory.Write(values, _values[layer].Sequence(0));
    }

    public void Dispose()
    {
        foreach (var binding in _bindings.Values)
        {
            binding.Dispose();
        }

        _bindings.Clear();
        foreach (var tensor in _keys.Concat(_values))
        {
            tensor?.Dispose();
        }
    }

    private OrtBinding Binding(int index)
    {
        if (!_bindings.TryGetValue(index, out var binding))
        {
            binding = new OrtBinding(_model, index < 0 ? Sequences : 1);
            for (var layer = 0; layer < _keys.Length; layer++)
            {
                binding.BindCache(
                    layer,
                    index < 0 ? _keys[layer].Whole : _keys[layer].Sequence(index),
                    index < 0 ? _values[layer].Whole : _values[layer].Sequence(index));
            }

            _bindings.Add(index, binding);
        }

        return binding;
    }
}
