using System.Runtime.InteropServices;
using Pipeline.Attention;
using Pipeline.Inference.Graph;

namespace Pipeline.Inference.Operator;

/// <summary>One attention node of a session: reads its attributes once, then runs the layer over the tensors of each pass.</summary>
internal sealed unsafe class ExactAttentionKernel : IDisposable
{
    private readonly int layerNumber;
    private readonly AttentionParameters parameters;
    private readonly KvLayout layout;
    private readonly bool interleaved;
    private readonly bool smoothSoftmax;
    private readonly float normEpsilon;
    private readonly long longRopeFrom;
    private readonly bool half;
    private readonly ScratchTensor queries = new(), keys = new(), values = new(), normalQueries = new(), normalKeys = new(), output = new(), cosTable = new(), sinTable = new();
    private readonly KernelParallel parallel = new();
    private AttentionLayer? layer;
    private nint layerCos;

    internal ExactAttentionKernel(nint info, TensorType type)
    {
        layerNumber = (int)OrtApiTable.AttributeInt64(info, "layer\0"u8);
        parameters = new AttentionParameters
        {
            QueryHeads = checked((int)OrtApiTable.AttributeInt64(info, "num_heads\0"u8)),
            KvHeads = checked((int)OrtApiTable.AttributeInt64(info, "kv_num_heads\0"u8)),
            HeadSize = checked((int)OrtApiTable.AttributeInt64(info, "head_size\0"u8)),
            Scale = OrtApiTable.AttributeFloat(info, "scale\0"u8),
            Softcap = OrtApiTable.AttributeFloat(info, "softcap\0"u8),
            WindowTokens = checked((int)OrtApiTable.AttributeInt64(info, "local_window_size\0"u8)),
        };
        layout = new KvLayout(parameters.KvHeads, parameters.HeadSize, OrtApiTable.AttributeInt64(info, "kv_offset\0"u8));
        interleaved = OrtApiTable.AttributeInt64(info, "rotary_interleaved\0"u8) != 0;
        smoothSoftmax = OrtApiTable.AttributeInt64(info, "smooth_softmax\0"u8) != 0;
        normEpsilon = OrtApiTable.AttributeFloat(info, "qk_norm_epsilon\0"u8);
        longRopeFrom = OrtApiTable.AttributeInt64(info, "long_rope_from\0"u8);
        half = type == TensorType.Float16;
    }

    public void Dispose()
    {
        foreach (ScratchTensor scratch in new[] { queries, keys, values, normalQueries, normalKeys, output, cosTable, sinTable })
        {
            scratch.Dispose();
        }

        parallel.Dispose();
    }

    internal void Compute(nint context)
    {
        AttentionStep step = AttentionStep.Find(*(long*)OrtApiTable.Data(OrtApiTable.Input(context, ExactAttentionOperator.BatchInput)));
        nint query = OrtApiTable.Input(context, 0);
        Span<long> shape = stackalloc long[3]; // [1, rows, floats]
        OrtApiTable.Shape(query, shape);
        long rows = shape[0] * shape[1], width = shape[2];
        if (rows != step.Batch.PaddedRows)
        {
            throw new InvalidOperationException($"Attention of layer {layerNumber} got {rows} rows for a batch of {step.Batch.PaddedRows}.");
        }

        int queryFloats = parameters.QueryHeads * parameters.HeadSize, kvFloats = parameters.KvHeads * parameters.HeadSize;
        nint key = OrtApiTable.Input(context, 1);
        bool packed = key == 0;
        if (width != (packed ? queryFloats + (2 * kvFloats) : queryFloats))
        {
            throw new InvalidOperationException($"Attention of layer {layerNumber} got queries of {width} floats; {parameters.QueryHeads} heads of {parameters.HeadSize} were expected.");
        }

        float* q = Floats(query, rows * width, queries);
        float* k = packed ? q + queryFloats : Floats(key, rows * kvFloats, keys);
        float* v = packed ? k + kvFloats : Floats(OrtApiTable.Input(context, 2), rows * kvFloats, values);
        long kvStride = packed ? width : kvFloats;
        long queryStride = Normalise(context, 9, ref q, width, rows, parameters.QueryHeads, normalQueries);
        long keyStride = Normalise(context, 10, ref k, kvStride, rows, parameters.KvHeads, normalKeys);

        shape[2] = queryFloats;
        void* result = OrtApiTable.Data(OrtApiTable.Output(context, 0, shape));
        float* o = half ? output.Reserve(rows * queryFloats) : (float*)result;
        var tensors = new AttentionTensors
        {
            Queries = q,
            QueryStride = queryStride,
            Keys = k,
            KeyStride = keyStride,
            Values = v,
            ValueStride = kvStride,
            Output = o,
            OutputStride = queryFloats,
            HalfPrecision = half,
        };
        AttentionLayer current = Layer(context, step);
        parallel.Enter(context, step.Threads);
        current.Run(step.Batch, tensors, step.Workspace, parallel);
        step.Observer?.Invoke(layerNumber, current, step.Batch, tensors, step.Workspace, parallel);
        if (half)
        {
            for (long i = 0; i < rows * queryFloats; i++)
            {
                ((Half*)result)[i] = (Half)o[i];
            }
        }
    }

