using System.Text.Json;

namespace Pipeline.Inference.KvStore.Disk;

/// <summary>
/// Measured speeds of restoring and computing, kept in the store's directory by namespace. Losing the file costs a guess, not an answer.
/// </summary>
internal sealed class RateFile(StoreCore core)
{
    private const double Weight = 0.3;
    private const int MaxBytes = 1 << 20;
    private readonly string path = Path.Combine(core.Root, "rates.json");

    /// <summary>Whether restoring is estimated to be at least as fast as computing; true where one of the speeds is unknown.</summary>
    public bool IsRestoringFaster(KvKey root, int tokens, long bytes) =>
        !Load().TryGetValue(root.ToString(), out var rates)
        || rates.RestoreBytesPerSecond <= 0
        || rates.ComputeTokensPerSecond <= 0
        || bytes / rates.RestoreBytesPerSecond <= tokens / rates.ComputeTokensPerSecond;

    /// <summary>The speeds known for a namespace; zeros where none are.</summary>
    public KvRates Of(KvKey root) => Load().GetValueOrDefault(root.ToString()) ?? new KvRates(0, 0);

    public void NoteRestored(KvKey root, long bytes, TimeSpan elapsed) =>
        Note(root, rates => rates with { RestoreBytesPerSecond = Mix(rates.RestoreBytesPerSecond, bytes, elapsed) });

    public void NoteComputed(KvKey root, int tokens, TimeSpan elapsed) =>
        Note(root, rates => rates with { ComputeTokensPerSecond = Mix(rates.ComputeTokensPerSecond, tokens, elapsed) });

    private static double Mix(double old, double amount, TimeSpan elapsed)
    {
        var now = amount / Math.Max(elapsed.TotalSeconds, 1e-6);
        return old <= 0 ? now : ((1 - Weight) * old) + (Weight * now);
    }

    private void Note(KvKey root, Func<KvRates, KvRates> change)
    {
        if (core.IsReadOnly)
        {
            return;
        }

        try
        {
            core.Locked(() =>
            {
                var all = Load();
                all[root.ToString()] = change(all.GetValueOrDefault(root.ToString()) ?? new KvRates(0, 0));
                var fresh = path + ".new";
                var bytes = JsonSerializer.SerializeToUtf8Bytes(all);
                using (var file = core.Files.OpenWrite(fresh))
                {
                    file.SetLength(0);
                    file.Write(0, bytes);
                }

                core.Files.Replace(fresh, path);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            core.Warn($"'{path}' can't be written, so speeds are measured again: {e.Message}");
        }
    }

    private Dictionary<string, KvRates> Load()
    {
        try
        {
            using var file = core.Files.OpenRead(path);
            if (file is null || file.Length > MaxBytes)
            {
                return new(StringComparer.Ordinal);
            }

            var bytes = new byte[file.Length];
            var read = file.Read(0, bytes);
            var all = JsonSerializer.Deserialize<Dictionary<string, KvRates?>>(bytes.AsSpan(0, read)) ?? [];
            return all.Where(pair => pair.Value is { } rates && double.IsFinite(rates.RestoreBytesPerSecond) && double.IsFinite(rates.ComputeTokensPerSecond))
                .ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return new(StringComparer.Ordinal);
        }
    }
}
