using Pipeline.Inference.KvStore.Files;

namespace Pipeline.Inference.KvStore;

/// <summary>Where a block store lies and how much it may take.</summary>
public sealed record KvStoreOptions
{
    /// <summary>The store's directory; created, for its owner alone, when it is missing. Local disks only: the locks are flock's.</summary>
    public required string Directory
    {
        get;
        init => field = string.IsNullOrWhiteSpace(value) ? throw new InferenceException("The KV store's directory has no name; give one.") : value;
    }

    /// <summary>Bytes of committed blocks, 1 MiB or more. Least-recently-used leaves go first when a new block would exceed it.</summary>
    /// <value>16 GiB.</value>
    public long MaxBytes
    {
        get;
        init => field = value >= 1 << 20 ? value : throw new InferenceException($"A KV store of {value} bytes is out of range; use 1048576 or more.");
    } = 16L << 30;

    /// <summary>Bytes after which a segment file is closed and the next one begun, 4 KiB to 16 GiB.</summary>
    /// <value>256 MiB.</value>
    public long SegmentBytes
    {
        get;
        init => field = value is >= 4L << 10 and <= 16L << 30
            ? value
            : throw new InferenceException($"A segment of {value} bytes is out of range; use 4096 to 17179869184.");
    } = 256L << 20;

    /// <summary>How long to wait for another process that commits or prunes, up to 10 minutes.</summary>
    /// <value>30 s.</value>
    public TimeSpan LockTimeout
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= TimeSpan.FromMinutes(10)
            ? value
            : throw new InferenceException($"A wait of {value} for the KV store is out of range; use 0 to 10 minutes.");
    } = TimeSpan.FromSeconds(30);

    /// <summary>Gets what went wrong without harm to an answer, as one sentence that names the file; may be called from any thread.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>The clock for ages and last uses.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal IKvFileLayer Files { get; init; } = DiskFileLayer.Instance;

    /// <summary>The directory of the user's cache in which a store lies unless another one is named.</summary>
    public static string DefaultDirectory
    {
        get
        {
            var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache) || !Path.IsPathRooted(cache))
            {
                var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                cache = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                    : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
                    : Path.Combine(home, ".cache");
            }

            return Path.Combine(cache, "pipeline", "kv");
        }
    }
}
