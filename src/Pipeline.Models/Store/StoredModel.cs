namespace Pipeline.Models;

/// <summary>A model in the store.</summary>
/// <param name="Name">Its name in the store.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Bytes">Length of its files.</param>
/// <param name="Folder">The opened folder; null where it can't be used.</param>
/// <param name="Problem">Why it can't be used; null where it can.</param>
public sealed record StoredModel(string Name, string Path, long Bytes, ModelFolder? Folder, string? Problem);
