using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Pipeline.Inference.KvStore;

/// <summary>
/// Hash of a model's graph file and of the weight files beside it. Weights are read once: their hashes are kept by path, size and
/// time of change, since hashing gigabytes at every start would cost more than many restores.
/// </summary>
public static class ModelFingerprint
{
    /// <summary>Computes the fingerprint, 64 hexadecimal digits.</summary>
    /// <param name="graphFile">The graph (<c>model.onnx</c>), always read in full.</param>
    /// <param name="dataFiles">Its external data files, in any order.</param>
    /// <param name="cacheFile">Where hashes of data files are kept between runs, or null to read them each time.</param>
    /// <exception cref="IOException">A model file can't be read.</exception>
    public static string Compute(string graphFile, IEnumerable<string> dataFiles, string? cacheFile = null)
    {
        var cache = cacheFile is null ? null : Load(cacheFile);
        var changed = false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(HashFile(graphFile));
        var sizes = new byte[12];
        foreach (var path in dataFiles.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var file = new FileInfo(path);
            var stamp = $"{path}|{file.Length}|{file.LastWriteTimeUtc.Ticks}";
            if (cache is null || !cache.TryGetValue(stamp, out var content) || content.Length != 2 * SHA256.HashSizeInBytes)
            {
                content = Convert.ToHexStringLower(HashFile(path));
                changed = true;
                if (cache is not null)
                {
                    cache[stamp] = content;
                }
            }

            var name = Encoding.UTF8.GetBytes(file.Name);
            BinaryPrimitives.WriteInt32LittleEndian(sizes, name.Length);
            BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(4), file.Length);
            hash.AppendData(sizes);
            hash.AppendData(name);
            hash.AppendData(Encoding.ASCII.GetBytes(content));
        }

        if (changed && cache is not null)
        {
            Save(cacheFile!, cache);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] HashFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return SHA256.HashData(stream);
    }

    private static Dictionary<string, string> Load(string cacheFile)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(cacheFile)) ?? [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }

    private static void Save(string cacheFile, Dictionary<string, string> cache)
    {
        try
        {
            var fresh = $"{cacheFile}.{Guid.NewGuid():n}";
            File.WriteAllBytes(fresh, JsonSerializer.SerializeToUtf8Bytes(cache));
            File.Move(fresh, cacheFile, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without the cache the weights are hashed again next time; nothing else depends on it.
        }
    }
}
