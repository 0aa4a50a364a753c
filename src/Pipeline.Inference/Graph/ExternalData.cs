using System.Globalization;
using Pipeline.Inference.Graph.Onnx;

namespace Pipeline.Inference.Graph;

/// <summary>The weight files a graph points to: present, inside the model's folder, and long enough.</summary>
internal static class ExternalData
{
    /// <summary>Weight files of a graph, by name, with the bytes they must have at least.</summary>
    internal static IReadOnlyDictionary<string, long> Files(DecoderGraph graph)
    {
        var files = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (TensorProto tensor in graph.Graph.Initializer.Where(t => t.DataLocation == TensorProto.Types.DataLocation.External))
        {
            string location = Entry(tensor, "location") ?? throw new InferenceException($"The weight {tensor.Name} names no file. Export the model again.");
            long end = Number(tensor, "offset") + Number(tensor, "length");
            files[location] = Math.Max(files.GetValueOrDefault(location), end);
        }

        return files;
    }

    /// <exception cref="InferenceException">A file is missing, cut short, or outside the folder.</exception>
    internal static void Check(DecoderGraph graph, string graphPath)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(graphPath))!;
        foreach ((string location, long bytes) in Files(graph))
        {
            string path = Path.GetFullPath(Path.Combine(folder, location));
            if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new InferenceException($"{graphPath} points to weights outside its folder ({location}); such a model is not loaded.");
            }

            var file = new FileInfo(path);
            if (file.LinkTarget is not null)
            {
                // Hugging Face's cache keeps links to its files, and a link's own length is that of the path it holds.
                file = (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
            }

            if (!file.Exists)
            {
                throw new InferenceException($"The weight file {path} is missing. Copy the whole model folder.");
            }

            if (file.Length < bytes)
            {
                throw new InferenceException($"The weight file {path} has {file.Length:N0} bytes where {bytes:N0} are needed: it was cut short. Copy it again.");
            }
        }
    }

    private static long Number(TensorProto tensor, string key)
        => Entry(tensor, key) is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;

    private static string? Entry(TensorProto tensor, string key)
        => tensor.ExternalData.FirstOrDefault(e => string.Equals(e.Key, key, StringComparison.Ordinal))?.Value;
}