    /// <summary>The layer with the rotary tables of the step's regime; kept while the tables stay where they are.</summary>
    private AttentionLayer Layer(nint context, AttentionStep step)
    {
        int cosInput = longRopeFrom > 0 && step.RopeLength > longRopeFrom ? 6 : 4;
        nint cos = OrtApiTable.Input(context, cosInput);
        nint address = cos == 0 ? 0 : (nint)OrtApiTable.Data(cos);
        if (layer is not null && layerCos == address && layer.Kernel == KernelChoices.Resolve(step.Kernel))
        {
            return layer;
        }

        RotaryEmbedding? rotary = null;
        if (cos != 0)
        {
            Span<long> shape = stackalloc long[2]; // [positions, pairs]
            OrtApiTable.Shape(cos, shape);
            long floats = shape[0] * shape[1];
            rotary = new RotaryEmbedding(
                Floats(cos, floats, cosTable), Floats(OrtApiTable.Input(context, cosInput + 1), floats, sinTable), shape[0], checked((int)shape[1]), interleaved);
        }

        layer = new AttentionLayer(parameters, layout, rotary, Sinks(context), step.Kernel);
        layerCos = address;
        return layer;
    }

    private float[] Sinks(nint context)
    {
        nint sinks = OrtApiTable.Input(context, 8);
        if (sinks == 0)
        {
            // smooth_softmax is a sink of logit 0 in every head.
            return smoothSoftmax ? new float[parameters.QueryHeads] : [];
        }

        using var scratch = new ScratchTensor();
        return new ReadOnlySpan<float>(Floats(sinks, parameters.QueryHeads, scratch), parameters.QueryHeads).ToArray();
    }

    /// <summary>RMS norm of each head before rotary, where the graph gives its weights to attention (Qwen 3 for CUDA). Returns the stride of the normalised rows.</summary>
    private long Normalise(nint context, int weightInput, ref float* rowsStart, long stride, long rows, int heads, ScratchTensor scratch)
    {
        nint weights = OrtApiTable.Input(context, weightInput);
        if (weights == 0)
        {
            return stride;
        }

        int headSize = parameters.HeadSize, floats = heads * headSize;
        using var weightScratch = new ScratchTensor();
        float* weight = Floats(weights, headSize, weightScratch);
        float* from = rowsStart;
        float* to = scratch.Reserve(rows * floats);
        for (long row = 0; row < rows; row++)
        {
            for (int head = 0; head < heads; head++)
            {
                float* x = from + (row * stride) + ((long)head * headSize);
                float* y = to + (row * floats) + ((long)head * headSize);
                double squares = 0;
                for (int d = 0; d < headSize; d++)
                {
                    squares += (double)x[d] * x[d];
                }

                float factor = (float)(1 / Math.Sqrt((squares / headSize) + normEpsilon));
                for (int d = 0; d < headSize; d++)
                {
                    y[d] = x[d] * factor * weight[d];
                }
            }
        }

        rowsStart = to;
        return floats;
    }

    /// <summary>The tensor's floats: in place, or converted from float16 into <paramref name="scratch"/>.</summary>
    private float* Floats(nint value, long count, ScratchTensor scratch)
    {
        void* data = OrtApiTable.Data(value);
        if (!half)
        {
            return (float*)data;
        }

        float* floats = scratch.Reserve(count);
        for (long i = 0; i < count; i++)
        {
            floats[i] = (float)((Half*)data)[i];
        }

        return floats;
    }

    private sealed class ScratchTensor : IDisposable
    {
        private long capacity;
        private float* address;

        public float* Reserve(long floats)
        {
            if (floats > capacity)
            {
                Dispose();
                address = (float*)NativeMemory.AlignedAlloc(checked((nuint)(floats * sizeof(float))), 64);
                capacity = floats;
            }

            return address;
        }

        public void Dispose()
        {
            NativeMemory.AlignedFree(address);
            address = null;
            capacity = 0;
        }
    }
}
