using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Models.Store;

namespace Pipeline.Models;

/// <summary>A file of a model.</summary>
/// <param name="Name">Plain file name, without folders.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Sha256">SHA-256 of the content, 64 lower-case hexadecimal digits.</param>
public sealed record ModelFile(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("bytes")] long Bytes,
    [property: JsonPropertyName("sha256")] string Sha256);

/// <summary>
/// The files of a model with their checksums (<c>model-manifest.json</c>: <c>{"files": [{"name", "bytes", "sha256"}]}</c>). It lies beside
/// the files where a model is downloaded from, and in every folder of the store.
/// </summary>
/// <param name="Files">In the order of their names.</param>
public sealed record ModelManifest([property: JsonPropertyName("files")] IReadOnlyList<ModelFile> Files)
{
    public const string FileName = "model-manifest.json";

    /// <summary>Largest manifest that is read; a model has some ten files.</summary>
    internal const int MaximumLength = 1 << 20;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>Length of all files together.</summary>
    [JsonIgnore]
    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>Reads every file of a folder (not of the folders in it) and writes down length and checksum.</summary>
    /// <exception cref="ModelStoreException">The folder can't be read, or a file's name is not allowed.</exception>
    public static async Task<ModelManifest> CreateAsync(string folder, CancellationToken cancellationToken = default)
    {
        try
        {
            var files = new List<ModelFile>();
            foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileName(path);
                if (name is FileName or ".gitattributes" or ".gitignore" or ".DS_Store")
                {
                    continue;
                }

                await using var stream = File.OpenRead(path);
                var hash = await SHA256.HashDataAsync(stream, cancellationToken);
                files.Add(new ModelFile(name, stream.Length, Convert.ToHexStringLower(hash)));
            }

            return Checked(new ModelManifest(files), folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{folder} can't be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="place">Where it is from, for the message.</param>
    /// <exception cref="ModelStoreException">It is no manifest, or names something that is not allowed.</exception>
    public static ModelManifest Parse(ReadOnlySpan<byte> json, string place)
    {
        try
        {
            return Checked(JsonSerializer.Deserialize<ModelManifest>(json), place);
        }
        catch (JsonException e)
        {
            throw new ModelStoreException($"{place} is not a model manifest: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. It must hold files with name, bytes and sha256.", e);
        }
    }

    /// <summary>The manifest as it is written to <see cref="FileName"/>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Indented);

    /// <summary>What identifies these files: the hash of their names and checksums.</summary>
    internal string Identity() => Convert.ToHexStringLower(SHA256.HashData(
        System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Files.Select(file => $"{file.Sha256} {file.Bytes} {file.Name}")))))[..16];

    private static ModelManifest Checked(ModelManifest? manifest, string place)
    {
        if (manifest?.Files is not { Count: > 0 } files)
        {
            throw new ModelStoreException($"{place} names no files. A model has at least {GenAiConfig.FileName}, a graph and a tokeniser.");
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in files)
        {
            var wrong = file is null ? "an empty entry"
                : !IsFileName(file.Name) ? $"the file name \"{file.Name}\""
                : !names.Add(file.Name) ? $"the file name \"{file.Name}\" twice"
                : file.Bytes < 0 ? $"a negative length for {file.Name}"
                : file.Sha256 is not { Length: 64 } || !file.Sha256.All(char.IsAsciiHexDigitLower) ? $"a wrong sha256 for {file.Name} (64 lower-case hexadecimal digits)"
                : null;
            if (wrong is not null)
            {
                throw new ModelStoreException($"{place} holds {wrong}. Correct the manifest, or name another source.");
            }
        }

        return manifest;
    }

    // Plain names only: a manifest from elsewhere must not place files outside the model's folder.
    private static bool IsFileName(string? name) =>
        name is { Length: > 0 and <= 200 } && name[0] is not ('.' or ' ') && name[^1] is not ('.' or ' ') && !name.AsSpan().ContainsAny(NotInNames) && !name.Any(char.IsControl)
        && !name.Equals(FileName, StringComparison.OrdinalIgnoreCase) && !name.EndsWith(ModelTransfer.PartSuffix, StringComparison.OrdinalIgnoreCase);
}
