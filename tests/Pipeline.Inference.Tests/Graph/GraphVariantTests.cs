using Google.Protobuf;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.Graph;
using Pipeline.Inference.Graph.Onnx;
using Pipeline.Inference.Verification;

namespace Pipeline.Inference.Tests.Graph;

/// <summary>Forms of graphs beyond those of the exported folders: run right, or refused by name.</summary>
public sealed class GraphVariantTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Query_and_key_norms_as_inputs_of_attention_equal_norms_in_the_graph()
    {
        using GraphVariant variant = GraphVariant.Of("qwen3", graph =>
        {
            foreach (NodeProto node in Attention(graph))
            {
                string[] norms = ["", ""];
                for (int i = 0; i < 2; i++)
                {
                    // Reshape -> SimplifiedLayerNormalization -> Reshape
                    NodeProto norm = graph.Producer(graph.Producer(node.Input[i])!.Input[0])!;
                    norms[i] = norm.Input[1];
                    node.Input[i] = graph.Producer(norm.Input[0])!.Input[0];
                    if (i == 0)
                    {
                        node.Set("qk_norm_epsilon", norm.Float("epsilon", 1e-6f));
                    }
                }

                while (node.Input.Count < 14)
                {
                    node.Input.Add(string.Empty);
                }

                node.Input.AddRange(norms);
            }
        });
        Verify(variant, "qwen3");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Long_rope_takes_the_tables_of_the_documents_regime(bool longRegime)
    {
        // The right tables stand in the branch that must be chosen, wrong ones in the other.
        using GraphVariant variant = GraphVariant.Of("llama", graph => AddLongRope(graph, longRegime ? 10 : 500, rightIsLong: longRegime));
        Verify(variant, "llama");
    }

    [Fact]
    public void A_document_of_the_short_regime_cannot_grow_into_the_long_one()
    {
        using GraphVariant variant = GraphVariant.Of("llama", graph => AddLongRope(graph, 60, rightIsLong: false));
        using NativeEngine engine = NativeEngine.Load(variant.Folder, new NativeEngineOptions { Threads = 1 });
        using IDocumentSession session = engine.Read([.. Enumerable.Range(3, 50)], new ReadOptions { ReserveTokens = 5 }, null, Cancellation);
        Assert.Single(session.Answer([new QuestionTokens([7, 8])], new GenerationOptions { MaxTokens = 8 }, null, Cancellation));
        var error = Assert.Throws<InferenceException>(() => session.Answer([new QuestionTokens([7, 8])], new GenerationOptions { MaxTokens = 20 }, null, Cancellation));
        Assert.Contains("72", error.Message, StringComparison.Ordinal);
        Assert.Contains("60", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("softcap")]
    [InlineData("smooth_softmax")]
    public void Softcap_and_smooth_softmax_equal_onnx_runtimes(string attribute)
    {
        using GraphVariant variant = GraphVariant.Of("llama", graph =>
        {
            foreach (NodeProto node in Attention(graph))
            {
                DecoderGraph.Remove(node.Attribute, a => string.Equals(a.Name, attribute, StringComparison.Ordinal));
                if (attribute == "softcap")
                {
                    node.Set("softcap", 1.5f);
                }
                else
                {
                    node.Set("smooth_softmax", 1L);
                }
            }
        });
        VerificationReport report = UncutGraphComparison.Run(variant.Folder, threads: 2, Cancellation);
        Assert.True(report.Passed, report.ToString());
        Assert.False(new ModelVerifierRun(variant).Report.Passed, "The changed attribute changes no logit, so this test would prove nothing.");
    }

    [Theory]
    [InlineData("PagedAttention")]
    [InlineData("LinearAttention")]
    [InlineData("CausalConvWithState")]
    [InlineData("MultiHeadAttention")]
    public void Stateful_operators_are_refused_by_name(string op)
        => Refused("llama", graph => Attention(graph).First().OpType = op, op);

    [Fact]
    public void Quantised_caches_unknown_attributes_and_biases_are_refused_by_name()
    {
        Refused("llama", graph => Attention(graph).First().Set("kv_cache_bit_width", 8L), "quantised KV cache");
        Refused("llama", graph => Attention(graph).First().Set("window_dilation", 2L), "window_dilation");
        Refused("llama", graph => Attention(graph).First().Set("causal", 0L), "causal");
        Refused("llama", graph => Attention(graph).First().Input[10] = "input_ids", "attention_bias");
        Refused("llama", graph => graph.AddInput("pixel_values", TensorType.Float, "1"), ok: true);
    }

    [Fact]
    public void Weights_that_are_missing_cut_short_or_outside_the_folder_are_refused()
    {
        using GraphVariant missing = GraphVariant.Of("llama", _ => { });
        string data = Path.Combine(missing.Path, "model.onnx.data");
        byte[] bytes = File.ReadAllBytes(data);
        File.WriteAllBytes(data, bytes[..^1000]);
        Assert.Contains("cut short", Assert.Throws<InferenceException>(() => NativeEngine.Load(missing.Folder)).Message, StringComparison.Ordinal);
        File.Delete(data);
        Assert.Contains("is missing", Assert.Throws<InferenceException>(() => NativeEngine.Load(missing.Folder)).Message, StringComparison.Ordinal);

        Refused("llama", graph => graph.Graph.Initializer.First(t => t.ExternalData.Count > 0).ExternalData.First(e => e.Key == "location").Value = "../../etc/passwd", "outside its folder");
    }

    [Fact]
    public void Weights_behind_links_are_measured_where_they_are()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        using GraphVariant linked = GraphVariant.Of("llama", _ => { });
        string data = Path.Combine(linked.Path, "model.onnx.data"), target = Path.Combine(linked.Path, "blob");
        File.Move(data, target);
        File.CreateSymbolicLink(data, target);
        using (NativeEngine engine = NativeEngine.Load(linked.Folder))
        {
            Assert.NotEmpty(engine.AttentionHeads);
        }

        File.WriteAllBytes(target, File.ReadAllBytes(target)[..^1000]);
        Assert.Contains("cut short", Assert.Throws<InferenceException>(() => NativeEngine.Load(linked.Folder)).Message, StringComparison.Ordinal);
    }

    private static void AddLongRope(DecoderGraph graph, long original, bool rightIsLong)
    {
        NodeProto first = Attention(graph).First();
        TensorProto cos = Inline(graph, first.Input[7]), sin = Inline(graph, first.Input[8]);
        var choice = new NodeProto { OpType = "If", Name = "rope_choice" };
        choice.Input.Add("is_long");
        choice.Output.Add("chosen_cos");
        choice.Output.Add("chosen_sin");
        choice.Attribute.Add(Branch("then_branch", rightIsLong ? cos : Wrong(cos), rightIsLong ? sin : Wrong(sin)));
        choice.Attribute.Add(Branch("else_branch", rightIsLong ? Wrong(cos) : cos, rightIsLong ? Wrong(sin) : sin));
        var limit = new TensorProto { Name = "original_context", DataType = (int)TensorType.Int32 };
        limit.Int32Data.Add((int)original);
        graph.Graph.Initializer.Add(limit);
        var greater = new NodeProto { OpType = "Greater", Name = "rope_is_long" };
        greater.Input.Add(first.Input[6]);
        greater.Input.Add("original_context");
        greater.Output.Add("is_long");
        int at = graph.Graph.Node.IndexOf(first);
        graph.Graph.Node.Insert(at, choice);
        graph.Graph.Node.Insert(at, greater);
        foreach (NodeProto node in Attention(graph))
        {
            node.Input[7] = "chosen_cos";
            node.Input[8] = "chosen_sin";
        }
    }

    /// <summary>The table with its data in the graph instead of the weight file.</summary>
    private static TensorProto Inline(DecoderGraph graph, string name)
    {
        TensorProto table = graph.Initializer(name)!.Clone();
        long Number(string key) => long.Parse(table.ExternalData.Single(e => e.Key == key).Value, System.Globalization.CultureInfo.InvariantCulture);
        byte[] data = File.ReadAllBytes(Path.Combine(TestModels.Tiny("llama"), "model.onnx.data"))[(int)Number("offset")..(int)(Number("offset") + Number("length"))];
        table.ExternalData.Clear();
        table.DataLocation = TensorProto.Types.DataLocation.Default;
        table.RawData = ByteString.CopyFrom(data);
        return table;
    }

    private static TensorProto Wrong(TensorProto table)
    {
        TensorProto wrong = table.Clone();
        wrong.RawData = ByteString.CopyFrom(new byte[table.RawData.Length]);
        return wrong;
    }

    private static AttributeProto Branch(string name, TensorProto cos, TensorProto sin)
    {
        var body = new GraphProto { Name = name };
        foreach ((string output, TensorProto table) in new[] { ("cos_" + name, cos), ("sin_" + name, sin) })
        {
            var constant = new NodeProto { OpType = "Constant", Name = output };
            constant.Output.Add(output);
            constant.Attribute.Add(new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = table });
            body.Node.Add(constant);
            body.Output.Add(new ValueInfoProto { Name = output, Type = DecoderGraph.TypeOf(TensorType.Float, [.. table.Dims.Select(d => d.ToString(System.Globalization.CultureInfo.InvariantCulture))]) });
        }

        return new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = body };
    }

    private static IEnumerable<NodeProto> Attention(DecoderGraph graph) => graph.Graph.Node.Where(n => n.OpType == "GroupQueryAttention");

    private static void Refused(string tiny, Action<DecoderGraph> edit, string reason = "", bool ok = false)
    {
        using GraphVariant variant = GraphVariant.Of(tiny, edit);
        if (ok)
        {
            // An input that nothing reads is dropped.
            NativeEngine.Load(variant.Folder, new NativeEngineOptions { Threads = 1 }).Dispose();
            return;
        }

        var error = Assert.Throws<InferenceException>(() => NativeEngine.Load(variant.Folder, new NativeEngineOptions { Threads = 1 }));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static void Verify(GraphVariant variant, string oracleOf)
    {
        using NativeEngine engine = NativeEngine.Load(variant.Folder, new NativeEngineOptions { Threads = 2 });
        VerificationReport report = new ModelVerifier(engine).Verify(ModelOracle.Load(TestModels.Tiny(oracleOf))!, 1000, Cancellation);
        Assert.True(report.Passed, report.ToString());
    }

    private sealed class ModelVerifierRun(GraphVariant variant)
    {
        public VerificationReport Report
        {
            get
            {
                using NativeEngine engine = NativeEngine.Load(variant.Folder, new NativeEngineOptions { Threads = 2 });
                return new ModelVerifier(engine).Verify(ModelOracle.Load(variant.Path)!, 1000, Cancellation);
            }
        }
    }
}
