namespace Pipeline.Inference.KvStore;

/// <summary>A document in a store.</summary>
/// <param name="Id">Identity of its content; empty where damage took its record and only blocks are left.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="ModelName">The model that read it.</param>
/// <param name="TotalTokens">Tokens of the document; 0 where its record is lost.</param>
/// <param name="StoredTokens">Tokens of its longest whole chain.</param>
/// <param name="Bytes">Bytes of its blocks, shared ones included.</param>
/// <param name="SharedBytes">Of <paramref name="Bytes"/>, those of blocks that other documents need too.</param>
/// <param name="Created">When its reading began.</param>
/// <param name="LastUsed">When it was last used.</param>
public sealed record KvStoredDocument(
    string Id, string Name, string ModelName, int TotalTokens, int StoredTokens, long Bytes, long SharedBytes, DateTimeOffset Created, DateTimeOffset LastUsed)
{
    /// <summary>The document's key in the store.</summary>
    public required KvKey Key { get; init; }

    /// <summary>The root of its namespace.</summary>
    public required KvKey Root { get; init; }
}
