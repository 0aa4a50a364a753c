using Google.Protobuf;
using Pipeline.Inference.Graph;
using Pipeline.Models;

namespace Pipeline.Inference.Tests.Graph;

/// <summary>A copy of a tiny model whose graph was changed; for forms that no exported folder here has.</summary>
internal sealed class GraphVariant : IDisposable
{
    private GraphVariant(string path)
    {
        Path = path;
    }

    public string Path { get; }

    public ModelFolder Folder => ModelFolder.Open(Path);

    public static GraphVariant Of(string tiny, Action<DecoderGraph> edit)
    {
        string path = Directory.CreateTempSubdirectory("pipeline-variant-").FullName;
        foreach (string file in Directory.EnumerateFiles(TestModels.Tiny(tiny)))
        {
            File.Copy(file, System.IO.Path.Combine(path, System.IO.Path.GetFileName(file)));
        }

        string graphPath = System.IO.Path.Combine(path, "model.onnx");
        DecoderGraph graph = DecoderGraph.Load(graphPath);
        edit(graph);
        File.WriteAllBytes(graphPath, graph.Model.ToByteArray());
        return new GraphVariant(path);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
