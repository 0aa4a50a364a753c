using Pipeline.Inference.Engines;
using Pipeline.Inference.KvStore.Tiers;

namespace Pipeline.Inference.KvStore;

/// <summary>What to do when another process is reading the same document just now.</summary>
public enum KvBusyPolicy
{
    /// <summary>Wait for it, and take what it computed.</summary>
    Wait,

    /// <summary>Compute without keeping anything.</summary>
    ComputeAlone,
}

/// <summary>How an engine's KV caches are kept.</summary>
public sealed record KvPersistenceOptions
{
    /// <summary>Whose kernels compute (<see cref="KernelsOf"/>): KV caches of one are not mixed with those of another.</summary>
    public required string Engine { get; init; }

    /// <summary>Secret of the tenant; empty for a store of one user.</summary>
    public ReadOnlyMemory<byte> TenantSalt { get; init; }

    /// <summary>What to do when another process is reading the same document.</summary>
    /// <value><see cref="KvBusyPolicy.Wait"/>.</value>
    public KvBusyPolicy WhenBusy { get; init; }

    /// <summary>Restores even where computing was measured to be faster.</summary>
    /// <value>Off.</value>
    public bool AlwaysRestore { get; init; }

    /// <summary>Bytes of blocks kept in memory for the next documents and questions.</summary>
    /// <value>0: none; 0 or more.</value>
    public long MemoryBytes
    {
        get;
        init => field = value >= 0 ? value : throw new InferenceException($"A memory tier of {value} bytes is out of range; use 0 or more.");
    }

    /// <summary>A tier that other machines share; null for none.</summary>
    public IRemoteKvTier? Remote { get; init; }

    /// <summary>How the remote tier is used.</summary>
    public RemoteTierOptions RemoteOptions { get; init; } = new();

    /// <summary>Gets what went wrong or takes its time without harm to an answer; may be called from any thread.</summary>
    public Action<string>? OnWarning { get; init; }

    /// <summary>Names the kernels of an engine.</summary>
    public static string KernelsOf(EngineSelection engine) => engine.Name == "native" ? engine.Name : $"{engine.Name} {engine.Provider}";

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
