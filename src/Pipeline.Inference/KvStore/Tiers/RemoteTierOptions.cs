namespace Pipeline.Inference.KvStore.Tiers;

/// <summary>How a remote tier is used.</summary>
public sealed record RemoteTierOptions
{
    /// <summary>Bytes committed locally that may wait for their upload. Beyond it, the next document to be kept waits.</summary>
    /// <value>1 GiB; 0 or more.</value>
    public long MaxLagBytes
    {
        get;
        init => field = value >= 0 ? value : throw new InferenceException($"A lag of {value} bytes is out of range; use 0 or more.");
    } = 1L << 30;

    /// <summary>Attempts per blob; after the last one the rest of the document stays local until it is used again.</summary>
    /// <value>5; 1 to 100.</value>
    public int Attempts
    {
        get;
        init => field = value is >= 1 and <= 100 ? value : throw new InferenceException($"{value} attempts are out of range; use 1 to 100.");
    } = 5;

    /// <summary>Wait after the first failed attempt; doubles with each further one.</summary>
    /// <value>1 s; 0 to 1 minute.</value>
    public TimeSpan FirstDelay
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= TimeSpan.FromMinutes(1)
            ? value
            : throw new InferenceException($"A delay of {value} is out of range; use 0 to 1 minute.");
    } = TimeSpan.FromSeconds(1);

    /// <summary>Blobs read ahead while a chain is fetched.</summary>
    /// <value>4; 1 to 64.</value>
    public int ReadAhead
    {
        get;
        init => field = value is >= 1 and <= 64 ? value : throw new InferenceException($"A read-ahead of {value} blobs is out of range; use 1 to 64.");
    } = 4;
}
