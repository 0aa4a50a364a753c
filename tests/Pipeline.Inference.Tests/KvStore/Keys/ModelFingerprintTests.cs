using Pipeline.Inference.KvStore;

namespace Pipeline.Inference.Tests.KvStore.Keys;

public sealed class ModelFingerprintTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("pipeline-kv-model-");

    public ModelFingerprintTests()
    {
        File.WriteAllText(Graph, "graph");
        File.WriteAllText(Data, "weights");
    }

    private string Graph => Path.Combine(directory.FullName, "model.onnx");

    private string Data => Path.Combine(directory.FullName, "model.onnx.data");

    private string Cache => Path.Combine(directory.FullName, "fingerprints.json");

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void Graph_weights_and_names_count()
    {
        var before = ModelFingerprint.Compute(Graph, [Data]);
        File.Copy(Data, Data + "2");

        Assert.NotEqual(before, ModelFingerprint.Compute(Graph, [Data + "2"]), StringComparer.Ordinal);
        Assert.NotEqual(before, ModelFingerprint.Compute(Graph, [Data, Data + "2"]), StringComparer.Ordinal);
        File.WriteAllText(Data, "weightz");
        Assert.NotEqual(before, ModelFingerprint.Compute(Graph, [Data]), StringComparer.Ordinal);
        File.WriteAllText(Data, "weights");
        Assert.Equal(before, ModelFingerprint.Compute(Graph, [Data]));
        File.WriteAllText(Graph, "grapf");
        Assert.NotEqual(before, ModelFingerprint.Compute(Graph, [Data]), StringComparer.Ordinal);
    }

    [Fact]
    public void Weights_are_read_again_only_when_size_or_time_changed()
    {
        var time = File.GetLastWriteTimeUtc(Data);
        var before = ModelFingerprint.Compute(Graph, [Data], Cache);
        File.WriteAllText(Data, "weightz");
        File.SetLastWriteTimeUtc(Data, time);
        Assert.Equal(before, ModelFingerprint.Compute(Graph, [Data], Cache));

        File.SetLastWriteTimeUtc(Data, time.AddSeconds(1));
        Assert.NotEqual(before, ModelFingerprint.Compute(Graph, [Data], Cache), StringComparer.Ordinal);
    }

    [Fact]
    public void A_damaged_cache_is_replaced()
    {
        var before = ModelFingerprint.Compute(Graph, [Data], Cache);
        File.WriteAllText(Cache, "{");

        Assert.Equal(before, ModelFingerprint.Compute(Graph, [Data], Cache));
        Assert.StartsWith("{\"", File.ReadAllText(Cache), StringComparison.Ordinal);
    }
}
