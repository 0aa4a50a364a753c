namespace Pipeline.Models.Store;

/// <summary>Where a model's files come from.</summary>
internal interface IModelSource
{
    /// <summary>Opens a file from <paramref name="offset"/> on.</summary>
    /// <returns>The content and where it really starts: 0 where the source can't start elsewhere.</returns>
    /// <exception cref="IOException">It failed and may work when tried again.</exception>
    /// <exception cref="ModelStoreException">It failed for good.</exception>
    Task<(Stream Content, long Offset)> OpenAsync(ModelFile file, long offset, CancellationToken cancellationToken);
}

/// <summary>A folder of this machine.</summary>
internal sealed class FolderSource(string folder) : IModelSource
{
    public Task<(Stream Content, long Offset)> OpenAsync(ModelFile file, long offset, CancellationToken cancellationToken)
    {
        try
        {
            Stream stream = File.OpenRead(Path.Combine(folder, file.Name));
            stream.Seek(offset, SeekOrigin.Begin);
            return Task.FromResult((stream, offset));
        }
        catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{Path.Combine(folder, file.Name)} can't be read: {e.Message}", e);
        }
    }
}
